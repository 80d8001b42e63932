"""Stations are set up, step by step: a campaign that never ends.

A station is a target from the beginning of its set-up until that is done or has failed. Its steps,
as they were when it began, are rows of their own: they are shown as long as the station is there.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from apps.campaigns.kinds import Kind, Over, Send
from apps.campaigns.life import End, Life, Patience
from apps.campaigns.models import Campaign, Target
from apps.campaigns.standing import campaign_of, release
from apps.commands.models import CommandRow, State
from apps.live.announce import announce_all
from apps.onboarding import steps
from apps.onboarding.models import Setup, SetupStep, Stage, StepState
from apps.onboarding.orders import ACTOR, call_back_all
from apps.stations import passwords
from apps.stations.models import Station
from ocpp_platform import bulk

_STEP_EXPIRY_S = 7 * 86_400
_PURPOSE = "set-up"  # what a set-up that was begun anew has not sent yet gives way
_AFTER_REBOOT = "RebootRequired"  # it has said yes, and shows it only then
_PROMISED = (State.ACCEPTED, State.NOT_CONFIRMED)
_WENT_WRONG = (End.REFUSED, End.GIVEN_UP, End.SUPERSEDED)
_SENT = ("id", "state", "command_id", "attempts")
_SETTLED = ("id", "state", "detail", "settled_at")
_FINISHED = ("id", "stage", "reason", "finished_at")
Settled = tuple[int, str, str, datetime | None]


class StationSetUps(Kind):
    """One campaign an organisation. What was lost on the way is given again at once."""

    name = "set_up"
    patience = Patience(attempts=3, first_pause_s=0)
    has_steps = True

    def choose(self, targets: Sequence[Target], now: datetime) -> Mapping[int, Send | Over]:
        """The next step that the station's version can say; those before it are skipped."""
        waiting = _waiting([target.station_id for target in targets])
        chosen: dict[int, Send | Over] = {}
        skipped: list[Settled] = []
        for target in targets:
            mine = waiting[target.station_id]
            given = [(step.name, step.parameters) for step in mine]
            ahead = steps.next_of(given, target.station.protocol, passwords.make)
            lacking = zip(mine, ahead.skipped, strict=False)
            skipped += [_settled(step, StepState.SKIPPED, why, now) for step, why in lacking]
            chosen[target.pk] = _said(mine, ahead)
        _write(skipped)
        return chosen

    def end_of(self, target: Target, row: CommandRow) -> End:
        if row.state in _PROMISED and _AFTER_REBOOT in row.detail:
            return End.WELL
        return super().end_of(target, row)

    def ends_of(
        self, sent: Sequence[tuple[Target, CommandRow | None]], now: datetime
    ) -> Mapping[int, End]:
        """What went wrong and need not succeed is passed over."""
        ends = dict(super().ends_of(sent, now))
        taken = SetupStep.objects.filter(command_id__in=[target.command_id for target, _ in sent])
        by_command = {step.command_id: step for step in taken}
        settled: list[Settled] = []
        for target, row in sent:
            step, end = by_command.get(target.command_id), ends[target.pk]
            if step is None or end is End.OPEN:
                continue
            settled.append(_outcome(step, end, row, now))
            if end in _WENT_WRONG:
                ends[target.pk] = End.REFUSED if step.must_succeed else End.PASSED
        _write(settled)
        _take_up([target.station_id for target, _ in sent if target.state == Life.FAILED])
        return ends

    def note_sent(self, sent: Sequence[tuple[Target, Send]], now: datetime) -> None:  # noqa: ARG002
        rows = [
            (said.step.pk, StepState.SENT.value, target.command_id, target.attempts)
            for target, said in sent
        ]
        with bulk.writes() as writes:
            writes.update(SetupStep, _SENT, rows)
        tell(target.station for target, _ in sent)

    def follow(self, over: Sequence[Target], now: datetime) -> None:
        """It is done, or a step that must succeed has failed it."""
        ended = {target.station_id: target for target in over}
        why = _failures([key for key, t in ended.items() if t.state != Life.REACHED])
        running = Setup.objects.filter(station__in=ended, stage=Stage.RUNNING)
        setups = list(running.order_by("station_id"))
        for setup in setups:
            setup.station = ended[setup.station_id].station
            has_failed = ended[setup.station_id].state != Life.REACHED
            setup.stage = Stage.FAILED if has_failed else Stage.DONE
            setup.reason = why.get(setup.station_id, "")
        close(setups, now)


