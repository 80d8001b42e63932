"""Which part of a file a request brings. Pure (RFC 9110 §14.4)."""

import re
from dataclasses import dataclass

_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")


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
    first, last = int(found[1]), int(found[2])
    total = None if found[3] == "*" else int(found[3])
    if last < first or (total is not None and last >= total):
        raise BadRange(f"Content-Range {content_range} contradicts itself.")
    return Part(first, total, is_last=total is not None and last == total - 1)
