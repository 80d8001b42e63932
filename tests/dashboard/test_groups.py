"""Groups of stations, as pages keep them and let them go."""

from apps.stations.groups import add_group
from apps.stations.models import Station, StationGroup
from tests.dashboard.conftest import LogIn
from tests.factories import Cast


def test_it_is_kept_from_the_list_and_let_go(scene: Cast, log_in: LogIn) -> None:
    client = log_in("support")
    one = Station.objects.get(identity="NL-UTR-010")
    chosen = {"station": [str(one.pk)]}
    assert "1 station, chosen by hand" in client.post("/groups/new/", chosen).content.decode()
    assert client.post("/groups/new/", chosen | {"name": ""}).status_code == 422
    assert client.post("/groups/new/", chosen | {"name": "X", "shared": "1"}).status_code == 403
    assert client.post("/groups/new/", chosen | {"name": "Mine"}).status_code == 302
    mine = StationGroup.objects.get()
    page = client.get("/stations/", {"group": str(mine.pk)}).content.decode()
    assert "1 station match" in page
    assert "NL-UTR-010" in page
    shared = add_group(scene.operator, "Shared")
    assert client.post(f"/groups/{shared.pk}/remove/").status_code == 403
    assert client.post(f"/groups/{mine.pk}/remove/").status_code == 302
    assert list(StationGroup.objects.all()) == [shared]
