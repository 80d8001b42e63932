"""What a station keeps about one EVSE and the session on it. State only, no I/O."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from apps.simulator import curve
from apps.simulator.curve import Car, Supply
from apps.simulator.meter import Meter, Reading, electrics


@dataclass(frozen=True)
class Token:
    uid: str
    type: str = "ISO14443"


@dataclass
class Session:
    """A charging session as its station sees it; ``told``: messages of it that were answered."""

    evse_id: int
    connector_id: int
    token: Token
    started_at: datetime
    meter_start_wh: int
    remote_start_id: int | None = None
    key: str = field(default_factory=lambda: str(uuid.uuid4()))
    transaction_id: int | str | None = None  # 1.6: unknown until StartTransaction is answered
    authorization: str | None = None  # what the server said of the token, None while unheard
    charging_state: str = "EVConnected"
    seq_no: int = 0
    readings: list[Reading] = field(default_factory=list)
    ended_at: datetime | None = None
    meter_stop_wh: int | None = None
    stop_reason: str | None = None
    power_path_s: float = 0.0
    told: int = 0

    @property
    def is_active(self) -> bool:
        return self.ended_at is None

    @property
    def is_refused(self) -> bool:
        return self.authorization not in (None, "Accepted")

    @property
    def energy_wh(self) -> int:
        last_wh = self.readings[-1].register_wh if self.readings else self.meter_start_wh
        return (self.meter_stop_wh or last_wh) - self.meter_start_wh

    def next_seq_no(self) -> int:
        self.seq_no += 1
        return self.seq_no - 1


@dataclass
class Outlet:
    """One EVSE with one connector. `evse_id` is also the 1.6 connector id."""

    evse_id: int
    supply: Supply = field(default_factory=Supply)
    connector_id: int = 1
    connector_type: str = "cType2"
    meter: Meter = field(default_factory=Meter)
    car: Car | None = None
    session: Session | None = None
    fault: str | None = None
    is_operative: bool = True
    becomes_operative: bool | None = None
    is_finishing: bool = False
    power_w: int = 0
    metered_at: datetime | None = None

    @property
    def is_plugged(self) -> bool:
        return self.car is not None

    @property
    def active_session(self) -> Session | None:
        return self.session if self.session is not None and self.session.is_active else None

    @property
    def is_free(self) -> bool:
        return self.is_operative and self.fault is None and self.active_session is None

    @property
    def phases(self) -> int:
        return curve.phases_used(self.supply, self.car or Car())

    def consume(self, power_w: int, duration_ms: int, speed: float = 1.0) -> None:
        """Meter constant power; the battery fills `speed` times faster than the register."""
        self.power_w = power_w
        self.meter.add(power_w, duration_ms)
        if self.car is not None:
            self.car = curve.charge(self.car, power_w * duration_ms * speed / 3_600_000)
        if self.active_session is not None:
            self.active_session.power_path_s += duration_ms * speed / 1000

    def drawable_w(self, limit_w: float | None) -> int:
        """What the car would draw now; 0 without a car or a session that may charge."""
        session = self.active_session
        if session is None or self.car is None or session.charging_state != "Charging":
            return 0
        return curve.power_w(self.supply, self.car, session.power_path_s, limit_w)

    def read(self, at: datetime, context: str = "Sample.Periodic") -> Reading:
        current_a, voltage_v = electrics(self.supply, self.power_w, self.phases)
        return Reading(
            at=at,
            register_wh=self.meter.register_wh,
            power_w=self.power_w,
            current_a=current_a,
            voltage_v=voltage_v,
            phases=0 if self.supply.kind == "DC" else self.phases,
            soc_pct=self.car.soc_pct if self.car is not None else None,
            context=context,
        )
