"""Which part of a file a request brings. Pure (RFC 9110 §14.4)."""

import re
from dataclasses import dataclass

from apps.domain.texts import whole_number

_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Part:
    """``first``: its offset in bytes. ``total``: of the whole file; None where unknown.

    ``is_last``: the file is complete with it.
    """

    first: int
    total: int | None
    is_last: bool


class BadRange(ValueError):
    """The header says no range of bytes; the words are for the sender."""


def part_of(content_range: str | None) -> Part:
    """Without a header the request is the whole file."""
    if not content_range:
        return Part(0, None, is_last=True)
    found = _RANGE.fullmatch(content_range.strip())
    if found is None:
        raise BadRange("Content-Range must be like: bytes 0-1023/4096")
    first, last = whole_number(found[1]), whole_number(found[2])
    total = None if found[3] == "*" else whole_number(found[3])
    if first is None or last is None or (total is None and found[3] != "*"):
        raise BadRange("Content-Range speaks of more bytes than any file has.")
    if last < first or (total is not None and last >= total):
        raise BadRange("Content-Range contradicts itself.")
    return Part(first, total, is_last=total is not None and last == total - 1)
