"""How a command is put to a station: as its make takes it, and once more where it is refused.

Put otherwise it limits no less than what was given. That is tried after a refusal only, once, for
a limit that somebody gave; never for a call that was given word for word. A question that was
refused goes the other way the next time but one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from channels.db import database_sync_to_async

from apps.commands.models import CommandRow
from apps.domain import ways
from apps.domain.command import Command
from apps.domain.commands import parameters
from apps.domain.events import CommandAnswered
from apps.domain.lessons import Lesson, Tried
from apps.domain.way_axis import Limiting, Place
from apps.domain.way_limits import in_steps
from apps.gateway.link import Link
from apps.habits.judgement import is_unknown_there
from apps.habits.selectors import known_of, tried_of
from apps.power.cars import ACTOR as CARS
from apps.power.ways import is_safe, place_of
from apps.stations.models import Station

DUBIOUS = 2  # refusals in a row, after which a question goes the other way

IN_VAIN = "Not sent: stations of this model and firmware are known to refuse it"

Put = tuple[Command, CommandAnswered]


@dataclass(frozen=True, slots=True)
class Course:
    """A command as it was given, as it is put first, and what is known of other ways.

    ``known``: which ways are taken; ``in_vain``: how often each has not helped. ``is_verbatim``:
    it is nobody's to change, and teaches nothing. ``is_in_vain``: nobody gave it, and stations of
    this make are known to refuse it.
    """

    given: Command
    first: Command
    place: Place = field(default_factory=lambda: Place(datetime.now(UTC)))
    known: Mapping[str, bool] = field(default_factory=dict)
    in_vain: Mapping[str, int] = field(default_factory=dict)
    may_vary: bool = False
    is_verbatim: bool = False
    is_in_vain: bool = False

    def others(self, sent: Command) -> list[Command]:
        """The command put otherwise than ``sent``, the likeliest to be taken first."""
        found = [
            (self.known.get(way) is not True, self.in_vain.get(way, 0), index, other)
            for index, (way, other) in enumerate(ways.others(sent, self.place))
            if self.known.get(way) is not False
        ]
        return [other for *_, other in sorted(found, key=lambda one: one[:3])]

    def changed(self, put: Command) -> list[str]:
        """The ways of ``put`` that are not those of what was given."""
        before = ways.ways_of(self.given, self.place)
        return [way for way in ways.ways_of(put, self.place) if way not in before]

    def told(self, puts: list[Put]) -> CommandAnswered:
        """The last answer, with what became of each try and what that teaches."""
        last, answer = puts[-1]
        if self.is_verbatim:
            return answer
        tries = tuple({"ways": self.changed(put), "answer": _word(got)} for put, got in puts)
        is_plain = len(puts) == 1 and last == self.given
        is_other = answer.status == "accepted" and last != self.given
        tried = Tried(
            given=parameters(last) if is_other and ways.APART not in self.changed(last) else None,
            tries=() if is_plain else tries,
            lessons=(*self._alone(last, answer), *(self._beside(puts) if self.may_vary else ())),
        )
        if tried == Tried():
            return answer
        session = _session_of(self.given) or answer.transaction_id
        return replace(answer, facts=(*answer.facts, tried), transaction_id=session)

    def _alone(self, put: Command, answer: CommandAnswered) -> Iterator[Lesson]:
        """Each answer teaches of a question, and of what is refused by habit."""
        is_taken, is_sure = answer.status == "accepted", is_unknown_there(answer.detail)
        if not is_taken and answer.status != "rejected":
            return
        for way in filter(ways.is_alone, ways.ways_of(put, self.place)):
            if not (is_sure and way.startswith("trigger:")):  # that is about its message
                yield Lesson(way, is_taken, is_taken or is_sure, _word(answer))

    def _beside(self, puts: list[Put]) -> Iterator[Lesson]:
        """What was taken works; what was refused beside it does not, in what differs alone."""
        (first, refused), (last, answer) = puts[0], puts[-1]
        of_first, of_last = (self._limits(one) for one in (first, last))
        if answer.status == "accepted":
            yield from (Lesson(way, is_taken=True, is_sure=True) for way in sorted(of_last))
            for way in sorted(of_first - of_last):
                yield Lesson(way, is_taken=False, is_sure=True, answer=_word(refused))
        else:
            for way in sorted(of_last - of_first):
                yield Lesson(way, is_taken=False, is_sure=False, answer=_word(answer))

    def _limits(self, put: Command) -> set[str]:
        return {way for way in ways.ways_of(put, self.place) if not ways.is_alone(way)}


async def course_of(row: CommandRow, command: Command, link: Link) -> Course:
    """How the command goes; as it was given where nothing is known that speaks against it."""
    if row.verbatim is not None:
        return Course(command, command, is_verbatim=True)
    if not row.is_unasked and not ways.ways_of(command, Place(datetime.now(UTC))):
        return Course(command, command)
    return await _course_of(row, command, link)


@database_sync_to_async
def _course_of(row: CommandRow, command: Command, link: Link) -> Course:
    station = Station.objects.get(pk=link.ref.id)
    place = place_of(station, command, datetime.now(UTC))
    tried, manner = tried_of(link.ref), link.adapter.manner
    known = dict(known_of(manner, tried))
    known |= {way: False for way, seen in tried.items() if _is_dubious(way, *seen)}
    first = in_steps(ways.shifted(command, place, known), manner.steps_a, place)
    if not is_safe(station, command, first):
        first = command
    in_vain = {way: refusals for way, (_, refusals) in tried.items()}
    return Course(
        command, first, place, known, in_vain,
        may_vary=_may_vary(row, command),
        is_in_vain=row.is_unasked and _is_in_vain(row, first, place, known),
    )  # fmt: skip


async def other_way(
    course: Course, row: CommandRow, sent: Command, answer: CommandAnswered
) -> Command | None:
    """What to try once more after a refusal; None where there is nothing else to say."""
    if not (course.may_vary and _is_refusal(answer)):
        return None
    return await _safe_other(course, row, sent)


@database_sync_to_async
def _safe_other(course: Course, row: CommandRow, sent: Command) -> Command | None:
    station = Station.objects.get(pk=row.station_id)
    return next((o for o in course.others(sent) if is_safe(station, course.given, o)), None)


def _is_refusal(answer: CommandAnswered) -> bool:
    """The station said no; not that it said nothing, or that it has no such call at all."""
    is_error = answer.status == "error" and answer.detail == answer.error_code
    return answer.status == "rejected" or (is_error and not is_unknown_there(answer.detail))


def _may_vary(row: CommandRow, command: Command) -> bool:
    """A limit, if it is not what a rule asks for or what a car is offered."""
    is_limit = isinstance(command, Limiting) and command.limit() is not None
    return is_limit and not row.is_unasked and row.actor != CARS


def _session_of(command: Command) -> str | None:
    """The session that a limit was given for, however it was put."""
    profile = command.limit() if isinstance(command, Limiting) else None
    return (profile.transaction_id or None) if profile else None


def _is_in_vain(row: CommandRow, put: Command, place: Place, known: Mapping[str, bool]) -> bool:
    asked = (f"call:{row.name}", *filter(ways.is_alone, ways.ways_of(put, place)))
    return any(known.get(way) is False for way in asked)


def _is_dubious(way: str, works: bool | None, refusals: int) -> bool:
    return way.startswith("trigger:") and works is None and refusals >= DUBIOUS


def _word(answer: CommandAnswered) -> str:
    return answer.error_code or answer.detail or answer.status
