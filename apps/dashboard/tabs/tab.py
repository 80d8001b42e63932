"""A part of a station's page: who may see it, and what its template is given."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from apps.accounts.roles import Permission
from apps.dashboard.access import PageRequest
from apps.stations.models import Station


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """``key``: in the address, and in the name of its template. ``word``: what people read."""

    key: str
    word: str
    needs: Permission
    gather: Callable[[PageRequest, Station], dict[str, Any]]

    @property
    def template(self) -> str:
        return f"stations/_tab_{self.key}.html"
