"""What stations answer teaches."""

from collections.abc import Iterator

from apps.batch.parts import Batch
from apps.commands.happenings import Answered
from apps.commands.models import CommandRow, State
from apps.domain.events import CommandAnswered
from apps.domain.lessons import Lesson, tried_in
from apps.habits.batch import Lessons
from apps.habits.judgement import is_unknown_there


def _answered(batch: Batch, told: Answered) -> None:
    for lesson in (*_of_the_call(told.row, told.event), *tried_in(told.event.facts).lessons):
        batch.part(Lessons).note(told.item.ref, lesson, told.row.pk)


def _of_the_call(row: CommandRow, event: CommandAnswered) -> Iterator[Lesson]:
    """An error of the station may say that it has no such call at all."""
    was_sent = bool(row.action) and row.verbatim is None
    if was_sent and event.status == State.ERROR and is_unknown_there(event.detail):
        yield Lesson(f"call:{row.name}", is_taken=False, is_sure=True, answer=event.detail)


HOOKS = {Answered: _answered}
