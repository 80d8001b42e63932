"""Every sentence is true of the story, and rests on what is the session's own.

The stories know who stopped it, whether the card was refused, when there was no connection, how
much flowed, which fault came when, and what the neighbours did meanwhile.
"""

import re
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from apps.commands.models import CommandRow
from apps.device.models import DeviceEvent
from apps.domain.vocabulary import Protocol
from apps.journal.models import LinkEvent, Message
from apps.sessions.models import Sample, Session
from apps.stations.models import StatusChange
from apps.telling.bounds import Bounds
from apps.telling.refs import Kind, Ref
from apps.telling.selectors import Telling, tell
from apps.tokens.models import Attempt
from tests import factories as make
from tests.factories import Cast
from tests.quick import examples
from tests.telling.box import at
from tests.telling.stories import FAULTS, STOPPERS, Story, Teller, stories

law = settings(
    max_examples=examples(25),
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
NOW_S = 5 * 3600


@pytest.fixture
def cast(db: None) -> Cast:
    made = make.cast()
    make.token(made.organisation, "EF56")
    return made


def has_flowed(story: Story) -> bool:
    return story.energy_wh > 0


def is_out(story: Story) -> bool:
    """Whether there was no connection in its time."""
    last = story.minutes if story.is_over and story.stopper != "silence" else NOW_S
    return story.outage is not None and story.outage[0] < last


def is_held(story: Story) -> bool:
    """Whether something waited for the connection."""
    return is_out(story) and story.outage is not None and story.outage[1] is not None


TRUE: dict[str, Callable[[Story], bool]] = {
    "normal": lambda s: s.is_over,
    "nothing_unusual": lambda s: not s.is_over,
    "fault": lambda s: bool(s.fault),
    "resumed_after_fault": lambda s: bool(s.fault) and s.stopper != "fault",
    "power_cut": lambda s: s.stopper == "power",
    "restarted": lambda s: s.stopper == "reboot",
    "stopped_by_operator": lambda s: s.stopper.startswith("operator"),
    "estimated_end": lambda s: s.stopper == "silence",
    "no_energy": lambda s: s.is_over and not has_flowed(s),
    "no_power_while_charging": lambda s: not s.power_w,
    "cable_out_early": lambda s: s.stopper == "cable" and not has_flowed(s) and s.minutes < 2,
    "waiting": lambda s: not s.is_over and not has_flowed(s),
    "no_connection": is_out,
    "late_values": is_held,
    "car_stopped": lambda s: s.paused_at is not None,
    "car_paused": lambda s: s.paused_at is not None,
    "idle_after_charging": lambda s: s.paused_at is not None and not s.is_over,
    "refused_then_accepted": lambda s: s.refusals > 0,
    "several_attempts": lambda s: s.refusals >= 3,
    "very_long": lambda s: False,
}


@law
@given(stories())
def test_every_sentence_is_true_of_the_story(cast: Cast, story: Story) -> None:
    session = Teller(cast, story).tell()
    telling = tell(cast.support, session, now=at(NOW_S))
    for finding in telling.findings:
        assert finding.code in TRUE, f"{finding.code}: {finding.text} has no truth to be held to"
        assert TRUE[finding.code](story), (finding.code, finding.text, story)
        assert finding.evidence, finding
        for ref in finding.evidence:
            assert is_own(ref, session, telling.evidence.bounds, telling), (finding, ref, story)
    for moment in telling.moments:
        assert moment.evidence, moment
        for ref in moment.evidence:
            assert is_own(ref, session, telling.evidence.bounds, telling), (moment, ref, story)
    nothing_is_missing(telling, story)
    words_are_true(telling, story, session)


def nothing_is_missing(telling: Telling, story: Story) -> None:
    """What an operator must hear of is said."""
    codes = {finding.code for finding in telling.findings}
    by = STOPPERS[story.stopper][0]
    assert (telling.stop and telling.stop.by.value) == by, (telling.stop, story)
    assert ("fault" in codes) == bool(story.fault and is_heard(story, story.fault_minute)), story
    if story.outage and not story.is_sudden and is_out(story):
        is_within = at(story.outage[0] * 60) < telling.evidence.bounds.ended_at
        assert ("no_connection" in codes) == is_within, "an estimated end may lie before it"
    if story.refusals:
        assert "refused_then_accepted" in codes


def is_heard(story: Story, minute: float) -> bool:
    """Whether what was made then ever came."""
    lasts = story.outage is not None and story.outage[1] is None
    return not (lasts and story.is_late(minute))


def words_are_true(telling: Telling, story: Story, session: Session) -> None:
    said = "\n".join(
        [*(f"{m.text} {m.detail}" for m in telling.moments), *(f.text for f in telling.findings)]
    )
    assert "card reader" not in said, "a neighbour's fault"
    for code, words in FAULTS.items():
        assert words not in said or story.fault == code, (said, story)
    if story.stopper != "card":
        assert "with a card" not in said
    if not story.stopper.startswith("operator"):
        assert "remotely" not in said
    if story.stopper != "fault":
        assert "It ended the session" not in said, (said, story)
    if story.is_over:
        assert "now" not in re.findall(r"\w+", said), said
    energy_is_true(said, story, session)


def energy_is_true(said: str, story: Story, session: Session) -> None:
    if story.paused_at is None:
        assert "car paused" not in said, (said, story)
        assert "stopped drawing" not in said
    if session.energy_wh >= 1:
        assert "o energy" not in said, (said, story)
    if story.stopper not in ("silence", "running"):
        assert session.energy_wh == pytest.approx(story.energy_wh, abs=1)
        for kwh in re.findall(r"(\d+\.\d{3}) kWh, at", said):
            assert float(kwh) == pytest.approx(story.energy_wh / 1000, abs=0.001)


def is_own(ref: Ref, session: Session, bounds: Bounds, telling: Telling) -> bool:
    """Whether it is about this session, looked up anew."""
    match ref.kind:
        case Kind.MESSAGE:
            return Message.objects.filter(pk=ref.key, session_id=session.pk).exists()
        case Kind.SAMPLE:
            return Sample.objects.filter(session_id=session.pk, at=ref.at).exists()
        case Kind.STATUS:
            row = StatusChange.objects.get(pk=ref.key)
            return (
                row.station_id == session.station_id
                and row.evse_id in (0, 1)
                and bounds.holds(row.at)
            )
        case Kind.LINK:
            link = LinkEvent.objects.get(pk=ref.key)
            outages = telling.evidence.outages
            mine = [o for o in outages if bounds.overlaps(o.began_at, o.ended_at)]
            return link.station_id == session.station_id and any(o.covers(link.at) for o in mine)
        case Kind.COMMAND:
            return CommandRow.objects.filter(pk=ref.key, session_id=session.pk).exists()
        case Kind.ATTEMPT:
            attempt = Attempt.objects.get(pk=ref.key)
            return attempt.uid == session.token_uid and bounds.holds(attempt.at)
        case Kind.ALARM:
            alarm = DeviceEvent.objects.get(pk=ref.key)
            return alarm.evse_id in (0, 1) and bounds.holds(alarm.at)
    return ref.key == session.pk or is_of_the_same_cut(Session.objects.get(pk=ref.key), session)


def is_of_the_same_cut(other: Session, session: Session) -> bool:
    """Each story has its own charger at one site, and some end by a cut in one minute."""
    ended, own = other.ended_at, session.ended_at
    near = ended and own and abs((ended - own).total_seconds()) <= 120
    return bool(near) and other.stop_reason == session.stop_reason == "PowerLoss"


@pytest.mark.parametrize("protocol", Protocol)
def test_the_law_would_catch_a_neighbours_fault(cast: Cast, protocol: Protocol) -> None:
    """The stories do hold what must not be told."""
    story = Story(protocol, 5, 11_400, "card", has_before=True, has_after=True, has_beside=True)
    session = Teller(cast, story).tell()
    near = StatusChange.objects.filter(station=session.station, status="Faulted")
    assert {(row.evse_id, row.at > at(300)) for row in near} == {(1, True), (2, False)}
