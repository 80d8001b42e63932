"""What those may cost us who are turned away.

Their refusals are kept in a lane of their own, many in one transaction, so that they stand before
nobody's command. Who is turned away too often waits for each further word; beyond a quota, unknown
identities are counted together under their address. A password is guessed slowly.
"""

import asyncio
import logging
import time
from collections import Counter
from datetime import UTC, datetime

from django.conf import settings

from apps.accounts.models import Organisation
from apps.batch.refs import StationRef
from apps.gateway.admission import Admitted, Handshake, Refused
from apps.gateway.budget import Budget
from apps.ingest.committer import Group
from apps.ingest.halving import halving
from apps.journal.refusals import TurnedAway, record_refusals
from apps.live.announce import announce_all
from apps.stations.turned_away import OUTSIDE, worth_keeping
from ocpp_platform import threads
from ocpp_platform.addresses import network_of
from ocpp_platform.threads import DatabaseAway

logger = logging.getLogger(__name__)

DELAY_S = 2.0
MOST_GUESSING = 8  # of one address, for one station
MOST_DELAYED = 512  # sockets that wait for their refusal; more are refused at once
_MOST_AT_ONCE = 256
_GUESSES = frozenset({"wrong_password", "wrong_user"})
SLOW_DOWN = "Turned away too often from this address; try again later."
TOO_MANY_GUESSES = Refused(503, "too_many_guesses", "Too many wrong passwords; try again later.")


class Strangers:
    """One per hub."""

    def __init__(self) -> None:
        self._lane: Group[TurnedAway, None] = Group(_keep, _MOST_AT_ONCE, "refusals")
        self._refusals = Budget(settings.OCPP_REFUSALS_PER_MINUTE)
        self._guesses = Budget(settings.OCPP_GUESSES_PER_MINUTE)
        self._guessing = Counter[str]()
        self._delayed = 0

    def may_knock(self, handshake: Handshake) -> bool:
        """Whether its address may be turned away once more without being slowed."""
        return self._refusals.has_any(network_of(handshake.ip), time.monotonic())

    async def may_guess(self, handshake: Handshake, ref: StationRef | None) -> bool:
        """Whether its password may be compared: after many wrong ones, later, and few at a time.

        Nobody is shut out by somebody else's guesses from the same address.
        """
        key = _guesser(handshake, ref)
        if self._guesses.has_any(key, time.monotonic()):
            return True
        if self._guessing[key] >= MOST_GUESSING:
            return False
        self._guessing[key] += 1
        try:
            await asyncio.sleep(DELAY_S)
        finally:
            self._guessing[key] -= 1
            self._guessing += Counter()  # without those that have reached none
        return True

    def note_verdict(
        self, handshake: Handshake, ref: StationRef | None, verdict: Admitted | Refused
    ) -> None:
        if isinstance(verdict, Refused) and verdict.reason in _GUESSES:
            self._guesses.take(_guesser(handshake, ref), time.monotonic())

    async def turn_away(
        self, refused: Refused, handshake: Handshake, ref: StationRef | None
    ) -> Refused:
        """Keep the refusal for operators; what to deny the handshake with."""
        is_within = refused.status == 503 or self._refusals.take(
            network_of(handshake.ip), time.monotonic()
        )
        try:
            await self._lane.submit(_turned_away(refused, handshake, ref, is_within=is_within))
        except DatabaseAway:
            logger.warning("%r turned away, not kept: %s", handshake.identity, refused.reason)
        if is_within:
            return refused
        await self._delay()
        return Refused(503, refused.reason, SLOW_DOWN)

    async def close(self) -> None:
        await self._lane.close()

    async def _delay(self) -> None:
        if self._delayed >= MOST_DELAYED:
            return
        self._delayed += 1
        try:
            await asyncio.sleep(DELAY_S)
        finally:
            self._delayed -= 1


def _guesser(handshake: Handshake, ref: StationRef | None) -> str:
    """One for each station, however its identity is written."""
    return f"{network_of(handshake.ip)} {ref.identity if ref else handshake.identity}"


def _turned_away(
    refused: Refused, handshake: Handshake, ref: StationRef | None, *, is_within: bool
) -> TurnedAway:
    return TurnedAway(
        identity=handshake.identity,
        reason=refused.reason,
        http_status=refused.status if is_within else 503,
        at=datetime.now(UTC),
        detail=refused.detail,
        organisation_id=ref.organisation_id if ref else None,
        station_id=ref.id if ref else None,
        ip=handshake.ip,
        offered=", ".join(handshake.offered),
        user_agent=handshake.user_agent,
        may_be_listed=is_within or ref is not None,
    )


def _keep(turned_away: list[TurnedAway]) -> list[None]:
    most = settings.OCPP_STRANGERS_PER_ADDRESS

    def keep(part: list[TurnedAway]) -> list[None]:
        threads.briefly(lambda: _record(part, most))
        return [None] * len(part)

    return halving(keep, turned_away, _lose)


def _record(turned_away: list[TurnedAway], most: int) -> None:
    """Those who are worth it; who has the list before him sees them at once."""
    kept = worth_keeping(turned_away)
    if not kept:
        return
    record_refusals(kept, most)
    whose = {fact.organisation_id for fact in kept}
    if None in whose:
        whose |= set(Organisation.objects.values_list("pk", flat=True))
    announce_all((organisation_id, OUTSIDE) for organisation_id in whose if organisation_id)


def _lose(fact: TurnedAway, error: Exception) -> None:
    logger.error("a refusal of %r was not kept", fact.identity, exc_info=error)
