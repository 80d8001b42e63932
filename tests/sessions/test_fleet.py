"""The law of fleets: each session is there once, over, and right or marked; and what is told of it
is true.

The chargers are those of the simulator, with several habits at once, two outlets each and both
versions; links are cut, answers lost, power and memory fail. When the dust has settled each is held
to what it truly was, by the same verdict as ``make fleet``.

A thousand stories on SQLite, of some 3,400 sessions and 90,000 messages, and a thousand others on
PostgreSQL. ``THOROUGH=1 SEED=7`` plays twenty times as many that nobody has seen.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import zip_longest

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, given, seed, settings

from apps.accounts.models import Organisation, User
from apps.accounts.roles import Role
from apps.sessions import services
from apps.sessions.models import Session
from apps.tariffs.services import add_tariff, add_version
from apps.telling.refs import Kind, Ref
from apps.telling.selectors import tell
from fleet import records
from fleet.verdict import ENERGY_PER_KWH, TIME_PER_HOUR, WRONG, Judged, Kept, judge
from tests import factories as make
from tests.factories import OFFICE
from tests.quick import examples, seed_of
from tests.sessions.fleets import BEGAN_AT, Story, played, truth_of
from tests.sessions.plans import CLOCKS, Plan, plans
from tests.sessions.sentences import TRUE, Lived, is_own, is_stopped_by, is_true

PARTS, CROWD = 8, 125  # stories that are played side by side
DUST = [timedelta(hours=hours) for hours in (2, 4, 6)]
law = settings(
    max_examples=examples(CROWD),
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def priced(network: Organisation) -> Organisation:
    """By energy and time, as the verdict expects it."""
    tariff = add_tariff(
        organisation_id=network.pk, name="Fleet", currency="EUR", is_default=True, actor=OFFICE
    )
    add_version(
        tariff, valid_from=BEGAN_AT - timedelta(days=3_000), energy_per_kwh=ENERGY_PER_KWH,
        time_per_hour=TIME_PER_HOUR, vat_pct=Decimal(0), actor=OFFICE,
    )  # fmt: skip
    return network


@pytest.fixture
def support(network: Organisation) -> User:
    return make.user(network, "support", Role.SUPPORT)


@pytest.mark.parametrize("part", range(PARTS))
def test_each_session_is_there_once_and_right_or_marked_and_told_truly(
    priced: Organisation, support: User, part: int
) -> None:
    told = stories(part)
    wrong: dict[Plan, list[str]] = {}
    for number in range(0, len(told), CROWD):
        crowd, second = told[number : number + CROWD], (part * 7 + number) % 60
        found = {plan: what for plan, what in faults(crowd, priced, support, second) if what}
        for plan, what in found.items():
            ((_, alone),) = faults([plan], priced, support, second)
            print(f"{plan}\n at second {second}, among others: {what}\n alone: {alone or 'right'}")
        wrong |= found
    assert not wrong, f"{len(wrong)} of {len(told)} stories"


def stories(part: int) -> list[Plan]:
    """Those of one part, always the same."""
    found: list[Plan] = []

    @seed(seed_of(part))
    @law
    @given(plans())
    def note(plan: Plan) -> None:
        found.append(plan)

    note()
    return found


def faults(
    crowd: list[Plan], priced: Organisation, support: User, second: int
) -> Iterator[tuple[Plan, list[str]]]:
    """Each story with what is wrong in it; ``second``: of the minute, at which all begin."""
    found, clock = played(crowd, priced, BEGAN_AT + timedelta(seconds=second))
    for later in DUST:
        services.watch_silence(now=clock.now() + later)
    _let_plan()
    kept = defaultdict(list)
    for one in records.kept():
        kept[one.station].append(one)
    for story in found:
        here = [one for charger in story.chargers for one in kept[charger.station.identity]]
        yield story.plan, list(faults_of(story, here, support))


def _let_plan() -> None:
    """All is told in one transaction, so that PostgreSQL may still take its tables for empty."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def faults_of(story: Story, kept: list[Kept], support: User) -> Iterator[str]:
    for charger in story.chargers:
        yield from charger.wire.refusals
    lives = [Lived(charger, one) for charger in story.chargers for one in charger.station.sessions]
    judged = judge([truth_of(life.charger, life.session) for life in lives], kept, {})
    for life, one in zip_longest(lives, judged):
        if one.outcome in WRONG and not (life and life.is_beyond_knowing):
            yield told_of(one)
    rows = Session.objects.select_related("station__location", "organisation")
    for life, one in zip(lives, judged, strict=False):
        if one.kept is not None and not life.is_leap_untold:
            yield from untruths(life, rows.get(pk=one.kept.id), support)


@pytest.mark.parametrize("protocol", ["ocpp1.6", "ocpp2.0.1"])
@pytest.mark.parametrize("clock", sorted(CLOCKS))
def test_the_shortest_sessions_by_a_wrong_clock_are_right_or_marked(
    priced: Organisation, clock: str, protocol: str
) -> None:
    twice = (("drive", 0, 1), ("drive", 0, 1))
    plan = Plan(((protocol, (clock,)),), ((1, twice), (4, (("drive", 0, 2),)), (4, twice)))
    ((story,), _) = played([plan], priced)
    lived = story.chargers[0].station.sessions
    judged = judge([truth_of(story.chargers[0], one) for one in lived], records.kept(), {})
    assert len(judged) == len(lived) == 3
    assert not [one for one in judged if one.outcome in WRONG]


def told_of(one: Judged) -> str:
    """What was, and what is kept, on a line."""
    truth, kept = one.truth, one.kept
    was = truth and f"{truth.quirks}, {truth.energy_wh} Wh, {truth.began_at} to {truth.ended_at}"
    now = kept and f"{kept.energy_wh} Wh, {kept.began_at} to {kept.ended_at}, {set(kept.flags)}"
    return f"{one.outcome} ({one.why}): {was}; kept: {now}"


def untruths(life: Lived, row: Session, support: User) -> Iterator[str]:
    """Who ended it, every finding, and what each rests on: what of it is not so."""
    telling = tell(support, row, now=life.ended_at + timedelta(days=1))
    assert telling.stop is not None
    if not is_stopped_by(life, telling.stop.by.value):
        yield f"{telling.stop} is not true of {life}"
    for finding in telling.findings:
        if finding.code not in TRUE:
            yield f"{finding.code}: {finding.text} has no truth to be held to"
        elif not is_true(finding.code, life):
            yield f"{finding.code}: {finding.text} is not true of {life}"
        # A reading whose instant was set right is named by that, under which no sample lies.
        refs = [r for r in finding.evidence if not (r.kind is Kind.SAMPLE and is_set_right(r, row))]
        if not finding.evidence or not all(is_own(ref, row, telling) for ref in refs):
            yield f"{finding} does not rest on {life}"


def is_set_right(ref: Ref, row: Session) -> bool:
    return "clock" in row.flags or ref.at == row.ended_at
