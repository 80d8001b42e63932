"""Where stations stand and what their connectors deliver, for the rules about their sessions."""

from collections.abc import Collection

from apps.stations.models import Connector, Station


def find_place(station_id: int) -> tuple[int, int]:
    """Its organisation and location."""
    return Station.objects.values_list("organisation_id", "location_id").get(pk=station_id)


def most_power(station_ids: Collection[int]) -> dict[int, dict[int, float]]:
    """W by station and EVSE, of those whose connectors are said to deliver so much."""
    found: dict[int, dict[int, float]] = {}
    rows = Connector.objects.filter(station_id__in=station_ids, max_power_w__gt=0)
    for station_id, evse_id, power_w in rows.values_list(
        "station_id", "evse__number", "max_power_w"
    ):
        here = found.setdefault(station_id, {})
        here[evse_id] = max(here.get(evse_id, 0.0), float(power_w or 0))
    return found
