"""What a station told, under the names of either version, and what is assumed where it did not."""

import pytest

from apps.stations import abilities
from apps.stations.abilities import Ability, told_by, told_by_many, told_yes
from apps.stations.models import Connector, Station
from tests import factories

A = abilities
ITEMS = A.items_per_message("GetReport")


@pytest.fixture
def station(db: None) -> Station:
    return factories.station(factories.cast().location, "NL-001", now=factories.timezone.now())


def tell(of: Station, component: str, name: str, value: str, **fields: object) -> None:
    factories.variable(of, name, value, now=of.registered_at, component=component, **fields)


# An ability, one of its names, what a station tells under it, and what that is read as.
TOLD = [
    (A.PROFILE_STACK_LEVEL, "SmartChargingCtrlr", "ProfileStackLevel", "0", 0),
    (A.PROFILE_STACK_LEVEL, "smartchargingctrlr", "profileSTACKLevel", "0", 0),
    (A.PROFILE_STACK_LEVEL, "", "ChargeProfileMaxStackLevel", "3", 3),
    (A.PROFILE_PERIODS, "SmartChargingCtrlr", "PeriodsPerSchedule", " 24 ", 24),
    (A.PROFILE_PERIODS, "", "chargingschedulemaxperiods", "24", 24),
    (A.PROFILES, "SmartChargingCtrlr", "Entries/ChargingProfiles", "2", 2),
    (A.PROFILES, "", "MaxChargingProfilesInstalled", "2", 2),
    (A.PROFILE_UNITS, "SmartChargingCtrlr", "RateUnit", "A, W", ("A", "W")),
    (A.PROFILE_UNITS, "", "ChargingScheduleAllowedChargingRateUnit", "Current", ("A",)),
    (A.SWITCHES_PHASES, "SmartChargingCtrlr", "ACPhaseSwitchingSupported", "False", False),
    (A.LIST_ENTRIES_PER_MESSAGE, "", "SendLocalListMaxLength", "20", 20),
    (A.LIST_ENTRIES_PER_MESSAGE, "LocalAuthListCtrlr", "ItemsPerMessage", "20", 20),
    (A.LIST_BYTES_PER_MESSAGE, "LocalAuthListCtrlr", "BytesPerMessage", "9000", 9000),
    (A.LIST_ENTRIES, "", "LocalAuthListMaxLength", "500", 500),
    (A.LIST_ENTRIES, "LocalAuthListCtrlr", "LocalAuthListMaxLength", "0", None),
    (A.SAMPLE_INTERVAL, "SampledDataCtrlr", "TxUpdatedInterval", "60", 60),
    (A.SAMPLE_INTERVAL, "", "MeterValueSampleInterval", "soon", None),
    (A.CERTIFICATE_OWNER, "SecurityCtrlr", "OrganizationName", "Harbour", "Harbour"),
    (A.CERTIFICATE_OWNER, "", "CpoName", "Harbour", "Harbour"),
    (A.PLUG_AND_CHARGE, "", "ISO15118PnCEnabled", "TRUE", True),
    (A.SHOWS_COSTS, "", "CustomDisplayCostAndPrice", "true", True),
    (A.CONNECTORS, "", "NumberofConnectors", "2", 2),
    (A.DISPLAY_FORMATS, "DisplayMessageCtrlr", "SupportedFormats", "A,,URI", ("A", "URI")),
    (A.DISPLAY_PRIORITIES, "DisplayMessageCtrlr", "SupportedPriorities", "InFront", ("InFront",)),
    (A.DISPLAY_STATES, "DisplayMessageCtrlr", "SupportedStates", "Idle", ("Idle",)),
    (A.SWITCHES_PHASES, "", "ACPhaseSwitchingSupported", "true", True),
    (ITEMS, "DeviceDataCtrlr", "ItemsPerMessage/GetReport", "4", 4),
    (ITEMS, "MonitoringCtrlr", "ItemsPerMessage/GetReport", "4", 4),
    (ITEMS, "", "GetConfigurationMaxKeys", "50", 50),
    (ITEMS, "DeviceDataCtrlr", "ItemsPerMessage/GetVariables", "4", None),
]  # fmt: skip


@pytest.mark.parametrize(("ability", "component", "name", "text", "value"), TOLD)
def test_an_ability_is_known_by_its_name_in_either_version(
    station: Station, ability: Ability, component: str, name: str, text: str, value: object
) -> None:
    tell(station, component, name, text)
    assert told_by(station.pk, ability).of(ability) == value


def test_every_name_of_an_ability_is_here() -> None:
    told = {(ability, component, name.casefold()) for ability, component, name, *_ in TOLD}
    missing = [
        name
        for ability in vars(A).values() if isinstance(ability, Ability)
        for name in ability.names if (ability, name[0], name[1].casefold()) not in told
    ]  # fmt: skip
    assert missing == [], "TOLD has each name of each ability"


def test_what_was_not_told_is_assumed(station: Station) -> None:
    told = told_by(station.pk, A.SHOWS_COSTS, A.PROFILE_UNITS, A.LIST_ENTRIES, A.CONNECTORS)
    assert (told.of(A.SHOWS_COSTS), told.of(A.PROFILE_UNITS)) == (False, ())
    assert (told.of(A.LIST_ENTRIES), told.of(A.CONNECTORS)) == (None, 0)


def test_a_name_that_makes_no_value_leaves_it_to_the_next(station: Station) -> None:
    tell(station, "SampledDataCtrlr", "TxUpdatedInterval", "0")
    tell(station, "", "MeterValueSampleInterval", "900")
    assert told_by(station.pk, A.SAMPLE_INTERVAL).of(A.SAMPLE_INTERVAL) == 900


def test_the_station_itself_and_what_is_in_force_count(station: Station) -> None:
    for evse_id, attribute, value in ((1, "Actual", "7"), (0, "Target", "8"), (0, "Actual", "9")):
        tell(
            station, "SmartChargingCtrlr", "ProfileStackLevel", value,
            evse_id=evse_id, attribute=attribute,
        )  # fmt: skip
    assert told_by(station.pk, A.PROFILE_STACK_LEVEL).of(A.PROFILE_STACK_LEVEL) == 9


def test_many_stations_and_abilities_are_one_query(
    station: Station, django_assert_num_queries: object
) -> None:
    others = [
        factories.station(station.location, f"NL-1{n}", now=station.registered_at) for n in range(5)
    ]
    for number, one in enumerate(others):
        tell(one, "", "LocalAuthListMaxLength", str(number + 1))
    with django_assert_num_queries(1):  # type: ignore[operator]
        told = told_by_many(
            Station.objects.values_list("pk", flat=True), A.LIST_ENTRIES, A.PROFILE_UNITS
        )
    assert {pk: one.of(A.LIST_ENTRIES) for pk, one in told.items()} == {
        one.pk: number + 1 for number, one in enumerate(others)
    }
    assert told[station.pk].of(A.LIST_ENTRIES) is None


def test_rows_are_found_by_what_their_station_says(station: Station) -> None:
    other = factories.station(station.location, "NL-2", now=station.registered_at)
    tell(station, "", "CustomDisplayCostAndPrice", "false")
    assert not Connector.objects.filter(told_yes(A.SHOWS_COSTS)).exists()
    tell(other, "", "CustomDisplayCostAndPrice", "True")
    assert Connector.objects.get(told_yes(A.SHOWS_COSTS)).station == other
