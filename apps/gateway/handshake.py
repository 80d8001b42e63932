"""From a handshake to its verdict: what the rules of ``admission`` ask for is looked up here.

The usual station is one row of the register, read with those of others. What is rarer has
threads of its own: a station never waits here for people's pages or for a command of another.
"""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.conf import settings

from apps.batch.refs import StationRef
from apps.certificates.chain import EXPIRED, REVOKED
from apps.certificates.selectors import find_standing
from apps.domain.identity import problem_of
from apps.gateway.admission import (
    Admitted,
    Handshake,
    Refused,
    astray,
    choose,
    credentials_of,
    judge,
    judge_address,
    judge_renewal,
    names_of,
)
from apps.gateway.hub import Hub
from apps.gateway.peers import address_of, peer_of
from apps.gateway.strangers import TOO_MANY_GUESSES
from apps.onboarding import services as onboarding
from apps.onboarding.selectors import may_renew
from apps.stations import passwords
from ocpp_platform import threads

Found = TypeVar("Found")
RENEWABLE = frozenset({"certificate_expired", "certificate_owner"})
_threads = ThreadPoolExecutor(4, "handshakes")


@dataclass(frozen=True, slots=True)
class Considered:
    """``ref``: whom the identity names."""

    verdict: Admitted | Refused
    ref: StationRef | None = None


def knock_of(scope: Mapping[str, Any]) -> Handshake:
    """Who knocks: what can be read from any handshake, whatever else is wrong with it."""
    headers = dict(scope["headers"])
    path = scope.get("raw_path") or scope["path"].encode()
    names = names_of(path)
    return Handshake(
        identity=names[0] if names else "",
        offered=tuple(filter(str.isprintable, scope.get("subprotocols") or ())),
        credentials=None,
        ip=address_of(scope, settings.OCPP_TRUSTED_PROXIES),
        user_agent=headers.get(b"user-agent", b"").decode("latin-1"),
        names=names,
        astray=astray(path),
    )


def proven(knock: Handshake, scope: Mapping[str, Any], now: datetime) -> Handshake:
    """With what it shows to prove who it is."""
    peer = peer_of(scope, settings.OCPP_TRUSTED_PROXIES, now)
    return replace(
        knock,
        credentials=credentials_of(dict(scope["headers"]).get(b"authorization")),
        is_tls=peer.is_tls,
        certificate=peer.certificate,
    )


async def consider(handshake: Handshake, hub: Hub) -> Considered:
    """The verdict on a handshake. DatabaseAway where nobody can be looked up."""
    ref = await hub.register.submit(handshake.names)
    if refused := judge_address(handshake):
        return Considered(refused, ref)
    if ref is None and (problem := problem_of(handshake.identity)):
        return Considered(Refused(404, "impossible_identity", problem))
    if ref is None and choose(handshake.offered) and hub.strangers.may_knock(handshake):
        ref = await _hold(handshake)
    handshake = await _with_standing(handshake, ref)
    if handshake.credentials and not await hub.strangers.may_guess(handshake, ref):
        return Considered(TOO_MANY_GUESSES, ref)
    verdict = judge(handshake, ref, passwords.matches, settings.OCPP_PKI_ORGANISATION)
    hub.strangers.note_verdict(handshake, ref, verdict)
    if isinstance(verdict, Refused) and ref and verdict.reason in RENEWABLE:
        verdict = await _judge_renewal(handshake, ref, verdict)
    return Considered(verdict, ref)


async def look_up(work: Callable[[], Found]) -> Found:
    """``work`` in one of the handshakes' own threads, its connection given back."""
    return await asyncio.get_running_loop().run_in_executor(_threads, threads.briefly, work)


async def _with_standing(handshake: Handshake, ref: StationRef | None) -> Handshake:
    """With what we know of a certificate that we issued: it is for one station, or revoked."""
    shown = handshake.certificate
    if shown is None or shown.problem not in ("", EXPIRED):
        return handshake
    standing = await look_up(lambda: find_standing(shown.fingerprint))
    if standing is None:
        return handshake
    if standing.is_revoked:
        return replace(handshake, certificate=replace(shown, problem=REVOKED))
    if ref is None or standing.identity != ref.identity:
        return replace(handshake, certificate=replace(shown, names=frozenset()))
    return handshake


async def _judge_renewal(
    handshake: Handshake, ref: StationRef, refused: Refused
) -> Admitted | Refused:
    verdict = judge_renewal(handshake, ref, refused)
    if not isinstance(verdict, Admitted):
        return refused
    return verdict if await look_up(lambda: may_renew(ref.organisation_id)) else refused


async def _hold(handshake: Handshake) -> StationRef | None:
    """An unknown station, if somebody lets such wait."""
    identity, shown = handshake.identity, handshake.credentials
    return await look_up(lambda: onboarding.hold(identity, shown, datetime.now(UTC)))
