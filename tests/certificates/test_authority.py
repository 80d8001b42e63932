"""The built-in authority."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from apps.certificates import authority, chain, trust
from tests.certificates import maker

NOW = datetime.now(UTC)


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.VAR = tmp_path
    return tmp_path


def request(name: str = "SN-1") -> x509.CertificateSigningRequest:
    return x509.load_pem_x509_csr(maker.request(name).encode())


def test_it_is_made_once_and_its_key_is_its_owners_alone(folder: Path) -> None:
    first = authority.load()
    assert authority.load().root == first.root
    mode = (folder / "pki" / "authority.pem").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    assert [path.name for path in (folder / "pki").iterdir()] == ["authority.pem"]


def test_what_it_signs_leads_to_its_root_and_begins_in_the_past(folder: Path) -> None:
    made = authority.load()
    asked = request()
    leaf, *others = made.sign(asked, "ChargingStationCertificate", NOW)
    assert chain.verify([leaf, *others], [made.root], NOW) == chain.GOOD
    assert made.root not in others
    assert chain.key_of(leaf) == chain.key_of(asked)
    assert leaf.not_valid_before_utc <= NOW - timedelta(minutes=30)
    assert len(chain.write_pem([leaf, *others])) < 10_000
    again = made.sign(asked, "ChargingStationCertificate", NOW)[0]
    assert again.serial_number != leaf.serial_number


def test_one_of_our_own_may_be_given(folder: Path, settings: Any) -> None:
    root = maker.root("Company root")
    below = root.sign("Company stations", is_authority=True, key=maker.rsa_key())
    path = folder / "company.pem"
    path.write_text(maker.pem(below.key, below.certificate, root.certificate))
    settings.OCPP_PKI_AUTHORITY = str(path)
    leaf, *others = authority.load().sign(request(), "ChargingStationCertificate", NOW)
    assert others == [below.certificate]
    assert chain.verify([leaf, *others], [root.certificate], NOW) == chain.GOOD
    assert leaf.not_valid_after_utc <= below.certificate.not_valid_after_utc


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "company.pem"),
        (maker.pem(maker.root().certificate), "no RSA or EC private key"),
        (maker.pem(maker.ec_key(), maker.root().certificate), "not that of the key"),
    ],
)
def test_a_bad_one_says_what_is_wrong(folder: Path, settings: Any, text: str, words: str) -> None:
    path = folder / "company.pem"
    path.write_text(text)
    settings.OCPP_PKI_AUTHORITY = str(path)
    with pytest.raises(authority.CannotIssue, match=words):
        authority.load()


def test_vehicles_are_shown_certificates_of_another_authority(folder: Path) -> None:
    stations, vehicles = authority.load("station"), authority.load("v2g")
    assert stations.root != vehicles.root
    leaf, *others = vehicles.sign(request(), "V2GCertificate", NOW)
    assert chain.verify([leaf, *others], [vehicles.root], NOW) == chain.GOOD
    assert chain.verify([leaf, *others], [stations.root], NOW) == chain.UNTRUSTED
    assert vehicles.root not in trust.of_stations().roots


def test_a_v2g_authority_that_is_missing_names_its_setting(folder: Path, settings: Any) -> None:
    settings.OCPP_PKI_V2G_AUTHORITY = str(folder / "nowhere.pem")
    with pytest.raises(authority.CannotIssue, match="OCPP_PKI_V2G_AUTHORITY"):
        authority.load("v2g")
