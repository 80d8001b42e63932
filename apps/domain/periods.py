"""Charging periods: what a session is made of where it comes to money (OCPI 2.2.1 mod_cdrs)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class ChargingPeriod:
    """A stretch of a session in which energy flowed (OCPI TIME), or none did (PARKING_TIME)."""

    began_at: datetime
    ended_at: datetime
    energy_wh: float | Decimal = 0.0
    is_charging: bool = True

    @property
    def duration(self) -> timedelta:
        return self.ended_at - self.began_at
