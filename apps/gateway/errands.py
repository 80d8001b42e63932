"""What must be found out before an event may be committed: others are asked, outside of it.

The event comes back with what was found; one that needs nothing comes back as it is. Each
station waits for its own errand only.
"""

import asyncio
import base64
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from apps.batch.refs import StationRef
from apps.certificates import network, ocsp, services
from apps.certificates.authority import CannotIssue
from apps.certificates.requests import BadRequest
from apps.domain.certificates import (
    CertificateRequested,
    CertificateStatusAsked,
    ContractPresented,
    EvCertificateAsked,
)
from apps.domain.events import Event
from ocpp_platform.threads import persistently

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 16
_threads = ThreadPoolExecutor(MOST_AT_ONCE, "errands")

Errand = Callable[[StationRef, Any, datetime], Event]


async def run(event: Event, ref: StationRef) -> Event:
    """``event`` with what had to be found out for it."""
    errand = _ERRANDS.get(type(event))
    if errand is None:
        return event
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_threads, _do, errand, ref, event)


def _do(errand: Errand, ref: StationRef, event: Event) -> Event:
    try:
        return errand(ref, event, datetime.now(UTC))
    finally:
        connection.close()


def _sign(ref: StationRef, event: CertificateRequested, now: datetime) -> Event:
    try:
        chain = persistently(lambda: services.sign_request(ref, event, now))
    except (BadRequest, CannotIssue) as refusal:
        return replace(event, problem=str(refusal))
    return replace(event, chain=chain)


def _ask_status(_ref: StationRef, event: CertificateStatusAsked, _now: datetime) -> Event:
    """The responder's own words, if it said anything (M06.FR.01 to 08)."""
    try:
        question = ocsp.question(event.target.hash)
        response = network.ask_responder(event.target.responder_url, question)
    except (network.NoAnswer, ocsp.BadTarget) as trouble:
        logger.warning("no OCSP response: %s", trouble)
        return event
    if not ocsp.is_successful(response):
        return event
    return replace(event, response=base64.b64encode(response).decode())


def _judge(ref: StationRef, event: ContractPresented, now: datetime) -> Event:
    return replace(event, verdict=services.judge_contract(event, ref.organisation_id, now))


def _provide(ref: StationRef, event: EvCertificateAsked, _now: datetime) -> Event:
    provisioner = network.provisioner()
    if provisioner is None:
        return event
    try:
        status, response = provisioner.provide(
            event.schema_version, event.action, event.exi_request
        )
    except network.NoAnswer as trouble:
        logger.warning("no certificate for a vehicle at %s: %s", ref.identity, trouble)
        return event
    return replace(event, status=status, exi_response=response)


_ERRANDS: Mapping[type[Event], Errand] = {
    CertificateRequested: _sign,
    CertificateStatusAsked: _ask_status,
    ContractPresented: _judge,
    EvCertificateAsked: _provide,
}
