"""The registered stations behind the identities that sockets show."""

from collections.abc import Collection

from apps.batch.refs import StationRef
from apps.stations.models import Station

_FIELDS = tuple(StationRef.__dataclass_fields__)


def find_refs(identities: Collection[str]) -> dict[str, StationRef]:
    """The registered stations among ``identities``, in one query."""
    rows = Station.objects.filter(identity__in=identities).values_list(*_FIELDS)
    refs = (StationRef(*row) for row in rows)
    return {ref.identity: ref for ref in refs}