SET_UPS = StationSetUps()


def set_ups_of(organisation_id: int, now: datetime) -> Campaign:
    return campaign_of(organisation_id, SET_UPS, name=ACTOR, now=now, expires_s=_STEP_EXPIRY_S)


def finish(setup: Setup, now: datetime, reason: str) -> None:
    """It is done, whatever was left of it."""
    release(SET_UPS, [setup.station_id])
    setup.stage, setup.reason = Stage.DONE, reason
    close([setup], now)


def close(setups: Collection[Setup], now: datetime) -> None:
    """They are over, as they say; stations that were held for one that is done hear of it."""
    with bulk.writes() as writes:
        rows = [(one.pk, str(one.stage), one.reason[:255], now) for one in setups]
        writes.update(Setup, _FINISHED, rows)
    tell(setup.station for setup in setups)
    done = (one.station for one in setups if one.stage == Stage.DONE and one.is_blocking)
    call_back_all(done, now)


def tell(stations: Iterable[Station]) -> None:
    """Pages hear how far they have come."""
    announce_all(
        (station.organisation_id, topic)
        for station in stations
        for topic in ("stations", f"station:{station.pk}")
    )


def _waiting(station_ids: Collection[int]) -> defaultdict[int, list[SetupStep]]:
    """By station, in their order."""
    found: defaultdict[int, list[SetupStep]] = defaultdict(list)
    running = SetupStep.objects.filter(setup__station__in=station_ids, setup__stage=Stage.RUNNING)
    for step in running.filter(state=StepState.WAITING).select_related("setup"):
        found[step.setup.station_id].append(step)
    return found


def _said(waiting: Sequence[SetupStep], ahead: steps.Next) -> Send | Over:
    if ahead.command is None:
        return Over()
    step = waiting[len(ahead.skipped)]
    return Send(ahead.command, f"Step {step.position} of its set-up", purpose=_PURPOSE, step=step)


def _outcome(step: SetupStep, end: End, row: CommandRow | None, now: datetime) -> Settled:
    """What was lost on the way waits to be sent again."""
    if end is End.LOST:
        return step.pk, StepState.WAITING.value, step.detail, None
    if end not in _WENT_WRONG:
        return _settled(step, StepState.DONE, row.observed or row.detail if row else "", now)
    words = ": ".join(filter(None, (row.get_state_display(), row.detail))) if row else ""
    return _settled(step, StepState.FAILED, words or "It was lost", now)


def _settled(step: SetupStep, state: StepState, detail: str, now: datetime) -> Settled:
    return step.pk, state.value, detail[:255], now


def _write(settled: list[Settled]) -> None:
    with bulk.writes() as writes:
        writes.update(SetupStep, _SETTLED, settled)


def _take_up(station_ids: Collection[int]) -> None:
    """What had failed them has come true: their set-ups run again."""
    if station_ids:
        failed = Setup.objects.filter(station__in=station_ids, stage=Stage.FAILED)
        failed.update(stage=Stage.RUNNING, reason="", finished_at=None)


def _failures(station_ids: Collection[int]) -> dict[int, str]:
    """Which step failed each station, in words."""
    if not station_ids:
        return {}
    failed = SetupStep.objects.filter(
        setup__station__in=station_ids, state=StepState.FAILED, must_succeed=True
    )
    return {step.setup.station_id: _why(step) for step in failed.select_related("setup")}


def _why(step: SetupStep) -> str:
    title = steps.title(step.name, step.parameters)
    return f"Step {step.position}, {title}: {step.detail}"
