"""How often wrong passwords of people are answered: of one account, of one address, of both.

The counters are Redis's, or this process's where there is none. A Redis that is away lets
everybody count by himself: a log-in does not depend on it.
"""

import logging
import time
from functools import lru_cache

from django.conf import settings
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from ocpp_platform.addresses import network_of

logger = logging.getLogger(__name__)

_OF_BOTH = parse("5 per 15 minutes")
_OF_ADDRESS = parse("30 per 15 minutes")
_OF_ACCOUNT = parse("100 per hour")
_Counter = tuple[RateLimitItem, str]


def wait_s(account: str, address: str, *, is_at_home: bool = False) -> float:
    """Seconds until the next password of this account from there is looked at; 0 for now.

    ``is_at_home``: with a browser that this account has logged in with before. Only its own wrong
    passwords count there, not those of whoever guesses elsewhere or shares the address.
    """
    counters = _counters(account, address, is_at_home=is_at_home)
    try:
        return _wait_s(_shared(), counters)
    except StorageError as error:
        logger.warning("log-ins are counted here alone: %s", error)
        return _wait_s(_own(), counters)


def note_failure(account: str, address: str, *, is_at_home: bool = False) -> None:
    """A wrong password: it counts for all three, or for the browser alone."""
    for limiter in {_own(), _shared()}:
        try:
            for limit, key in _counters(account, address, is_at_home=is_at_home):
                limiter.hit(limit, key)
        except StorageError as error:
            logger.warning("a wrong log-in is counted here alone: %s", error)


def note_success(account: str, address: str) -> None:
    """Who knows the password starts anew from there."""
    for limiter in {_own(), _shared()}:
        try:
            for is_at_home in (False, True):
                limiter.clear(*_counters(account, address, is_at_home=is_at_home)[0])
        except StorageError as error:
            logger.warning("wrong log-ins are not forgotten: %s", error)


def _counters(account: str, address: str, *, is_at_home: bool) -> list[_Counter]:
    name, network = account.casefold(), network_of(address)
    if is_at_home:
        return [(_OF_BOTH, f"home {network} {name}")]
    return [
        (_OF_BOTH, f"both {network} {name}"),
        (_OF_ADDRESS, f"address {network}"),
        (_OF_ACCOUNT, f"account {name}"),
    ]


def _wait_s(limiter: MovingWindowRateLimiter, counters: list[_Counter]) -> float:
    used_up = [counter for counter in counters if not limiter.test(*counter)]
    resets = [limiter.get_window_stats(*counter).reset_time for counter in used_up]
    return max([reset - time.time() for reset in resets], default=0)


@lru_cache(maxsize=1)
def _own() -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(MemoryStorage())


@lru_cache(maxsize=1)
def _shared() -> MovingWindowRateLimiter:
    if not settings.REDIS_URL:
        return _own()
    kept = storage_from_string(
        settings.REDIS_URL, wrap_exceptions=True, socket_timeout=2, socket_connect_timeout=2
    )
    return MovingWindowRateLimiter(kept)
