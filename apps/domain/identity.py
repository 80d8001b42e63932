"""What the identity of a station may be (OCPP 2.0.1 part 4 §3.1)."""

MOST_CHARACTERS = 48
_ILLEGAL = frozenset(':"\\')


def problem_of(identity: str) -> str:
    """Why no station can have this identity, in words; "" where one can."""
    if not identity or len(identity) > MOST_CHARACTERS:
        return f"An identity has 1 to {MOST_CHARACTERS} characters."
    if not identity.isprintable() or _ILLEGAL & set(identity):
        return 'An identity has no ":", quotes or control characters.'
    if identity in (".", ".."):
        return "An identity is not a step within an address."
    return ""
