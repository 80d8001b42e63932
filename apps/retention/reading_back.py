"""Writes: what was put away into files is read back for a while, and who did it is written down."""

from datetime import datetime, timedelta
from pathlib import Path

from apps.accounts.models import Organisation
from apps.history.doers import Doer
from apps.history.kinds import MESSAGES_READ_BACK
from apps.history.services import record
from apps.journal import archive, restoring
from apps.journal.archive import Unusable
from apps.journal.restoring import Restored


def read_back(path: Path, *, days: int, actor: Doer, now: datetime) -> Restored:
    """The messages of a file into the journal of their organisation, for ``days``.

    Raises Unusable before anything is added.
    """
    number = archive.read_header(path).organisation_id
    organisation = Organisation.objects.filter(pk=number).first()
    if organisation is None:
        raise Unusable(f"{path} is of organisation {number}, which is not known here.")
    until = now + timedelta(days=days)
    restored = restoring.restore(path, until=until)
    record(
        MESSAGES_READ_BACK,
        actor=actor,
        organisation_id=organisation.pk,
        subject=(organisation.pk, organisation.name),
        details={
            "file": restored.header.name,
            "messages": restored.added,
            "until": until.isoformat(),
        },
        now=now,
    )
    return restored
