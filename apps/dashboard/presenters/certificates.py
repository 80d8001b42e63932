"""Certificates as people read them: how each stands, and what ends when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from apps.accounts.models import Actor
from apps.certificates import selectors
from apps.certificates.expiry import WARN_D
from apps.certificates.inventory import Own, list_own
from apps.certificates.models import IssuedCertificate, TrustedRoot
from apps.journal import selectors as journal
from apps.onboarding.selectors import may_renew
from apps.stations.models import Station
from apps.stations.selectors import list_notices
from apps.stations.sharing import two_boxes

MOST_EVENTS = 50
BY_CERTIFICATE = 3
_RENEWABLE = frozenset({"certificate_expired", "certificate_owner"})
_REFUSALS = 20


@dataclass(frozen=True, slots=True)
class CertificateRow:
    issued: IssuedCertificate
    tone: str
    icon: str
    word: str
    is_held: bool


def certificate_rows(issued: Iterable[IssuedCertificate], now: datetime) -> list[CertificateRow]:
    return [_row(one, now) for one in issued]


@dataclass(frozen=True, slots=True)
class OwnRow:
    own: Own
    chip: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class RootRow:
    root: TrustedRoot
    chip: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a station is turned away, or would be; ``offer`` leads to what helps."""

    words: str
    offer: str = ""


def own_rows(now: datetime) -> list[OwnRow]:
    """The certificates of the installation, with how each stands."""
    return [OwnRow(own, _own_state(own, now)) for own in list_own()]


def root_rows(found: Iterable[TrustedRoot], now: datetime) -> list[RootRow]:
    """Whom the organisation trusts for contracts."""
    return [RootRow(root, _standing(root.not_after, now)) for root in found]


def obstacles(actor: Actor, station: Station) -> list[Obstacle]:
    """What is known to keep the station out, whatever it does."""
    return [*_of_two_boxes(station), *_of_profile(station), *_of_certificate(actor, station)]


def _of_two_boxes(station: Station) -> list[Obstacle]:
    both = two_boxes(station, timezone.now())
    if not both:
        return []
    words = (
        f"Two boxes come in under this identity: {both}. Each throws the other out, and their"
        " sessions cannot be told apart for certain. Give one of them an identity of its own; this"
        " goes away once one alone has been seen for a day."
    )
    return [Obstacle(words)]


def _of_certificate(actor: Actor, station: Station) -> list[Obstacle]:
    """Its last refusal, if a policy would have let it in to renew its certificate."""
    if station.is_connected:
        return []
    last = journal.list_refusals_of(actor, [station.pk])[:1]
    is_renewable = bool(last) and last[0].reason in _RENEWABLE
    if not is_renewable or may_renew(station.organisation_id):
        return []
    words = f"{last[0].detail} The Onboarding page may let such stations in to renew it."
    return [Obstacle(words, "onboarding")]


def _of_profile(station: Station) -> list[Obstacle]:
    profile = station.security_profile
    if profile in (1, 2) and not station.password_digest:
        words = (
            f"It has security profile {profile}, which needs a password, and none is registered:"
            " every connection is refused with 401."
        )
        return [Obstacle(words, "password")]
    if profile == BY_CERTIFICATE and not station.serial_number:
        words = (
            "It has security profile 3 and no serial number is registered: only a certificate in"
            f" the name of {station.identity} lets it in."
        )
        return [Obstacle(words)]
    return []


def security_tab(actor: Actor, station: Station, now: datetime) -> dict[str, Any]:
    """What the tab of a station shows."""
    notices = list_notices(actor, station.pk, limit=500)
    return {
        "certificates": certificate_rows(selectors.list_issued(actor, station.pk)[:50], now),
        "obstacles": obstacles(actor, station),
        "installed": selectors.list_installed(actor, station.pk),
        "security_events": [n for n in notices if n.kind == "security"][:MOST_EVENTS],
        "refusals": journal.list_refusals_of(actor, [station.pk])[:_REFUSALS],
    }


def _row(issued: IssuedCertificate, now: datetime) -> CertificateRow:
    tone, icon, word, is_held = _state(issued, now)
    return CertificateRow(issued, tone, icon, word, is_held)


def _own_state(own: Own, now: datetime) -> tuple[str, str, str]:
    if own.not_after is None:
        return "faulted", "circle-x", "Unreadable"
    return _standing(own.not_after, now)


def _standing(not_after: datetime, now: datetime) -> tuple[str, str, str]:
    if not_after <= now:
        return "faulted", "circle-x", "Ended"
    if not_after - now <= timedelta(days=WARN_D[1]):
        return "paused", "triangle-alert", "Ends soon"
    return "ok", "circle-check", "Holds"


def _state(issued: IssuedCertificate, now: datetime) -> tuple[str, str, str, bool]:
    if issued.revoked_at is not None:
        return "faulted", "ban", "Revoked", False
    if issued.not_after <= now:
        return "offline", "circle-x", "Ended", False
    if issued.is_accepted is False:
        return "offline", "circle-slash", "Refused by the station", True
    if issued.not_after - now <= timedelta(days=WARN_D[1]):
        return "paused", "triangle-alert", "Ends soon", True
    if issued.is_accepted is None:
        return "plugged", "clock", "On its way", True
    return "ok", "circle-check", "In use", True
