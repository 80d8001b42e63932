"""Which part of a file a request brings."""

import pytest

from apps.uploads.ranges import BadRange, Part, part_of


@pytest.mark.parametrize(
    ("header", "part"),
    [
        (None, Part(0, None, is_last=True)),
        ("", Part(0, None, is_last=True)),
        ("bytes 0-9/10", Part(0, 10, is_last=True)),
        ("bytes 0-4/10", Part(0, 10, is_last=False)),
        ("bytes 5-9/10", Part(5, 10, is_last=True)),
        ("bytes 5-9/*", Part(5, None, is_last=False)),
    ],
)
def test_parts(header: str | None, part: Part) -> None:
    assert part_of(header) == part


NINES = "9" * 5_000


@pytest.mark.parametrize(
    "header",
    [
        "items 0-1/2",
        "bytes 5-4/10",
        "bytes 0-10/10",
        "bytes -1-2/3",
        "bytes \u0661-\u0662/\u0663",
        f"bytes 0-{NINES}/*",
        f"bytes {NINES}-{NINES}/{NINES}",
        f"bytes 0-1/{NINES}",
    ],
    ids=lambda header: header[:24],
)
def test_what_is_no_range_is_said(header: str) -> None:
    with pytest.raises(BadRange, match="Content-Range"):
        part_of(header)
