"""Which names and which texts mean a secret. Pure; what is done about it is ``masking``'s.

A name is judged by its words, so that ``simPin``, ``sim_pin`` and ``SIM-PIN`` are one, and
``idToken``, which is no secret, is not a token.
"""

import re
from functools import lru_cache
from urllib.parse import unquote

MASK = "•••"
NOT_KEPT = "(not kept: it may hold a secret)"
CODE = "KeyCode"  # what a driver types at the station (2.0.1 IdTokenEnumType, C04)

_ANYWHERE = (
    "accesskey", "apikey", "authkey", "authorizationkey", "bearertoken", "accesstoken",
    "apitoken", "authtoken", "credential", "encryptionkey", "passcode", "passphrase", "passwd",
    "password", "pincode", "presharedkey", "privatekey", "refreshtoken", "secret",
    "securitytoken", "sessiontoken", "sharedkey", "simpin", "vpnkey", "wifikey", "wlankey",
    "wpakey",
)  # fmt: skip
_WORDS = frozenset({"pin", "psk", "puk", "pwd"})
_ENDINGS = ("pin", "psk", "pwd")
_MAKERS_OWN = frozenset({"auth", "authorization", "jwt", "key", "pass", "token"})
_SIGNING = frozenset({"auth", "code", "hmac", "jwt", "key", "sas", "sig", "signature", "ticket"})
_NO_SECRET_AFTER_TOKEN = frozenset({"id", "kind", "type", "uid"})

# No name and no text above is without one of these; looked for by ``in``, which costs a tenth of
# what a pattern without regard to case does.
_HINTS = ("pass", "pin", "psk", "puk", "pwd", "key", "secret", "credential", "jwt", "bearer")
# An address or what follows its path, a log-in, a letter that is spelled out.
_MARKS = ("://", ":\\/", "?", "&", "@", "\\u00")
_HARMLESS = (
    ("token", ('"idtoken', '"groupidtoken', '"additionalidtoken')),
    ("auth", ('"authorized"',)),
)
_SPELLED = "\\u00"

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]*://)([^\s/?#\"'<>]*)([^\s\"'<>]*)", re.IGNORECASE)
_BARE_LOG_IN = re.compile(r"^(/{0,2}[^\s/:@]+:)[^\s/@]+@(?=[\w\[])")
_PARAMETER = re.compile(r"([?&#;])([^=&#;]*)=([^&#;]*)")
_BARE_PARAMETER = re.compile(r"([?&])([^\s=?&#;\"'<>]+)=([^\s&#;\"'<>]*)")
_RANDOM = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])[\w+/=%-]{20,}")
_PAIR = re.compile(
    r"([A-Za-z][\w.-]*)([\"']?\s*[=:]\s*)((?:(?:Bearer|Basic)\s+)?)(\"[^\"]*\"|'[^']*'|[^\s&;,]+)",
    re.IGNORECASE,
)


@lru_cache(maxsize=8192)
def is_secret(name: str) -> bool:
    """Whether a configuration key, variable or member name holds a secret."""
    words, plain = _words(name), _plain(name)
    if any(secret in plain for secret in _ANYWHERE) or not _WORDS.isdisjoint(words):
        return True
    return bool(words) and words[-1].endswith(_ENDINGS)


@lru_cache(maxsize=8192)
def is_secret_of_makers(name: str) -> bool:
    """The same for names that no standard settles: there a key or a token is a secret, too."""
    return is_secret(name) or "-".join(_words(name)) in _MAKERS_OWN or _ends_in_token(name)


def is_secret_variable(component: str, variable: str) -> bool:
    """The same for a variable: the Key of a VPN is one, that of another component may not be."""
    return is_secret(f"{component} {variable}") or is_secret_of_makers(variable)


def is_code(kind: object) -> bool:
    """Whether a token of this type is a code that a person knows by heart."""
    return isinstance(kind, str) and (kind.casefold() == CODE.casefold() or is_secret(kind))


def shown(uid: str, kind: str) -> str:
    """What people may see of a token; a code that a driver types is a password."""
    return MASK if uid and is_code(kind) else uid


def hidden_in(text: str) -> str:
    """``text`` without passwords and signatures of addresses, and without ``password=…``."""
    seen = text
    if "://" in seen:
        seen = _ADDRESS.sub(_address, seen)
    elif "@" in seen:
        seen = _BARE_LOG_IN.sub(rf"\1{MASK}@", seen)
    if "=" in seen and ("?" in seen or "&" in seen):
        seen = _BARE_PARAMETER.sub(_bare_parameter, seen)
    if ("=" in seen or ":" in seen) and _hints(seen):
        seen = _PAIR.sub(_pair, seen)
    return text if seen == text else seen


def may_tell(text: str) -> bool:
    """Whether there may be a secret in ``text``, a whole frame as a rule. Quick; never misses."""
    return any(mark in text for mark in _MARKS) or _hints(text)


def unread(text: str) -> str:
    """Text whose members cannot be told apart: not shown where one of them may be a secret."""
    return NOT_KEPT if _SPELLED in text or _hints(text) else hidden_in(text)


def _hints(text: str) -> bool:
    plain = _plain(text)
    if any(hint in plain for hint in _HINTS):
        return True
    return any(plain.count(word) > sum(map(plain.count, known)) for word, known in _HARMLESS)


def _plain(text: str) -> str:
    return text.lower().replace("_", "").replace("-", "").replace(" ", "").replace(".", "")


def _address(found: re.Match[str]) -> str:
    scheme, authority, rest = found.groups()
    who, at, host = authority.rpartition("@")
    user, colon, _ = who.partition(":")
    log_in = f"{user}:{MASK}" if colon else MASK
    return f"{scheme}{log_in if at else ''}{at}{host}{_PARAMETER.sub(_parameter, rest)}"


def _parameter(found: re.Match[str]) -> str:
    mark, name, value = found.groups()
    is_hidden = value and (_signs(name) or _RANDOM.fullmatch(value))
    return f"{mark}{name}={MASK}" if is_hidden else found[0]


def _bare_parameter(found: re.Match[str]) -> str:
    """Where no address is known to begin, only its name tells what a value is."""
    mark, name, value = found.groups()
    return f"{mark}{name}={MASK}" if value and _signs(name) else found[0]


def _signs(name: str) -> bool:
    plain = unquote(name)
    return is_secret_of_makers(plain) or not _SIGNING.isdisjoint(_words(plain))


def _pair(found: re.Match[str]) -> str:
    name, sign, scheme, _ = found.groups()
    return f"{name}{sign}{scheme}{MASK}" if is_secret_of_makers(name) else found[0]


def _ends_in_token(name: str) -> bool:
    """``deviceToken`` and ``token_2``, but neither ``idToken`` nor ``tokenType``."""
    words = _words(name)
    if "token" not in words:
        return False
    place = words.index("token")
    is_of_id = place > 0 and words[place - 1] == "id"
    return not is_of_id and _NO_SECRET_AFTER_TOKEN.isdisjoint(words[place + 1 :])


@lru_cache(maxsize=8192)
def _words(name: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in _WORD.findall(name[:200]))
