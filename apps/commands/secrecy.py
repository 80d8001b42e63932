"""Writes: secrets of commands are kept no longer than they are needed to be sent."""

from collections.abc import Iterable

from apps.commands.models import CommandRow
from apps.journal.masking import masked

_SAID = ("parameters", "verbatim")


def forget(row: CommandRow) -> None:
    """In the database; ``row`` has them still, for those who apply it now."""
    kept = {name: masked(getattr(row, name)) for name in _SAID}
    CommandRow.objects.filter(pk=row.pk).update(**kept)


def forget_all(rows: Iterable[CommandRow]) -> None:
    """Of many rows, and in ``rows`` too."""
    page = list(rows)
    for name in _SAID:
        secret = []
        for row in page:
            shown = masked(getattr(row, name))
            if shown != getattr(row, name):
                setattr(row, name, shown)
                secret.append(row)
        if secret:
            CommandRow.objects.bulk_update(secret, [name])
