"""The monitors of a simulated station: set, cleared, reported, and what they see."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from apps.simulator.device_model import DeviceModel, Variable
from apps.simulator.outlet import Outlet

CRITERIA = {
    "ThresholdMonitoring": ("UpperThreshold", "LowerThreshold"),
    "DeltaMonitoring": ("Delta",),
    "PeriodicMonitoring": ("Periodic", "PeriodicClockAligned"),
}
HARD_WIRED_SEVERITY = 2


@dataclass
class Monitor:
    """``is_hard_wired``: nobody can clear it. ``is_passed``: its threshold is exceeded now."""

    number: int
    variable: Variable
    kind: str
    value: float
    severity: int
    transaction: bool = False
    is_hard_wired: bool = False
    is_passed: bool = False

    @property
    def shown(self) -> dict[str, Any]:
        return {
            "id": self.number,
            "transaction": self.transaction,
            "value": self.value,
            "type": self.kind,
            "severity": self.severity,
        }


@dataclass(frozen=True)
class Sign:
    """A threshold was passed, or is no longer."""

    monitor: Monitor
    is_cleared: bool


class Watch:
    """One hard-wired monitor an outlet: more power than its supply can give."""

    def __init__(self, model: DeviceModel, outlets: Iterable[Outlet]) -> None:
        self._model = model
        self._numbers = itertools.count(1)
        self.monitors: dict[int, Monitor] = {}
        self.level = 9
        for outlet in outlets:
            power = model.at("EVSE", "Power", outlet.evse_id, None)
            self._add(
                power, "UpperThreshold", outlet.supply.max_power_w, HARD_WIRED_SEVERITY,
                is_hard_wired=True,
            )  # fmt: skip

    def set(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """One entry of SetVariableMonitoring; its result."""
        found = self._model.find(wanted)
        kept = ("component", "variable", "type", "severity")
        result = {name: wanted[name] for name in kept}
        if isinstance(found, str):
            return result | {"status": found}
        if not found.can_be_watched:
            return result | {"status": "Rejected"}
        old = self.monitors.get(wanted.get("id", 0))
        if old is not None and old.is_hard_wired:
            return result | {"status": "Rejected", "id": old.number}
        if old is not None:
            del self.monitors[old.number]
        made = self._add(
            found, wanted["type"], wanted["value"], wanted["severity"],
            transaction=wanted.get("transaction", False), number=old.number if old else None,
        )  # fmt: skip
        return result | {"status": "Accepted", "id": made.number}

    def clear(self, number: int) -> dict[str, Any]:
        monitor = self.monitors.get(number)
        if monitor is None:
            return {"id": number, "status": "NotFound"}
        if monitor.is_hard_wired:
            return {"id": number, "status": "Rejected"}
        del self.monitors[number]
        return {"id": number, "status": "Accepted"}

    def set_base(self) -> None:
        """Whichever base it is, only All leaves custom monitors."""
        self.monitors = {n: m for n, m in self.monitors.items() if m.is_hard_wired}

    def report(
        self, criteria: Iterable[str], wanted: Iterable[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """`monitor` of NotifyMonitoringReport."""
        kinds = {kind for word in criteria for kind in CRITERIA[word]}
        named = {variable.key for variable in self._model.select((), wanted)}
        return [
            monitor.variable.named() | {"variableMonitoring": [monitor.shown]}
            for monitor in self.monitors.values()
            if (not kinds or monitor.kind in kinds) and monitor.variable.key in named
        ]

    def look_at(self, variable: Variable, value: float) -> list[Sign]:
        """What the upper thresholds of a variable see; those above the level are silent."""
        signs = []
        for monitor in self.monitors.values():
            is_here = monitor.variable is variable and monitor.kind == "UpperThreshold"
            is_passed = value > monitor.value
            if is_here and is_passed != monitor.is_passed:
                monitor.is_passed = is_passed
                if monitor.severity <= self.level:
                    signs.append(Sign(monitor, is_cleared=not is_passed))
        return signs

    def _add(
        self, variable: Variable, kind: str, value: float, severity: int,
        number: int | None = None, **more: bool,
    ) -> Monitor:  # fmt: skip
        made = Monitor(number or next(self._numbers), variable, kind, value, severity, **more)
        self.monitors[made.number] = made
        return made
