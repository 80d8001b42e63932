"""The device model, monitors and customer information, as an operator meets them."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from apps.commands.models import CommandRow
from apps.device.assembly import Kind
from apps.device.models import DeviceEvent, Monitor, Report
from apps.device.reports import Part, settle, take_part
from apps.history.models import Fact
from apps.live.announce import announce
from apps.stations.models import Station, Variable
from tests.dashboard.conftest import LogIn
from tests.dashboard.law import obey
from tests.factories import Cast

BUSY, OLD = "/stations/NL-RTM-003/", "/stations/NL-UTR-011/"


def tab(client: Client, name: str, station: str = BUSY, **query: str) -> str:
    return str(client.get(station, {"tab": name, **query}).content.decode())


def row_of(page: str, name: str) -> str:
    """The table row that names it."""
    (row,) = [r for r in re.findall(r"<tr>.*?</tr>", page, re.DOTALL) if name in r]
    return str(row)


def test_the_configuration_says_what_each_value_means_and_may_be(
    scene: Cast, log_in: LogIn
) -> None:
    page = tab(log_in("operator"), "configuration")
    timeout = row_of(page, "MessageTimeout/Default")
    for word in ("How long it waits", "30", "5 to 120", "Anna Visser", "Change"):
        assert word in timeout
    assert "any of HTTP, HTTPS, FTP, SFTP" in row_of(page, "FileTransferProtocols")
    assert "Restart needed" in row_of(page, "UnlockOnEVSideDisconnect")
    assert "outside this system" in row_of(page, "UnlockOnEVSideDisconnect")
    assert "never shown" in row_of(page, "BasicAuthPassword")
    power = row_of(page, '<span class="mono">Power</span>')
    assert "at most 75000" in power
    assert "read-only" in power
    assert "Change" not in power.replace('data-label="Changed"', "")
    assert "Report complete: 212 variables in 5 parts" in page
    assert 'Change<span class="visually-hidden"> ' in page
    assert 'Change<span class="visually-hidden"> ' not in tab(log_in("support"), "configuration")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"show": "reboot"}, ["UnlockOnEVSideDisconnect"]),
        ({"show": "changed"}, ["MessageTimeout/Default", "UnlockOnEVSideDisconnect"]),
        ({"q": "never read"}, ["BasicAuthPassword"]),
        ({"q": "rateunit"}, ["RateUnit"]),
    ],
)
def test_the_configuration_can_be_narrowed(
    scene: Cast, log_in: LogIn, query: dict[str, str], names: list[str]
) -> None:
    page = tab(log_in("operator"), "configuration", **query)
    assert re.findall(r'<span class="mono">([\w/]+)</span>', page) == names
    assert "No value matches" in tab(log_in("operator"), "configuration", q="zzz")


def test_nothing_read_yet_offers_to_read(scene: Cast, log_in: LogIn) -> None:
    client = log_in("operator")
    page = tab(client, "configuration", OLD)
    assert "No configuration read yet" in page
    client.post(f"{OLD}actions/read_device_model/?base=full", {"base": "full"})
    assert CommandRow.objects.get(name="read_device_model").parameters == {"base": "full"}
    form = client.get(f"{OLD}actions/read_device_model/").content.decode()
    assert "Everything" in form
    assert "What goes wrong" not in form


def of(name: str) -> int:
    return int(Variable.objects.get(variable=name, attribute="Actual").pk)


@pytest.mark.parametrize(
    ("name", "inputs"),
    [
        ("MessageTimeout/Default", ['type="number"', 'min="5"', 'max="120"', "In s."]),
        ("UnlockOnEVSideDisconnect", ['type="checkbox"', "checked"]),
        ("RateUnit", ["<select", '<option value="A" selected>', "W</option>"]),
        ("FileTransferProtocols", ['type="checkbox"', 'value="SFTP"']),
    ],
)
def test_the_input_is_what_the_variable_may_be(
    scene: Cast, log_in: LogIn, name: str, inputs: list[str]
) -> None:
    url = f"{BUSY}actions/set_variables/?of={of(name)}"
    form = log_in("operator").get(url).content.decode()
    for part in inputs:
        assert part in form


@pytest.mark.parametrize(
    ("name", "value", "sent"),
    [
        ("MessageTimeout/Default", "60", "60"),
        ("UnlockOnEVSideDisconnect", "", "false"),
        ("RateUnit", "W", "W"),
        ("FileTransferProtocols", ["FTP", "SFTP"], "FTP,SFTP"),
    ],
)
def test_a_value_is_sent_as_the_station_names_it(
    scene: Cast, log_in: LogIn, name: str, value: object, sent: str
) -> None:
    given = {"of": of(name), "value": value, "reason": "asked"}
    url = f"{BUSY}actions/set_variables/?of={of(name)}"
    answer = log_in("operator").post(url, given)
    assert answer.status_code == 302, answer.content.decode()
    (item,) = CommandRow.objects.get(name="set_variables").parameters["variables"]
    assert item["attributeValue"] == sent
    variable, _, instance = name.partition("/")
    assert item["variable"] == {"name": variable} | ({"instance": instance} if instance else {})


def test_a_wrong_value_is_refused_in_a_sentence(scene: Cast, log_in: LogIn) -> None:
    number = of("MessageTimeout/Default")
    client, url = log_in("operator"), f"{BUSY}actions/set_variables/?of={number}"
    answer = client.post(url, {"of": number, "value": "500", "reason": "x"})
    assert answer.status_code == 422
    assert "MessageTimeout is at most 120 s." in answer.content.decode()
    by_hand = {"component": "EVSE", "evse": 1, "variable": "Power", "value": "1", "reason": "x"}
    answer = client.post(f"{BUSY}actions/set_variables/", by_hand)
    assert "Power can only be read." in answer.content.decode()
    assert not CommandRow.objects.filter(name="set_variables").exists()


def test_monitors_and_events_are_shown_in_words(scene: Cast, log_in: LogIn) -> None:
    page = tab(log_in("engineer"), "monitoring")
    grave, ours = (row_of(page, f'data-label="No.">{n}<') for n in (1, 4))
    assert "Hard-wired" in grave
    assert ">Clear<" not in grave
    for word in ("EVSE 1 Power", "above 75000", "An error", "Ours", "Anna Visser", "Clear"):
        assert word in ours
    assert "All that it was made with" in page
    assert "6: A warning" in page
    ended, still = row_of(page, "over after"), row_of(page, "P-118")
    assert "12 min" in ended
    assert "Over" in ended
    assert "Alert" in still
    assert "above the limit of the site" in still
    assert "61800" not in page
    activity = tab(log_in("operator"), "activity")
    assert "EVSE 1 Power: 78400" in activity
    assert "over after 12 min" in activity


def test_a_version_without_monitors_says_so_and_offers_nothing(scene: Cast, log_in: LogIn) -> None:
    client = log_in("admin")
    page = tab(client, "monitoring", OLD)
    assert "OCPP 1.6 has no monitors" in page
    assert "Watch a variable" not in page
    answer = client.post(f"{OLD}actions/set_monitoring_level/", {"severity": 4, "reason": "x"})
    assert answer.status_code == 422
    assert "OCPP 1.6 has no monitors" in answer.content.decode()


def test_a_monitor_is_set_on_what_can_be_watched(scene: Cast, log_in: LogIn) -> None:
    client, url = log_in("engineer"), f"{BUSY}actions/set_monitors/"
    form = client.get(url).content.decode()
    assert "EVSE 1 Power" in form
    assert "RateUnit" not in form
    power = Variable.objects.get(variable="Power", attribute="Actual").pk
    given = {"of": power, "kind": "UpperThreshold", "value": "70000", "severity": 4, "reason": "x"}
    assert client.post(url, given).status_code == 302
    assert CommandRow.objects.get(name="set_monitors").parameters["monitors"] == [
        {
            "component": {"name": "EVSE", "evse": {"id": 1}},
            "variable": {"name": "Power"},
            "type": "UpperThreshold",
            "value": 70000,
            "severity": 4,
        }
    ]
    answer = client.post(url, given | {"kind": "Periodic", "value": "0"})
    assert "seconds, above 0" in answer.content.decode()


@pytest.mark.parametrize(("chosen", "ids"), [("all", [4]), ("1", [1])])
def test_monitors_are_cleared_one_or_all_that_can_be(
    scene: Cast, log_in: LogIn, chosen: str, ids: list[int]
) -> None:
    log_in("engineer").post(f"{BUSY}actions/clear_monitors/", {"id": chosen, "reason": "x"})
    assert CommandRow.objects.get(name="clear_monitors").parameters == {"ids": ids}


def test_a_card_is_asked_for_and_erased_from_its_own_page(scene: Cast, log_in: LogIn) -> None:
    client = log_in("operator")
    tokens = client.get("/tokens/", {"q": "04A2C9E1"}).content.decode()
    (address,) = re.findall(r'href="(/tokens/\d+/stations/)"', tokens)
    page = client.get(address).content.decode()
    assert page.index("NL-RTM-003") < page.index("NL-AMS-014")
    assert "NL-UTR-011" not in page
    for word in ("Ask this station what it knows of this card", "Erase it there"):
        assert word in page
    url = f"{BUSY}actions/customer_information/"
    client.post(url, {"what": "clear", "token": "04A2C9E1", "reason": "the driver wants it"})
    row = CommandRow.objects.get(name="customer_information")
    assert row.parameters["token"] == "04A2C9E1"
    assert (row.parameters["report"], row.parameters["clear"]) == (False, True)
    assert Fact.objects.filter(subject_label="customer_information").exists()
    two = client.post(url, {"what": "report", "token": "A", "customer": "B", "reason": "x"})
    assert "exactly one" in two.content.decode()


def test_what_a_station_told_of_a_customer_is_shown_to_whom_may_see_tokens(
    scene: Cast, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "12 sessions, last on 3 March" in tab(log_in("operator"), "monitoring")
    may = type(scene.support).may
    monkeypatch.setattr(
        type(scene.support), "may",
        lambda self, wanted: wanted.value != "help_driver" and may(self, wanted),
    )  # fmt: skip
    hidden = tab(log_in("support"), "monitoring")
    assert "12 sessions" not in hidden
    assert "Tell: 04A2C9E1" not in hidden
    assert "Hidden from your role" in hidden


def test_the_tabs_follow_what_comes_in(
    scene: Cast, log_in: LogIn, monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:  # fmt: skip
    station = Station.objects.get(identity="NL-RTM-003")
    now = timezone.now()

    def told() -> None:
        report = take_part(station.pk, Part(Kind.VARIABLES, 77, 0, is_last=True, items=3), now)
        settle(report, now)
        DeviceEvent.objects.create(
            station=station, event_id=9, component="EVSE", variable="Power", trigger="Delta",
            kind="CustomMonitor", value="1", at=now, generated_at=now, received_at=now,
        )  # fmt: skip
        Monitor.objects.filter(station=station, number=4).delete()
        announce(station.organisation_id, f"station:{station.pk}")

    watched = (log_in("operator"), scene.operator)
    for name, fragment in (("monitoring", "monitoring"), ("configuration", "model-report")):
        with timezone.override(scene.organisation.timezone):
            changed = obey(
                *watched, f"{BUSY}?tab={name}", told, monkeypatch,
                django_capture_on_commit_callbacks,
            )  # fmt: skip
        assert f"{fragment}:{station.pk}" in changed
        Report.objects.filter(request_id=77).delete()
        DeviceEvent.objects.filter(event_id=9).delete()


@pytest.mark.parametrize(
    ("station", "names", "criteria", "variables"),
    [
        (BUSY, "EVSE\nTxCtrlr.TxStartPoint\n", ["problem"], [
            {"component": {"name": "EVSE"}},
            {"component": {"name": "TxCtrlr"}, "variable": {"name": "TxStartPoint"}}]),
        (OLD, "HeartbeatInterval", [], [{"variable": {"name": "HeartbeatInterval"}}]),
    ],
)  # fmt: skip
def test_some_are_read_by_name(
    scene: Cast, log_in: LogIn, station: str, names: str, criteria: list[str], variables: object
) -> None:
    client, url = log_in("support"), f"{station}actions/get_report/"
    assert ("Problem" in client.get(url).content.decode()) is bool(criteria)
    client.post(url, {"names": names, "criteria": criteria})
    given = CommandRow.objects.get(name="get_report").parameters
    assert (given["criteria"], given["variables"]) == (criteria, variables)
    assert "Name a state or a variable." in client.post(url, {}).content.decode()
