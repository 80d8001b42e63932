"""Answers to our calls, as they come in."""

from apps.batch.items import Item
from apps.batch.parts import Batch
from apps.commands import answers
from apps.commands.happenings import Answered, Replied
from apps.domain.answers import Answer
from apps.domain.events import CommandAnswered


def answered(batch: Batch, item: Item, event: CommandAnswered) -> Answer:
    row = answers.answer(event, now=batch.now)
    batch.follow(Replied(item, event))
    if row is not None:
        batch.follow(Answered(item, row, event))
        batch.station_changed(item.ref)
    return Answer()


RARE = {CommandAnswered: answered}
