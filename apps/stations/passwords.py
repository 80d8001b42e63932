"""Station passwords: machine-made, kept as keyed fast hashes, compared in constant time.

A thousand stations reconnect at once; people's slow hashes have no place here. A 1.6 station
may send its AuthorizationKey as the hex string it was given or as the bytes behind it.
"""

import hashlib
import hmac
import re
import secrets

from django.conf import settings

_HEX = re.compile(rb"(?:[0-9A-Fa-f]{2}){16,20}")


def make() -> str:
    """20 random bytes as 40 hex digits: fits both versions."""
    return secrets.token_hex(20)


def digest(password: bytes) -> str:
    """What is kept of it. Hex digits mean bytes, so their case does not count."""
    return _keyed(password.lower() if _HEX.fullmatch(password) else password)


def matches(given: bytes, kept: str) -> bool:
    """Whether ``given``, as sent or as the bytes of a hex key, is the kept password."""
    forms = [given, given.hex().encode(), given.hex().upper().encode()]
    found = [hmac.compare_digest(made, kept) for made in (digest(given), *map(_keyed, forms))]
    return any(found)  # all were compared, in constant time


def _keyed(password: bytes) -> str:
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, b"station-password:" + password, hashlib.sha256).hexdigest()
