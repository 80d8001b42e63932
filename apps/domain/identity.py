"""What the identity of a station may be (OCPP 2.0.1 part 4 §3.1), and how stations write it."""

from urllib.parse import unquote_to_bytes

MOST_CHARACTERS = 48
MOST_OF_ALIAS = 120
_SHORT = 2  # digits: of a connector that is written behind the identity
_ILLEGAL = frozenset(':"\\')
_STEPS = frozenset({"", ".", ".."})
OUR_PAGES = frozenset({
    "accept", "actions", "aliases", "calls", "charging-profiles", "commands",
    "composite-schedule", "display-messages", "events", "excuses", "habits", "local-list",
    "monitors", "onboarding", "password", "plan", "protocol", "reading", "reject", "reports",
    "reservations", "setup", "tags", "variables",
})  # fmt: skip


def problem_of(identity: str) -> str:
    """Why no station can have this identity, in words; "" where one can.

    It stands in addresses, those of its own page too. Whatever takes steps within an address, or
    is one of our pages there, would lead elsewhere.
    """
    if not identity or len(identity) > MOST_CHARACTERS:
        return f"An identity has 1 to {MOST_CHARACTERS} characters."
    if not identity.isprintable() or _ILLEGAL & set(identity):
        return 'An identity has no ":", quotes or control characters.'
    first, *further = identity.split("/")
    if _STEPS & {first, *further}:
        return "An identity takes no steps within an address: no . or .. or empty part around a /."
    if ours := sorted(OUR_PAGES & set(further)):
        return f"An identity has no /{ours[0]}: that is a page of each station."
    return ""


def names_in(path: bytes) -> tuple[str, ...]:
    """What the end of an address may mean, the likeliest first; the first is the identity.

    It is the last segment, decoded once (T-01, T-03). Some stations encode it twice, put spaces
    around it, a URL before it or the number of a connector behind it.
    """
    segments = [part for part in path.split(b"/") if part]
    if not segments:
        return ()
    identity = _decoded(segments[-1])
    twice = _decoded(identity.encode())
    names = [identity, identity.strip(), twice.strip(), twice.strip(" /").rpartition("/")[2]]
    if len(segments) > 1 and identity.isdecimal() and len(identity) <= _SHORT:
        names.append(_decoded(segments[-2]).strip())
    return tuple(dict.fromkeys(names))


def may_name(name: str) -> bool:
    """Whether a station can have come under this name at all."""
    return 0 < len(name) <= MOST_OF_ALIAS and name.isprintable()


def _decoded(segment: bytes) -> str:
    return unquote_to_bytes(segment).decode("utf-8", "replace")
