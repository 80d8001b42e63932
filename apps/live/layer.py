"""The channel layer, which may be away: what is told over it may be lost, and nobody breaks.

An outage is said once in the log, and its end.
"""

import logging
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

logger = logging.getLogger(__name__)

try:
    from redis.exceptions import RedisError
except ImportError:  # the embedded default brings no Redis
    TROUBLES: tuple[type[Exception], ...] = (OSError,)
else:
    TROUBLES = (OSError, RedisError)

_is_away = False


def note_away(error: Exception) -> None:
    global _is_away
    if not _is_away:
        logger.warning("the channel layer is away, nudges are lost meanwhile: %s", error)
    _is_away = True


def note_back() -> None:
    global _is_away
    if _is_away:
        logger.warning("the channel layer is back")
    _is_away = False


async def send(group: str, message: dict[str, Any]) -> None:
    """To all members of ``group``, if they can be reached."""
    try:
        await get_channel_layer().group_send(group, message)
    except TROUBLES as error:
        note_away(error)
    else:
        note_back()


def send_from_thread(group: str, message: dict[str, Any]) -> None:
    async_to_sync(send)(group, message)
