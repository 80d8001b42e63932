"""One module for each maker whose stations need one, and the choice among them.

A module is a Profile: data, and at most a small function. What many makers share belongs to
the forms and to ``tolerance``; a profile without a rule is proved by its recording alone.
"""

from apps.protocol.vendors import (
    abb,
    aefa,
    alfen,
    beny,
    delta,
    entratek,
    evbox,
    foxess,
    goe,
    grizzl_e,
    growatt,
    huawei,
    keba,
    necharge,
    openevse,
    wallbox,
    zaptec,
)
from apps.protocol.vendors.profile import Profile

__all__ = ["GENERIC", "Profile", "adapter_for", "makers"]


GENERIC = Profile(name="generic")
_PROFILES: tuple[Profile, ...] = (
    abb.TERRA_AC,
    abb.PROFILE,
    aefa.PROFILE,
    alfen.PROFILE,
    beny.PROFILE,
    delta.PROFILE,
    entratek.PROFILE,
    evbox.PROFILE,
    foxess.PROFILE,
    goe.PROFILE,
    grizzl_e.PROFILE,
    growatt.PROFILE,
    huawei.PROFILE,
    keba.PROFILE,
    necharge.PROFILE,
    openevse.PROFILE,
    wallbox.PROFILE,
    zaptec.PROFILE,
)


def makers() -> tuple[Profile, ...]:
    """All that have a profile of their own."""
    return _PROFILES


def adapter_for(vendor: str, model: str, firmware: str) -> Profile:
    """The profile of a station as it named itself; GENERIC for the unknown."""
    fitting = (p for p in _PROFILES if p.fits(vendor, model, firmware))
    return next(fitting, GENERIC)
