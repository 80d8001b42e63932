"""What one answer teaches of a way. Pure.

unknown --taken--> yes
unknown --not known at all--> no
unknown --refused ENOUGH times, never taken--> no
yes --not known at all--> no        (a refusal by itself may be of the moment)
no --taken--> yes
"""

from dataclasses import dataclass, replace

from apps.domain.lessons import Lesson

ENOUGH = 3
_NOT_KNOWN = ("NotSupported", "NotImplemented", "UnknownMessageId")


@dataclass(frozen=True, slots=True)
class Learned:
    """``works``: None is not known."""

    works: bool | None = None
    refusals: int = 0


def learned(before: Learned, lesson: Lesson) -> Learned:
    """What is known now; the same object where nothing is new."""
    if lesson.is_taken:
        return before if before.works else Learned(works=True)
    if lesson.is_sure:
        return before if before.works is False else Learned(works=False, refusals=1)
    if before.works is not None:
        return before
    refusals = before.refusals + 1
    return replace(before, refusals=refusals, works=False if refusals >= ENOUGH else None)


def is_unknown_there(answer: str) -> bool:
    """Whether the answer says that the station has no such thing at all."""
    return answer in _NOT_KNOWN
