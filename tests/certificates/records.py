"""Rows about certificates, as they stand after a station's request or report."""

from datetime import timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from apps.certificates.models import InstalledCertificate, IssuedCertificate
from apps.stations.models import Station

_numbers = count(1)


def issue(station: Station, **fields: Any) -> IssuedCertificate:
    """A certificate in use that ends in 20 days."""
    now, number = timezone.now(), next(_numbers)
    known = {
        "kind": "station", "serial_number": "1", "fingerprint": f"{number:064}",
        "key_fingerprint": f"{number:064}", "subject": f"CN=SN-{number}", "chain": "",
        "not_before": now, "not_after": now + timedelta(days=20), "issued_at": now,
        "is_accepted": True,
    }  # fmt: skip
    return IssuedCertificate.objects.create(station=station, **(known | fields))


def install(station: Station, kind: str = "csms_root") -> InstalledCertificate:
    """A certificate that the station has reported."""
    return InstalledCertificate.objects.create(
        station=station, kind=kind, hash_algorithm="SHA256", issuer_name_hash="ab" * 32,
        issuer_key_hash="cd" * 32, serial_number="0a1b2c", reported_at=timezone.now(),
    )  # fmt: skip
