"""Sessions that are worth a look on their page, told by their stations."""

from apps.domain.charging import StartSession, StopSession
from apps.sessions.models import Session
from tests import factories as make
from tests.factories import Cast
from tests.telling.box import MINUTE, Box16, Box201, at


def sessions_to_look_at(cast: Cast) -> dict[str, Session]:
    """One of each kind by its name."""
    make.tariff(cast.organisation, at(0))
    make.token(cast.organisation, "AB12")
    kinds = (_normal, _faulted, _refused_first, _offline, _stopped, _troubled)
    return {kind.__name__.strip("_"): kind(cast) for kind in kinds}


def _normal(cast: Cast) -> Session:
    box = Box16(cast)
    box.asks("AB12", at(-10))
    transaction = box.charges()
    box.ends(transaction, reason="Local", idTag="AB12")
    return box.session


def _faulted(cast: Cast) -> Session:
    box = Box201(cast)
    box.shows("Occupied", at(-30))
    box.event("Started", "Authorized", at(0), card="AB12", wh=1000, state="Charging")
    for minute in range(1, 12):
        box.event(
            "Updated", "MeterValuePeriodic", at(minute * 60), wh=1000 + minute * 800, w=48_000
        )
    box.notices(at(700), techCode="E-1204", techInfo="RCD tripped, 34 mA")
    box.shows("Faulted", at(701))
    box.event("Ended", "AbnormalCondition", at(702), wh=10_200, stoppedReason="GroundFault")
    return box.session


def _refused_first(cast: Cast) -> Session:
    box = Box16(cast)
    box.asks("CD34", at(-120))
    make.token(cast.organisation, "CD34")
    box.asks("CD34", at(-30))
    transaction = box.charges(card="CD34")
    box.ends(transaction, reason="EVDisconnected")
    return box.session


def _offline(cast: Cast) -> Session:
    box = Box16(cast)
    transaction = box.charges(minutes=10)
    box.connects(at(760))
    for minute in (11, 12):
        box.measures(transaction, at(minute * MINUTE), 1000 + minute * 183, 11_000, came=at(762))
    for minute in range(13, 31):
        box.measures(transaction, at(minute * MINUTE), 1000 + minute * 183, 11_000)
    box.ends(transaction, reason="Local")
    return box.session


def _stopped(cast: Cast) -> Session:
    box = Box16(cast)
    box.is_told(StartSession("AB12", evse_id=1), cast.operator, at(-8), reason="Driver called")
    transaction = box.charges(minutes=3)
    box.is_told(StopSession(str(transaction)), cast.operator, at(176))
    box.ends(transaction, 3, reason="Remote")
    return box.session


def _troubled(cast: Cast) -> Session:
    """Many findings at once: of a session that runs."""
    box = Box16(cast)
    transaction = box.charges(minutes=6)
    box.shows("Faulted", at(400), errorCode="ConnectorLockFailure")
    box.shows("Charging", at(420))
    box.is_told(StopSession(str(transaction)), cast.operator, at(430), "rejected")
    box.is_refused("MeterValues", {"connectorId": 1}, box.session, at(440))
    box.shows("SuspendedEVSE", at(450))
    box.is_cut(at(500))
    return box.session
