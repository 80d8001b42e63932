"""Whom an organisation trusts for drivers' contracts, over REST."""

from apps.history.models import Fact
from tests.api.conftest import Program
from tests.certificates import maker, odd

ROOTS = "certificates/roots/"


def test_roots_are_trusted_and_forgotten(admin: Program, stranger: Program) -> None:
    text = maker.pem(maker.root("Mobility").certificate)
    made = admin.post(ROOTS, {"certificate": text})
    assert (made.status_code, "Mobility" in made.json()["subject"]) == (201, True)
    assert admin.post(ROOTS, {"certificate": text}).json()["id"] == made.json()["id"]
    assert [one["fingerprint"] for one in admin.all(ROOTS)] == [made.json()["fingerprint"]]
    assert stranger.all(ROOTS) == []
    path = f"{ROOTS}{made.json()['id']}/"
    assert stranger.send("DELETE", path, b"").status_code == 404
    assert admin.send("DELETE", path, b"").status_code == 204
    assert admin.all(ROOTS) == []
    assert Fact.objects.filter(kind="root forgotten").count() == 1


def test_what_is_no_root_is_refused_with_the_reason(admin: Program) -> None:
    root = maker.root("Mobility")
    leaf, both = root.sign("DE-AAA-1"), maker.pem(root.certificate, maker.root().certificate)
    for text, words in (
        ("nonsense", "no PEM certificate"),
        (maker.pem(leaf.certificate), "may not sign others"),
        (odd.certificate_of_version_2(), "is no PEM certificate"),
        (both, "One certificate is needed, 2 are here"),
    ):
        refused = admin.post(ROOTS, {"certificate": text})
        assert refused.status_code == 400
        assert words in refused.content.decode()
