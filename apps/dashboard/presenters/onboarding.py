"""How new stations come into service, as people read it."""

from dataclasses import dataclass

from apps.accounts.models import Actor
from apps.accounts.roles import Permission
from apps.onboarding import selectors
from apps.onboarding.models import Setup, SetupStep, Stage, StepState
from apps.onboarding.selectors import SetupState
from apps.stations.models import Station

Chip = tuple[str, str, str]
_STEPS: dict[str, Chip] = {
    StepState.WAITING: ("offline", "circle-dashed", "Waiting"),
    StepState.SENT: ("plugged", "clock", "Under way"),
    StepState.DONE: ("ok", "circle-check", "Done"),
    StepState.FAILED: ("faulted", "circle-x", "Failed"),
    StepState.SKIPPED: ("offline", "circle-slash", "Skipped"),
}
_STAGES: dict[str, Chip] = {
    Stage.RUNNING: ("plugged", "clock", "Being set up"),
    Stage.FAILED: ("faulted", "triangle-alert", "Set-up failed"),
    Stage.DONE: ("ok", "circle-check", "Set up"),
}


@dataclass(frozen=True, slots=True)
class StepLine:
    step: SetupStep
    title: str
    chip: Chip


@dataclass(frozen=True, slots=True)
class SetupSheet:
    """``chip``: None where there is nothing to show. ``may``: the decisions that are offered."""

    state: SetupState
    chip: Chip | None
    words: str
    lines: tuple[StepLine, ...]
    may: tuple[tuple[str, str], ...]
    key: str

    @property
    def topics(self) -> frozenset[str]:
        return frozenset({f"station:{self.key}"})


@dataclass(frozen=True, slots=True)
class SetupLine:
    setup: Setup
    chip: Chip


def setup_sheet(actor: Actor, station: Station) -> SetupSheet:
    """What the Overview tab says of a station's way into service."""
    state = selectors.state_of(actor, station)
    chip, words = _headline(state)
    lines = tuple(StepLine(step, selectors.title(step), _STEPS[step.state]) for step in state.steps)
    may = tuple(_decisions(state)) if actor.may(Permission.EDIT_STATIONS) else ()
    return SetupSheet(state, chip, words, lines, may, str(station.pk))


def setup_lines(actor: Actor) -> list[SetupLine]:
    return [SetupLine(one, _STAGES[one.stage]) for one in selectors.list_unfinished(actor)[:50]]


def _headline(state: SetupState) -> tuple[Chip | None, str]:
    setup, station = state.setup, state.station
    if state.is_waiting:
        words = "It came unknown. Until somebody accepts it, it may do nothing but wait."
        return ("paused", "hourglass", "Waiting"), words
    if setup.renew_since is not None:
        return ("paused", "shield-alert", "Renewing its certificate"), setup.renew_why
    chip = _STAGES.get(setup.stage)
    if chip is None:
        return None, ""
    is_held = setup.is_blocking and setup.stage != Stage.DONE
    sentences = [setup.reason.rstrip(".")] if setup.reason else []
    if is_held and station.boot_policy == "accepted":
        sentences.append("Until it is done, or somebody accepts the station, it is held")
    return chip, " ".join(f"{sentence}." for sentence in sentences)


def _decisions(state: SetupState) -> list[tuple[str, str]]:
    setup = state.setup
    if state.is_waiting:
        return [("accept", "Accept"), ("reject", "Reject")]
    if setup.stage == Stage.FAILED:
        anyway = [("accept", "Accept anyway")] if setup.is_blocking else []
        return [("again", "Try again"), *anyway, ("restart", "Run set-up again")]
    if setup.stage == Stage.RUNNING:
        return [("accept", "Accept anyway")] if setup.is_blocking else []
    return [("restart", "Run set-up again")] if state.has_steps else []
