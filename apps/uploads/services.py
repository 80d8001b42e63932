"""Writes: open an upload, take a file in, remove files."""

import fcntl
import hashlib
import hmac
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings

from apps.live.announce import announce
from apps.uploads.addresses import make_secret
from apps.uploads.models import Upload
from apps.uploads.ranges import Part

LONGEST_NAME = 100


class Refused(Exception):
    """``status`` is HTTP's, the text tells the station's maker what to do."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


def open_upload(*, organisation_id: int, station_id: int, now: datetime) -> tuple[Upload, str]:
    """An upload, and its address with the password in it, which is kept nowhere else."""
    return open_uploads([(organisation_id, station_id)], now=now)[0]


def open_uploads(whose: Sequence[tuple[int, int]], *, now: datetime) -> list[tuple[Upload, str]]:
    """One for each (organisation, station), in as few queries as for one."""
    expires_at = now + timedelta(seconds=settings.OCPP_UPLOAD_EXPIRY_S)
    rows = Upload.objects.bulk_create(
        Upload(
            organisation_id=organisation_id,
            station_id=station_id,
            opened_at=now,
            expires_at=expires_at,
        )
        for organisation_id, station_id in whose
    )
    opened = [(upload, make_secret(upload.pk)) for upload in rows]
    for upload, secret in opened:
        upload.secret_digest = _digest(secret)
    Upload.objects.bulk_update(rows, ["secret_digest"])
    return [(upload, _address(upload, secret)) for upload, secret in opened]


def _address(upload: Upload, secret: str) -> str:
    base = urlsplit(settings.OCPP_PUBLIC_URL)
    where = f"{upload.pk}:{secret}@{base.netloc}"
    path = f"{base.path.rstrip('/')}/uploads/{upload.pk}/"
    return urlunsplit((base.scheme, where, path, "", ""))


def belong_to(asked: Sequence[tuple[Upload, int]]) -> None:
    """The commands (by their key) that asked for the files."""
    for upload, command_id in asked:
        upload.command_id = command_id
    Upload.objects.bulk_update([upload for upload, _ in asked], ["command_id"])


def is_awaited(command_id: int) -> bool:
    """Whether the file that the command asked for should come here, and has not."""
    return Upload.objects.filter(command_id=command_id, completed_at=None).exists()


def list_come(command_ids: Collection[int]) -> list[int]:
    """Those of the commands whose file is here."""
    come = Upload.objects.filter(command_id__in=command_ids, completed_at__isnull=False)
    return [
        upload.command_id for upload in come.order_by("command_id") if upload.command_id is not None
    ]


def find_open(upload_id: int, user: str, secret: str, now: datetime) -> Upload:
    """The upload that this password opens; Refused 401, 404 or 410."""
    upload = Upload.objects.filter(pk=upload_id).first()
    if upload is None:
        raise Refused(404, "There is no such upload address.")
    is_known = hmac.compare_digest(upload.secret_digest, _digest(secret))
    if user != str(upload.pk) or not is_known:
        raise Refused(401, "The user name and password of the upload address are needed.")
    if upload.completed_at is not None or now >= upload.expires_at:
        raise Refused(410, "This address has been used or has expired; ask for the file again.")
    return upload


def take(upload: Upload, name: str, part: Part, chunks: Iterable[bytes], now: datetime) -> Upload:
    """Append a part. Refused 409 (with where to go on) or 413; what came before stays.

    One transfer at a time: a station that lost its line may try again before we noticed.
    """
    if part.total is not None and part.total > settings.OCPP_UPLOAD_MAX_BYTES:
        raise _too_large()
    with _held(upload) as file:
        upload.refresh_from_db(fields=["name", "path", "size_bytes", "completed_at"])
        if upload.completed_at is not None or part.first != upload.size_bytes:
            raise Refused(409, f"Go on at byte {upload.size_bytes}.")
        upload.name = upload.name or _plain(name)
        upload.path = _path_of(upload)
        upload.size_bytes = _append(file, part.first, chunks)
        if upload.size_bytes > settings.OCPP_UPLOAD_MAX_BYTES:
            file.truncate(0)
            Upload.objects.filter(pk=upload.pk).update(size_bytes=0)
            raise _too_large()
        upload.completed_at = now if part.is_last else None
        upload.save(update_fields=["name", "path", "size_bytes", "completed_at"])
    announce(upload.organisation_id, f"station:{upload.station_id}")
    return upload


def remove_files(upload_ids: Sequence[int]) -> None:
    """What lies behind these doors goes; the doors themselves stay."""
    for upload in Upload.objects.filter(pk__in=upload_ids):
        (_folder() / _path_of(upload)).unlink(missing_ok=True)


def file_of(upload: Upload) -> Path:
    """Where the file of a completed upload lies."""
    return _folder() / upload.path


@contextmanager
def _held(upload: Upload) -> Iterator[BinaryIO]:
    """The file of the upload, for this transfer alone. Refused 409 while another one runs."""
    path = _folder() / _path_of(upload)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refused(409, "Another transfer to this address is running.") from error
        yield file


def _path_of(upload: Upload) -> str:
    return upload.path or f"{upload.opened_at:%Y-%m}/{upload.pk}"


def _append(file: BinaryIO, first: int, chunks: Iterable[bytes]) -> int:
    """The file's size afterwards, on the disk; it stops soon after the limit."""
    file.truncate(first)
    size_bytes = first
    for chunk in chunks:
        file.write(chunk)
        size_bytes += len(chunk)
        if size_bytes > settings.OCPP_UPLOAD_MAX_BYTES:
            break
    file.flush()
    os.fsync(file.fileno())
    return size_bytes


def _too_large() -> Refused:
    return Refused(413, f"At most {settings.OCPP_UPLOAD_MAX_BYTES} bytes are taken.")


def _plain(name: str) -> str:
    """A file name without a path and without what a browser or a shell could take amiss."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(c if c.isalnum() or c in "._-" else "_" for c in last)
    return kept.lstrip(".")[:LONGEST_NAME] or "file"


def _folder() -> Path:
    return Path(settings.OCPP_UPLOAD_FOLDER)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
