"""Writes: certificates issued, installed, revoked; security profiles agreed and reached.

``sign_request`` and ``judge_contract`` ask others and must not run within a transaction; the
rest is done by ``ingest`` within its own.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256

from cryptography import x509
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from apps.batch.refs import StationRef
from apps.certificates import (
    authority,
    chain,
    contracts,
    expiry,
    network,
    ocsp,
    requests,
    selectors,
    trust,
)
from apps.certificates.authority import CannotIssue, Issuer
from apps.certificates.models import InstalledCertificate, IssuedCertificate, ProfileOrder
from apps.commands import services as commands
from apps.domain.certificates import (
    CertificateRequested,
    ContractPresented,
    Installed,
    InstallSignedCertificate,
    OcspTarget,
)
from apps.history import doers, kinds
from apps.history.doers import Doer
from apps.history.services import record
from apps.live.announce import announce, announce_all
from apps.stations.abilities import CERTIFICATE_OWNER, told_by
from apps.stations.models import Station, StationNotice
from ocpp_platform import bulk
from ocpp_platform.keyset import pages

_OCPP_KINDS = {"station": "ChargingStationCertificate", "v2g": "V2GCertificate"}


def sign_request(
    ref: StationRef, event: CertificateRequested, now: datetime, issuer: Issuer | None = None
) -> str:
    """The chain (PEM, leaf first, no root) for a request. BadRequest or CannotIssue."""
    request = requests.read(event.csr)
    serial = Station.objects.values_list("serial_number", flat=True).get(pk=ref.id)
    names = frozenset({serial, ref.identity} - {""} - _names_of_others(ref.id, serial))
    requests.check(request, names=names, organisation=_owner(ref.id))
    known = selectors.find_signed(ref.id, _key_fingerprint(request), event.kind, now)
    if known is not None:
        return known.chain
    issuer = issuer or authority.load(event.kind)
    return chain.write_pem(issuer.sign(request, _OCPP_KINDS[event.kind], now))


def record_signed(ref: StationRef, event: CertificateRequested, now: datetime) -> None:
    """Keep what was issued and have it sent to the station."""
    certificates = chain.read_pem(event.chain)
    leaf = certificates[0]
    issued, is_new = IssuedCertificate.objects.get_or_create(
        fingerprint=chain.fingerprint(leaf),
        defaults={
            "station_id": ref.id,
            "kind": event.kind,
            "serial_number": f"{leaf.serial_number:x}",
            "key_fingerprint": _key_fingerprint(leaf),
            "subject": leaf.subject.rfc4514_string()[:255],
            "chain": event.chain,
            "not_before": leaf.not_valid_before_utc,
            "not_after": leaf.not_valid_after_utc,
            "issued_at": now,
        },
    )
    if is_new:
        _record(kinds.CERTIFICATE_ISSUED, issued, doers.station(ref.id, ref.identity), now)
    commands.queue(
        organisation_id=ref.organisation_id,
        station_id=ref.id,
        identity=ref.identity,
        command=InstallSignedCertificate(event.chain, event.kind, issued.pk, event.is_named),
        now=now,
        actor="certificates",
        reason="The station asked for it",
    )


def note_answer(issued_id: int, *, is_accepted: bool, now: datetime) -> None:
    """The station took the certificate, or keeps its old one (A02.FR.07, A14)."""
    IssuedCertificate.objects.filter(pk=issued_id).update(is_accepted=is_accepted, answered_at=now)


@transaction.atomic
def revoke(issued: IssuedCertificate, *, because: str, actor: Doer, now: datetime) -> bool:
    """From now on nobody comes in with this certificate, and who is in with it goes.

    False where it was revoked before.
    """
    changed = IssuedCertificate.objects.filter(pk=issued.pk, revoked_at=None).update(
        revoked_at=now, revoked_because=because[:200]
    )
    if changed:
        _record(kinds.CERTIFICATE_REVOKED, issued, actor, now, because)
    announce(issued.station.organisation_id, f"station:{issued.station_id}")
    return bool(changed)


def _record(
    kind: kinds.Kind, issued: IssuedCertificate, actor: Doer, now: datetime, because: str = ""
) -> None:
    record(
        kind,
        actor=actor,
        organisation_id=issued.station.organisation_id,
        subject=(issued.pk, issued.subject),
        station_id=issued.station_id,
        reason=because,
        details={"station": issued.station.identity, "fingerprint": issued.fingerprint},
        now=now,
    )


def warn_of_ends(*, now: datetime) -> int:
    """Put a notice at each station whose certificate ends soon; how many. Safe to run twice."""
    soon = now + timedelta(days=max(expiry.WARN_D))
    ending = IssuedCertificate.objects.filter(not_after__gt=now, not_after__lte=soon)
    held = selectors.in_use(ending)
    return sum(_warn([issued.pk for issued in page], now) for page in pages(held))


@transaction.atomic
def _warn(keys: list[int], now: datetime) -> int:
    rows = IssuedCertificate.objects.select_for_update(skip_locked=True, of=("self",))
    held = rows.filter(pk__in=keys).select_related("station").order_by("pk")
    found = [(issued, expiry.due(issued.not_after, issued.warned_d, now)) for issued in held]
    due = [(issued, days) for issued, days in found if days is not None]
    with bulk.writes() as writes:
        writes.update(IssuedCertificate, ("id", "warned_d"), [(i.pk, days) for i, days in due])
    StationNotice.objects.bulk_create(_warning(issued, now) for issued, _days in due)
    announce_all((i.station.organisation_id, f"station:{i.station_id}") for i, _days in due)
    return len(due)


def _warning(issued: IssuedCertificate, now: datetime) -> StationNotice:
    return StationNotice(
        station_id=issued.station_id,
        kind="security",
        title="CertificateEndsSoon",
        detail=f"{issued.subject} ends on {issued.not_after:%Y-%m-%d}; renew it.",
        at=now,
        received_at=now,
    )


def keep_installed(
    station_id: int, kinds: Iterable[str], found: Iterable[Installed], now: datetime
) -> None:
    """Replace what is known of these kinds (none: of all) by what the station reports."""
    known = InstalledCertificate.objects.filter(station_id=station_id)
    asked = list(kinds)
    (known.filter(kind__in=asked) if asked else known).delete()
    InstalledCertificate.objects.bulk_create(
        InstalledCertificate(
            station_id=station_id,
            kind=one.kind,
            hash_algorithm=one.hash.hash_algorithm[:6],
            issuer_name_hash=one.hash.issuer_name_hash[:128],
            issuer_key_hash=one.hash.issuer_key_hash[:128],
            serial_number=one.hash.serial_number[:40],
            children=[_members(child) for child in one.children],
            reported_at=now,
        )
        for one in found
    )


def forget_installed(station_id: int, hash_data: dict[str, str]) -> None:
    """The station has deleted the certificate of this hash data."""
    named = {name: word for name, word in hash_data.items() if word}
    InstalledCertificate.objects.filter(station_id=station_id, **named).delete()


def agree_profile(station_id: int, profile: int, now: datetime) -> None:
    """The station will come back with this security profile; until then both are let in."""
    ProfileOrder.objects.update_or_create(
        station_id=station_id, defaults={"profile": profile, "agreed_at": now}
    )


def reach_profile(station_id: int, profile: int) -> bool:
    """It has come with ``profile``: what it had agreed to is now the least (A05.FR.07)."""
    done, _ = ProfileOrder.objects.filter(station_id=station_id, profile__lte=profile).delete()
    if done:
        Station.objects.filter(pk=station_id).update(security_profile=profile)
    return bool(done)


def judge_contract(event: ContractPresented, organisation_id: int, now: datetime) -> str:
    """good | expired | revoked | unverifiable: the chain, then each certificate by OCSP."""
    try:
        known = trust.of_contracts(organisation_id)
        shown = chain.read_pem(event.certificate) if event.certificate else []
    except (ValueError, trust.BadFile):
        return contracts.UNVERIFIABLE
    if not shown:
        return contracts.together(_ask(target, known.roots, now) for target in event.targets)
    problem = chain.verify(shown, known.roots, now) or chain.listed(shown, known.lists, known.roots)
    if problem:
        return _CHAIN_VERDICTS[problem]
    everyone = [*shown, *known.roots]
    targets = event.targets or tuple(_targets(shown, everyone))
    return contracts.together(_ask(target, everyone, now) for target in targets)


def _ask(target: OcspTarget, known: Iterable[x509.Certificate], now: datetime) -> str:
    try:
        response = network.ask_responder(target.responder_url, ocsp.question(target.hash))
    except (network.NoAnswer, ocsp.BadTarget):
        return contracts.UNVERIFIABLE
    return ocsp.verdict(response, target.hash, known, now)


def _targets(
    shown: list[x509.Certificate], everyone: list[x509.Certificate]
) -> Iterable[OcspTarget]:
    """Those of the chain that name a responder; without the leaf's nothing can be said."""
    for index, certificate in enumerate(shown):
        issuer = chain.issuer_of(certificate, everyone)
        target = ocsp.target_of(certificate, issuer) if issuer else None
        if target is not None:
            yield target
        elif index == 0:
            return


def _names_of_others(station_id: int, serial: str) -> set[str]:
    """A serial number is the station's own word: not where another one is called so too."""
    others = Station.objects.exclude(pk=station_id)
    is_taken = others.filter(Q(serial_number=serial) | Q(identity=serial)).exists()
    return {serial} if is_taken else set()


def _owner(station_id: int) -> str:
    """What O must be: as the station itself is set, else as this installation is."""
    told = told_by(station_id, CERTIFICATE_OWNER)
    return told.of(CERTIFICATE_OWNER) or settings.OCPP_PKI_ORGANISATION


def _key_fingerprint(holder: x509.Certificate | x509.CertificateSigningRequest) -> str:
    return sha256(chain.key_of(holder)).hexdigest()


def _members(named: object) -> dict[str, str]:
    return {name: getattr(named, name) for name in named.__dataclass_fields__}  # type: ignore[attr-defined]


_CHAIN_VERDICTS = {
    chain.EXPIRED: contracts.EXPIRED,
    chain.REVOKED: contracts.REVOKED,
    chain.UNTRUSTED: contracts.UNVERIFIABLE,
}
__all__ = [
    "CannotIssue", "agree_profile", "forget_installed", "judge_contract", "keep_installed",
    "note_answer", "reach_profile", "record_signed", "revoke", "sign_request", "warn_of_ends",
]  # fmt: skip
