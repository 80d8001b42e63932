"""What was done, by REST."""

from apps.stations.models import Station
from tests.api.conftest import Program


def test_what_a_program_did_is_told_whole(
    admin: Program, stranger: Program, charger: Station
) -> None:
    admin.patch("stations/NL-001/", {"reading": "strict"})
    given = {"command": "reset", "parameters": {"mode": "on_idle"}}
    command = admin.post("stations/NL-001/commands/", given).json()
    asked, changed = admin.all("audit/", station="nl-001", by="key")
    assert changed["changes"] == {"reading": ["tolerant", "strict"]}
    assert changed["actor"]["name"] == "key admin"
    assert (changed["station"], changed["answer"]) == ("NL-001", None)
    assert (asked["subject"]["id"], asked["answer"]) == (command["id"], "queued")
    assert admin.all("audit/", kind="token added") == []
    assert admin.all("audit/", station="NL-404") == []
    assert stranger.all("audit/", kind="station changed") == []
    for odd in ({"by": "me"}, {"kind": "x"}, {"after": "soon"}, {"other": "1"}):
        assert admin.get("audit/", **odd).status_code == 400
