"""The law of fleets: each session is there once, over, and right or marked; and what is told of it
is true.

The chargers are those of the simulator, with several habits at once, two outlets each and both
versions; links are cut, answers lost, power and memory fail. When the dust has settled each is held
to what it truly was, by the same verdict as ``make fleet``.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from apps.accounts.models import Organisation, User
from apps.accounts.roles import Role
from apps.sessions import services
from apps.sessions.models import Session
from apps.tariffs.services import add_tariff, add_version
from apps.telling.refs import Kind
from apps.telling.selectors import tell
from fleet import records
from fleet.verdict import ENERGY_PER_KWH, TIME_PER_HOUR, WRONG, Judged, judge
from tests import factories as make
from tests.factories import OFFICE
from tests.quick import examples
from tests.sessions.fleets import BEGAN_AT, CLOCKS, Plan, plans, played, truth_of
from tests.sessions.sentences import TRUE, Lived, is_own, is_stopped_by

PARTS = 4  # that can be tried side by side
DUST = [timedelta(hours=hours) for hours in (2, 4, 6)]
law = settings(
    max_examples=examples(60),
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
    @seed(part)
    @law
    @given(plans())
    def holds(plan: Plan) -> None:
        is_right(plan, priced, support)

    holds()


def is_right(plan: Plan, priced: Organisation, support: User) -> None:
    chargers, clock = played(plan, priced)
    for later in DUST:
        services.watch_silence(now=clock.now() + later)
    assert [refusal for charger in chargers for refusal in charger.wire.refusals] == []
    lives = [Lived(charger, one) for charger in chargers for one in charger.station.sessions]
    truths = [truth_of(life.charger, life.session) for life in lives]
    names = {charger.station.identity for charger in chargers}
    judged = judge(truths, [one for one in records.kept() if one.station in names], {})
    wrong = [one for one in judged if one.outcome in WRONG and not is_too_brief(one)]
    assert not [told_of(one) for one in wrong]
    for life, one in zip(lives, judged, strict=True):
        if one.kept is not None:
            rows = Session.objects.select_related("station__location", "organisation")
            is_told_truly(life, rows.get(pk=one.kept.id), support)


@pytest.mark.parametrize("protocol", ["ocpp1.6", "ocpp2.0.1"])
@pytest.mark.parametrize("clock", sorted(CLOCKS))
def test_the_shortest_sessions_by_a_wrong_clock_are_right_or_marked(
    priced: Organisation, clock: str, protocol: str
) -> None:
    twice = (("drive", 0, 1), ("drive", 0, 1))
    plan = Plan(((protocol, (clock,)),), ((1, twice), (4, (("drive", 0, 2),)), (4, twice)))
    chargers, _ = played(plan, priced)
    lived = chargers[0].station.sessions
    judged = judge([truth_of(chargers[0], one) for one in lived], records.kept(), {})
    assert len(judged) == len(lived) == 3
    assert not [one for one in judged if one.outcome in WRONG]


def is_too_brief(one: Judged) -> bool:
    """Whether too few powers were told in it to show that its register is of another unit."""
    truth = one.truth
    if truth is None or "register_kwh_as_wh" not in truth.quirks:
        return False
    return truth.ended_at - truth.began_at < timedelta(minutes=4)


def told_of(one: Judged) -> str:
    """What was, and what is kept, on a line."""
    truth, kept = one.truth, one.kept
    was = truth and f"{truth.quirks}, {truth.energy_wh} Wh, {truth.began_at} to {truth.ended_at}"
    now = kept and f"{kept.energy_wh} Wh, {kept.began_at} to {kept.ended_at}, {set(kept.flags)}"
    return f"{one.outcome} ({one.why}): {was}; kept: {now}"


def is_told_truly(life: Lived, row: Session, support: User) -> None:
    """Who ended it, every finding, and what each rests on."""
    telling = tell(support, row, now=life.ended_at + timedelta(days=1))
    assert telling.stop is not None
    assert is_stopped_by(life, telling.stop.by.value), f"{telling.stop} is not true of {life}"
    for finding in telling.findings:
        assert finding.code in TRUE, f"{finding.code}: {finding.text} has no truth to be held to"
        assert TRUE[finding.code](life), f"{finding.code}: {finding.text} is not true of {life}"
        assert finding.evidence, finding
        # A reading whose instant was set right is named by that, under which no sample lies.
        refs = [
            r for r in finding.evidence if r.kind is not Kind.SAMPLE or "clock" not in row.flags
        ]
        assert all(is_own(ref, row, telling) for ref in refs), (finding, life)
