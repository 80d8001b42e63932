"""Messages in files that anybody can read: gzip of lines of JSON, the first says what follows.

A file holds messages of one organisation and one UTC month, oldest first. It is written beside,
brought to the disk, and then linked to its name, which fails where there is one already: under
its name a file is whole and never changes. It is read by nobody but its owner.
"""

import gzip
import os
import secrets
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from apps.domain.months import Month
from apps.journal.models import Message

SHAPE = "ocpp-messages/1"
COLUMNS = tuple(
    field.attname
    for field in Message._meta.concrete_fields
    if field.attname not in ("organisation_id", "kept_until")
)
_NUMBERS = ("organisation_id", "part", "rows", "ids")
_NAME = "organisation-{0}/messages-{1}-{2:04}.jsonl.gz"
_LONGEST_LINE = 64_000_000
_HIGHEST = 2**53  # a number above it was never given, and would be the last that could be
_UNFINISHED = timedelta(days=1)

Row = tuple[Any, ...]
Key = tuple[datetime, int]


class Unusable(Exception):
    """The file is no archive, or not whole; the words say what to do."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a file holds. ``part`` counts from 1, ``ids`` is the sum of the ids of its rows;
    ``first`` and ``last`` are (at, id)."""

    organisation_id: int
    month: str
    part: int
    rows: int
    ids: int
    first: Key
    last: Key

    @property
    def name(self) -> str:
        """Of its file, below the folder of all."""
        return _NAME.format(self.organisation_id, self.month, self.part)


def list_parts(folder: Path, organisation_id: int, month: Month) -> list[tuple[Path, Header]]:
    """The files of a month, in their order. What is listed is on the disk."""
    pattern = _NAME.format(organisation_id, month, 0).replace("0000", "*")
    found = sorted(folder.glob(pattern))
    if found:
        _sync(found[0].parent)
    return [(path, read_header(path)) for path in found]


def write(folder: Path, header: Header, rows: Iterable[Row]) -> bool:
    """Whether the file is there by us; no, where another was first or ``rows`` have changed."""
    path = folder / header.name
    _make_folder(path.parent)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with open(beside, "xb", opener=_private) as file:
            is_whole = _fill(file, header, rows)
            file.flush()
            os.fsync(file.fileno())
        if is_whole:
            os.link(beside, path)
            _sync(path.parent)
        return is_whole
    except FileExistsError:
        return False
    finally:
        beside.unlink(missing_ok=True)


def sweep(folder: Path, now: datetime) -> None:
    """Remove what was begun and never finished."""
    for path in folder.glob("organisation-*/.messages-*"):
        with suppress(FileNotFoundError):
            if datetime.fromtimestamp(path.stat().st_mtime, UTC) < now - _UNFINISHED:
                path.unlink()


def read_header(path: Path) -> Header:
    """Raises Unusable."""
    with _opened(path) as file:
        return _header(path, file)


def read_through(path: Path) -> None:
    """Raises Unusable where the file is cut or damaged, or holds another number than it says."""
    with _opened(path) as file:
        header = _header(path, file)
        rows = sum(1 for _ in _lines(path, file))
    if rows != header.rows:
        raise _wrong(path, f"it holds {rows} messages and says {header.rows}")


def read_rows(path: Path) -> Iterator[Row]:
    """The messages in the order of COLUMNS, read as they are asked for. Raises Unusable, at the
    end too, where the file is cut or holds another number than it says."""
    with _opened(path) as file:
        header, rows = _header(path, file), 0
        for row in _rows(path, file, Month.named(header.month)):
            rows += 1
            yield row
    if rows != header.rows:
        raise _wrong(path, f"it holds {rows} messages and says {header.rows}")


def _fill(file: BinaryIO, header: Header, rows: Iterable[Row]) -> bool:
    """Whether ``rows`` were those of the header."""
    count, last = 0, None
    with gzip.GzipFile(filename="", mode="wb", fileobj=file, compresslevel=6, mtime=0) as packed:
        packed.write(orjson.dumps({"shape": SHAPE, **asdict(header)}) + b"\n")
        for row in rows:
            members = dict(zip(COLUMNS, row, strict=True))
            packed.write(orjson.dumps(members) + b"\n")
            count, last = count + 1, (members["at"], members["id"])
    return (count, last) == (header.rows, header.last)


def _header(path: Path, file: gzip.GzipFile) -> Header:
    members = next(_lines(path, file), {})
    if members.pop("shape", None) != SHAPE:
        raise _wrong(path, f"its first line does not say {SHAPE}")
    try:
        first, last = (_key(members.pop(name)) for name in ("first", "last"))
        header = Header(**members, first=first, last=last)
        Month.named(header.month).end  # noqa: B018 - none ends after the last year
        if not all(type(getattr(header, name)) is int for name in _NUMBERS):
            raise TypeError(_NUMBERS)
    except (KeyError, TypeError, ValueError) as error:
        raise _wrong(path, "its first line does not say what it holds") from error
    return header


def _rows(path: Path, file: gzip.GzipFile, month: Month) -> Iterator[Row]:
    for members in _lines(path, file):
        try:
            row = tuple(_value(name, members.pop(name)) for name in COLUMNS)
        except (KeyError, TypeError, ValueError) as error:
            raise _wrong(path, f"a line is no message ({error})") from error
        if members or row[_AT] not in month:
            raise _wrong(path, "a line is no message of that month")
        yield row


def _lines(path: Path, file: gzip.GzipFile) -> Iterator[dict[str, Any]]:
    """Raises Unusable for what is no gzip, no JSON object, or ends before its end."""
    try:
        while line := file.readline(_LONGEST_LINE):
            members = orjson.loads(line)
            if not isinstance(members, dict) or not line.endswith(b"\n"):
                raise _wrong(path, "a line is no JSON object")
            yield members
    except EOFError as error:
        raise _wrong(path, "it ends too soon") from error
    except (OSError, zlib.error, orjson.JSONDecodeError) as error:
        raise _wrong(path, str(error)) from error


def _value(name: str, value: Any) -> Any:
    """As the column takes it; TypeError or ValueError where it does not."""
    if name == "at":
        at = datetime.fromisoformat(value)
        if at.tzinfo is None:
            raise ValueError(name)
        return at
    kinds, longest = _TAKEN[name]
    if type(value) not in kinds:
        raise TypeError(name)
    if isinstance(value, str) and ("\0" in value or len(value) > longest):
        raise ValueError(name)
    if isinstance(value, int) and not 0 <= value <= _HIGHEST:
        raise ValueError(name)
    return value


def _taken(field: Any) -> tuple[set[type], float]:
    """The types that a column takes, and how long a text may be."""
    kinds: set[type] = {type(None)} if field.null else set()
    name = field.get_internal_type()
    if name in ("CharField", "TextField"):
        return kinds | {str}, field.max_length or _LONGEST_LINE
    return kinds | ({float, int} if name == "FloatField" else {int}), 0


_AT = COLUMNS.index("at")
_TAKEN = {name: _taken(Message._meta.get_field(name)) for name in COLUMNS}


def _key(value: Any) -> Key:
    at, number = value
    return datetime.fromisoformat(at), int(number)


def _opened(path: Path) -> gzip.GzipFile:
    try:
        return gzip.GzipFile(path, "rb")
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror}.") from error


def _wrong(path: Path, why: str) -> Unusable:
    return Unusable(
        f"{path} cannot be used: {why}. Nothing was read back; take another copy of the file."
    )


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sync(folder.parent)


def _sync(folder: Path) -> None:
    """Bring the names in ``folder`` to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
