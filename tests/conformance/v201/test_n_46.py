"""N_46: what is cleared of a customer leaves the local list too (N10.FR.02)."""

from django.utils import timezone

from apps.lists.models import StationList
from apps.lists.selectors import get_state
from apps.stations.models import Station
from tests.conformance.play import TOKEN, Play201
from tests.servers import eventually, rows

ACCEPTED = {"status": "Accepted"}


async def test_tc_n_46_csms(v201: Play201) -> None:
    await v201.booted()
    full = [("SendLocalList", ACCEPTED)]
    heard, _ = await v201.ordered("send_local_list", full)
    version = heard[0]["versionNumber"]
    clear = {"requestId": 1, "report": True, "clear": True, "idToken": TOKEN}
    await v201.told("CustomerInformation", clear, ACCEPTED)
    told = {"requestId": 1, "seqNo": 0, "generatedAt": "2026-01-01T00:00:00Z", "data": "-"}
    assert await v201.ask("NotifyCustomerInformation", told) == {}
    assert await v201.answered("SendLocalList", ACCEPTED) == {
        "versionNumber": version + 1,
        "updateType": "Differential",
        "localAuthorizationList": [{"idToken": {"idToken": "AB12", "type": "ISO14443"}}],
    }
    await eventually(lambda: StationList.objects.filter(version_held=version + 1).exists())
    station = await rows(lambda: Station.objects.get(identity="CP1"))
    row = await rows(lambda: StationList.objects.get(station=station))
    assert (row.held, row.forgotten) == ({}, ["ISO14443|AB12"])
    state = await rows(lambda: get_state(station, timezone.now()))
    assert state.is_current


async def test_a_clear_that_is_refused_leaves_the_list_alone(v201: Play201) -> None:
    await v201.booted()
    await v201.ordered("send_local_list", [("SendLocalList", ACCEPTED)])
    clear = {"requestId": 1, "report": False, "clear": True, "idToken": TOKEN}
    _, outcome = await v201.told("CustomerInformation", clear, {"status": "Rejected"})
    assert outcome["status"] == "rejected"
    row = await rows(lambda: StationList.objects.get())
    assert (list(row.held), row.forgotten) == (["ISO14443|AB12"], [])
