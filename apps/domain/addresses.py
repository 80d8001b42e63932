"""Where stations fetch and bring files and whom they call: addresses with a scheme and a host."""

from urllib.parse import urlsplit


def is_address(text: str) -> bool:
    """Whether ``text`` says how and where: a scheme and a host, and no gap in it."""
    if not text.isprintable() or any(character.isspace() for character in text):
        return False
    try:
        parts = urlsplit(text)
        return bool(parts.scheme and parts.hostname) and parts.port != 0
    except ValueError:
        return False


def address_problems(**addresses: str) -> list[str]:
    """A sentence for each that is none; their names are the parameters'."""
    return [
        f"{name!r} must be an address with a scheme and a host, like https://files.example/f"
        for name, address in addresses.items()
        if not is_address(address)
    ]
