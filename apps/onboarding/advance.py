"""Writes: set-ups go on, many at once: what is over is settled, what comes next is sent.

Whoever sees that a step is over, the door or the clock, locks the set-ups, decides in memory and
writes what changed.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from apps.commands.models import CommandRow
from apps.commands.services import Intent, queue_many
from apps.live.announce import announce_all
from apps.onboarding import steps
from apps.onboarding.models import Setup, SetupStep, Stage, StepState
from apps.onboarding.orders import ACTOR, call_back_all, whom
from apps.onboarding.verdict import End, end_of
from apps.stations import passwords
from apps.stations.models import Station
from ocpp_platform import bulk

_STEP_EXPIRY_S = 7 * 86_400.0
_TASK = ("id", "state", "command_id", "attempts", "detail", "settled_at")
_SETUP = ("id", "stage", "finished_at", "reason")


@transaction.atomic
def advance(station_ids: Collection[int], now: datetime, *, skip_held: bool = False) -> None:
    """Go on with the set-ups of these stations; ``skip_held``: not those in other hands."""
    locked = Setup.objects.select_for_update(of=("self",), skip_locked=skip_held)
    running = locked.filter(station_id__in=station_ids, stage=Stage.RUNNING)
    going = _Round(list(running.select_related("station").order_by("station_id")), now)
    going.go()
    going.write()


def finish(setup: Setup, now: datetime, reason: str) -> None:
    """It is done, whatever was left of it."""
    setup.stage, setup.finished_at, setup.reason = Stage.DONE, now, reason
    setup.save(update_fields=["stage", "finished_at", "reason"])
    _follow([setup], now)


class _Round:
    """Set-ups that are locked, their tasks, and what was decided of them."""

    def __init__(self, setups: list[Setup], now: datetime) -> None:
        self.setups, self.now = setups, now
        tasks = SetupStep.objects.filter(setup__in=setups) if setups else SetupStep.objects.none()
        self.tasks: defaultdict[int, list[SetupStep]] = defaultdict(list)
        for task in tasks.order_by("setup_id", "position", "id"):
            self.tasks[task.setup_id].append(task)
        sent = [t.command_id for t in tasks if t.state == StepState.SENT and t.command_id]
        self.commands = CommandRow.objects.in_bulk(sent) if sent else {}
        self.changed: dict[int, SetupStep] = {}
        self.sending: list[tuple[SetupStep, Intent]] = []
        self.moved: list[Setup] = []

    def go(self) -> None:
        for setup in self.setups:
            if not self._stands(setup):
                setup.stage, setup.finished_at, setup.reason = Stage.DONE, self.now, ""
                self.moved.append(setup)

    def write(self) -> None:
        rows = queue_many(
            [intent for _task, intent in self.sending],
            now=self.now,
            actor=ACTOR,
            expires_s=_STEP_EXPIRY_S,
        )
        for (task, _intent), row in zip(self.sending, rows, strict=True):
            task.state, task.command_id, task.attempts = StepState.SENT, row.pk, task.attempts + 1
            self.changed[task.pk] = task
        with bulk.writes() as writes:
            writes.update(SetupStep, _TASK, [_task_row(task) for task in self.changed.values()])
            writes.update(Setup, _SETUP, [_setup_row(setup) for setup in self.moved])
        stirred = {task.setup_id for task in self.changed.values()}
        _tell([setup for setup in self.setups if setup.pk in stirred])
        _follow(self.moved, self.now)

    def _stands(self, setup: Setup) -> bool:
        """Whether a step of it is under way or has failed it; else all are over."""
        for task in self.tasks[setup.pk]:
            if task.state == StepState.SENT:
                self._settle(task)
            if task.state == StepState.WAITING:
                self._send(task, setup)
            if task.state in (StepState.WAITING, StepState.SENT):
                return True
            if task.state == StepState.FAILED and task.must_succeed:
                self._fail(setup, task)
                return True
        return False

    def _send(self, task: SetupStep, setup: Setup) -> None:
        try:
            command = steps.command_of(
                task.name, task.parameters, setup.station.protocol, passwords.make
            )
        except (steps.NotInThisVersion, ValueError) as error:
            self._close(task, StepState.SKIPPED, str(error))
            return
        intent = Intent(whom(setup.station), command, f"Step {task.position} of its set-up")
        self.sending.append((task, intent))

    def _settle(self, task: SetupStep) -> None:
        """From the command's state; what was lost on the way waits to be sent again."""
        row = self.commands.get(task.command_id or 0)
        state, detail = (row.state, row.detail) if row else ("gone", "")
        end = end_of(state, detail, task.attempts)
        if end is End.DONE:
            self._close(task, StepState.DONE, row.observed or detail if row else "")
        elif end is End.FAILED:
            words = filter(None, (row.get_state_display(), detail)) if row else ("It was lost",)
            self._close(task, StepState.FAILED, ": ".join(words))
        elif end is End.LOST:
            task.state = StepState.WAITING

    def _close(self, task: SetupStep, state: StepState, detail: str) -> None:
        task.state, task.detail, task.settled_at = state, detail[:255], self.now
        self.changed[task.pk] = task

    def _fail(self, setup: Setup, task: SetupStep) -> None:
        title = steps.title(task.name, task.parameters)
        setup.stage, setup.finished_at = Stage.FAILED, self.now
        setup.reason = f"Step {task.position}, {title}: {task.detail}"[:255]
        self.moved.append(setup)


def _task_row(task: SetupStep) -> tuple[object, ...]:
    return (
        task.pk, str(task.state), task.command_id, task.attempts, task.detail, task.settled_at,
    )  # fmt: skip


def _setup_row(setup: Setup) -> tuple[object, ...]:
    return setup.pk, str(setup.stage), setup.finished_at, setup.reason


def _follow(moved: Collection[Setup], now: datetime) -> None:
    """Pages hear of it, and stations that were held for a set-up that is done."""
    _tell(moved)
    done = [s.station_id for s in moved if s.stage == Stage.DONE and s.is_blocking]
    if done:
        call_back_all(Station.objects.filter(pk__in=done).order_by("pk"), now)


def _tell(setups: Collection[Setup]) -> None:
    announce_all(
        (setup.station.organisation_id, topic)
        for setup in setups
        for topic in ("stations", f"station:{setup.station_id}")
    )
