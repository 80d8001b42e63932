"""Which root our own certificates lead to, and that it can be had."""

from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Organisation
from apps.accounts.roles import Role
from apps.certificates import served
from tests import factories as make
from tests.certificates import maker
from tests.certificates.maker import Signed


@pytest.fixture(autouse=True)
def _nothing_else_is_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served, "_trusted_here", lambda: ())


def shows(settings: Any, *paths: Path) -> None:
    settings.OCPP_TLS_CERTIFICATES = tuple(map(str, paths))


def leaf_of(root: Signed) -> Signed:
    return root.sign("Between", is_authority=True).sign("csms.example")


def test_the_root_is_found_in_the_file_or_named(settings: Any, tmp_path: Path) -> None:
    root = maker.root("Our root")
    leaf = leaf_of(root)
    whole = tmp_path / "whole.pem"
    whole.write_text(maker.pem(leaf.certificate, *leaf.chain, root.certificate))
    shows(settings, whole, leaf.file(tmp_path, "short"), tmp_path / "missing.pem")
    full, short = served.list_shown()
    assert (full.subject, full.leads_to, full.root) == (
        "csms.example",
        "Our root",
        root.certificate,
    )
    assert (short.leads_to, short.root) == ("Our root", None)


def test_a_root_that_this_computer_trusts_is_found(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = maker.root("Public root")
    der = root.certificate.public_bytes(Encoding.DER)
    monkeypatch.setattr(served, "_trusted_here", lambda: (b"broken", der))
    shows(settings, leaf_of(root).file(tmp_path, "short"))
    (one,) = served.list_shown()
    assert one.root == root.certificate


def test_whoever_sets_up_a_station_downloads_the_root_from_a_page(
    settings: Any, tmp_path: Path, network: Organisation
) -> None:
    settings.WHITENOISE_AUTOREFRESH = True
    client = Client()
    client.force_login(make.user(network, "anna", Role.ENGINEER))
    assert client.get(reverse("dashboard:our-root")).status_code == 404
    root = maker.root("Our root")
    leaf = leaf_of(root)
    whole = tmp_path / "whole.pem"
    whole.write_text(maker.pem(leaf.certificate, *leaf.chain, root.certificate))
    shows(settings, whole, whole)
    page = client.get(reverse("dashboard:certificates")).content.decode()
    assert reverse("dashboard:our-root") in page
    assert "Our root" in page
    given = client.get(reverse("dashboard:our-root"))
    assert "root.pem" in given["Content-Disposition"]
    assert x509.load_pem_x509_certificates(given.content) == [root.certificate]
    assert b"PRIVATE" not in given.content
