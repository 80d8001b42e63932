"""Typed reading of environment variables; a bad value stops the start with one clear line."""

import os
import secrets
import sys
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path
from typing import NoReturn, TypeVar

_Number = TypeVar("_Number", int, float)
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


def fail(name: str, value: str, wanted: str) -> NoReturn:
    """Stop the process: ``name`` holds ``value`` where ``wanted`` was expected."""
    sys.exit(f"{name}={value!r} is not {wanted}. Correct it or unset it.")


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def flag(name: str, default: bool = False) -> bool:
    value = os.environ.get(name, "1" if default else "0").strip().lower()
    if value not in _TRUE | _FALSE:
        fail(name, value, "a switch (1 or 0)")
    return value in _TRUE


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def address(name: str) -> str:
    """A web address without a path's last slash; "" where it is not set."""
    given = text(name).rstrip("/")
    if given and not given.startswith(("http://", "https://")):
        fail(name, given, "an address like https://csms.example.com")
    return given


def folder(name: str) -> str:
    """A folder from the root on, the same for every process; "" where it is not set."""
    given = text(name).strip()
    if given and not Path(given).is_absolute():
        fail(name, given, "a folder from the root on, like /srv/csms/messages")
    return given


def networks(name: str, default: str) -> list[str]:
    """Addresses and networks, as networks."""
    given = words(name, default)
    try:
        return [str(ip_network(word)) for word in given]
    except ValueError:
        fail(name, ",".join(given), "a list of addresses and networks (192.0.2.1, 10.0.0.0/8)")


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = os.environ.get(name, default)
    if value not in allowed:
        fail(name, value, f"one of {', '.join(allowed)}")
    return value


def integer(name: str, default: int, *, least: int = 0) -> int:
    return _number(name, default, int, "a whole number", least)


def seconds(name: str, default: float, *, least: float = 0) -> float:
    return _number(name, default, float, "a number of seconds", least)


def _number(
    name: str, default: _Number, read: Callable[[str], _Number], wanted: str, least: _Number
) -> _Number:
    raw = os.environ.get(name)
    if raw is None:
        return default
    try:
        value = read(raw)
    except ValueError:
        fail(name, raw, wanted)
    if value < least:
        fail(name, raw, f"{wanted} of at least {least}")
    return value


def secret_key(state: Path) -> str:
    """SECRET_KEY, else the content of SECRET_KEY_FILE, else one made and kept in ``state``."""
    if value := os.environ.get("SECRET_KEY"):
        return value
    path = Path(os.environ.get("SECRET_KEY_FILE") or state / "secret_key")
    if path.exists():
        return path.read_text().strip()
    if "SECRET_KEY_FILE" in os.environ:
        fail("SECRET_KEY_FILE", str(path), "a readable file")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(secrets.token_urlsafe(48))
    return path.read_text().strip()
