"""Station passwords: kept as keyed digests, taken as text, hex or the bytes behind hex."""

import pytest

from apps.stations import passwords

KEY = "00ff10203040506070809fa0b0c0d0e0f0010203"


@pytest.mark.parametrize(
    ("given", "is_right"),
    [
        (b"secret", True),
        (b"Secret", False),
        (b"secret ", False),
        (b"", False),
        (b"\xff\xfe", False),
    ],
)
def test_a_password_fits_as_it_is(given: bytes, is_right: bool) -> None:
    assert passwords.matches(given, passwords.digest(b"secret")) == is_right


@pytest.mark.parametrize("kept", [KEY, KEY.upper()])
def test_a_hex_key_fits_as_text_and_as_bytes(kept: str) -> None:
    digest = passwords.digest(kept.encode())
    assert passwords.matches(kept.encode(), digest)
    assert passwords.matches(bytes.fromhex(kept), digest)


@pytest.mark.parametrize("kept", ["aB" * 16, "Ff0" * 12 + "1a"])
def test_a_key_in_mixed_case_fits_however_the_station_shows_it(kept: str) -> None:
    digest = passwords.digest(kept.encode())
    for shown in (kept, kept.upper(), kept.lower()):
        assert passwords.matches(shown.encode(), digest)
    assert passwords.matches(bytes.fromhex(kept), digest)


def test_a_password_that_is_no_key_keeps_its_case() -> None:
    digest = passwords.digest(b"Correct horse battery")
    assert not passwords.matches(b"correct horse battery", digest)


def test_a_made_password_fits_both_versions_and_is_never_the_same() -> None:
    made = {passwords.make() for _ in range(20)}
    assert len(made) == 20
    assert all(len(bytes.fromhex(password)) == 20 for password in made)


def test_a_digest_does_not_hold_the_password() -> None:
    assert "secret" not in passwords.digest(b"secret")
