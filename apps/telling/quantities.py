"""Energies, powers and spans, as sentences have them. Pure."""

from datetime import timedelta

_THIN = "\u202f"


def kwh(energy_wh: float) -> str:
    return f"{energy_wh / 1000:,.3f} kWh".replace(",", _THIN)


def kw(power_w: float) -> str:
    return f"{power_w / 1000:.1f} kW"


def amount(value: float, unit: str) -> str:
    """A limit: kW from a kW on, else as it was set."""
    if unit == "W" and value >= 1000:
        return f"{value / 1000:g} kW"
    return f"{value:g} {unit}"


def span(length: timedelta) -> str:
    seconds = int(length.total_seconds())
    if seconds < 120:
        return f"{seconds} s"
    minutes = seconds // 60
    if minutes < 120:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h {minutes % 60:02d} min" if hours < 48 else f"{hours // 24} days"


def several(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
