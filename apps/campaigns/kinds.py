"""What a kind of campaign says of itself: what its stations need next, and what that comes to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import Q

from apps.campaigns.life import End, Patience, end_of, patiently
from apps.campaigns.models import Target
from apps.commands.models import CommandRow, State
from apps.domain.command import Command
from ocpp_platform.keyset import PAGE_ROWS

REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Send:
    """``reason``: what people read beside the command; "": the name of the campaign. What is not
    sent yet for the same ``purpose`` gives way to it; "": nothing does. ``step``: what the kind
    keeps of it, handed back to ``note_sent``. ``expires_s``: as ``Campaign`` has it, for this one.
    """

    command: Command
    reason: str = ""
    purpose: str = ""
    step: Any = None
    expires_s: float | None = None


@dataclass(frozen=True, slots=True)
class Over:
    """No command follows: the station is there already, or (``problem``) cannot be told.

    ``is_skipped``: it could be told, and is not, for ``problem``.
    """

    problem: str = ""
    is_skipped: bool = False


class Kind:
    """``name``: under which its campaigns are kept. ``has_steps``: it is asked for the next
    command until it says ``Over``. ``can_hear``: which targets may be sent something now.
    ``page_rows``: how many are taken at once.
    """

    name: ClassVar[str]
    patience: ClassVar[Patience] = Patience()
    has_steps: ClassVar[bool] = False
    can_hear: ClassVar[Q] = Q()
    page_rows: ClassVar[int] = PAGE_ROWS

    def choose(self, targets: Sequence[Target], now: datetime) -> Mapping[int, Send | Over]:
        """What comes next for each, by its key; one that is left out waits for the next beat.

        Called in the transaction that queues, in as few queries for many as for one.
        """
        raise NotImplementedError

    def end_of(self, target: Target, row: CommandRow) -> End:  # noqa: ARG002
        """What its command comes to; which refusals are final."""
        return end_of(row.state, row.detail, is_followed=row.confirm_by is not None)

    def ends_of(
        self,
        sent: Sequence[tuple[Target, CommandRow | None]],
        now: datetime,  # noqa: ARG002
    ) -> Mapping[int, End]:
        """As ``end_of`` for many, by their keys; None: the row is gone. A kind that keeps its steps
        writes here what came of them, and says which are passed over.
        """
        return {
            target.pk: patiently(
                self.end_of(target, row) if row else End.LOST, target.attempts, self.patience
            )
            for target, row in sent
        }

    def note_sent(self, sent: Sequence[tuple[Target, Send]], now: datetime) -> None:
        """What was chosen is in the outbox, and each target names its command."""

    def follow(self, over: Sequence[Target], now: datetime) -> None:
        """Whatever else there is to do once these are over."""


def words(row: CommandRow) -> str:
    """Why a command did not do what it should."""
    if row.state == State.EXPIRED:
        return "It expired: the station was not there in time"
    return " ".join(filter(None, (row.get_state_display(), row.detail)))
