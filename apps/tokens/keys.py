"""One key for a card's number, as a database compares it: what ``spelling.bare`` is in Python."""

from django.db.models import Func, Q, TextField
from django.db.models.lookups import Exact

from apps.tokens.spelling import SEPARATORS, bare

LONGEST = 36


class Key(Func):
    """In capitals and without what is printed between the digits; indexes are built on it.

    The separators stand in the SQL itself: an index is found by the very same expression only.
    """

    arity = 1
    output_field = TextField()
    template = "".join((
        "UPPER(", "REPLACE(" * len(SEPARATORS), "%(expressions)s",
        *(f", '{one}', '')" for one in SEPARATORS), ")",
    ))  # fmt: skip


def key_of(uid: str) -> str:
    """What ``Key`` makes of a uid that is as long as its column."""
    return bare(uid.strip()[:LONGEST])


def has_number(column: str, uid: str) -> Q:
    """A condition: ``column`` has this number, however either is written."""
    key = key_of(uid)
    return Q(Exact(Key(column), key)) if key else Q(**{f"{column}__iexact": uid})
