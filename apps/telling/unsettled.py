"""What is not settled of a session: the cases about it."""

from typing import NamedTuple

from apps.accounts.models import Actor
from apps.reconciliation.kinds import kind_of
from apps.reconciliation.life import State
from apps.reconciliation.selectors import list_of_session
from apps.telling.refs import Kind, Ref


class Unsettled(NamedTuple):
    title: str
    ref: Ref


def unsettled_of(actor: Actor, session_id: int) -> tuple[Unsettled, ...]:
    """Newest first."""
    rows = list_of_session(actor, session_id).exclude(state=State.CLOSED.value)
    return tuple(
        Unsettled(kind_of(kind).title, Ref(Kind.CASE, pk, opened_at))
        for kind, pk, opened_at in rows.values_list("kind", "pk", "opened_at")
    )
