"""The set of sequence numbers seen, kept as ranges: "0-7,9". Pure."""

from collections.abc import Iterable

Ranges = tuple[tuple[int, int], ...]


def parse(text: str) -> Ranges:
    parts = (part.partition("-") for part in text.split(",") if part)
    return tuple((int(first), int(last or first)) for first, _, last in parts)


def write(ranges: Iterable[tuple[int, int]]) -> str:
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in ranges)


def add(text: str, seq: int) -> str:
    """``text`` with ``seq`` in it; the usual case, one more than the last, is one step."""
    ranges = parse(text)
    if ranges and ranges[-1][1] + 1 == seq:
        return write((*ranges[:-1], (ranges[-1][0], seq)))
    if any(first <= seq <= last for first, last in ranges):
        return text
    return write(_joined(sorted((*ranges, (seq, seq)))))


def has(text: str, seq: int) -> bool:
    return any(first <= seq <= last for first, last in parse(text))


def has_gaps(text: str) -> bool:
    return "," in text


def _joined(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for first, last in ranges:
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined
