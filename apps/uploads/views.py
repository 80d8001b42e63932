"""The HTTP side of an upload: PUT or POST of a file, HEAD to ask how much has come."""

import base64
import binascii
from collections.abc import Iterator

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from apps.uploads import services
from apps.uploads.ranges import BadRange, part_of

_CHUNK_BYTES = 1 << 16


@csrf_exempt
@require_http_methods(["PUT", "POST", "HEAD"])
def receive(request: HttpRequest, upload_id: int, name: str = "") -> HttpResponse:
    """201 when the file is whole, 202 when more must follow; ``Upload-Offset`` says from where."""
    now = timezone.now()
    try:
        user, secret = _credentials(request)
        upload = services.find_open(upload_id, user, secret, now)
        if request.method != "HEAD":
            part = part_of(request.headers.get("Content-Range"))
            upload = services.take(upload, name or _named(request), part, _chunks(request), now)
    except services.Refused as refused:
        return _refusal(refused)
    except BadRange as problem:
        return _refusal(services.Refused(400, str(problem)))
    status = 200 if request.method == "HEAD" else 201 if upload.completed_at else 202
    return HttpResponse(status=status, headers={"Upload-Offset": str(upload.size_bytes)})


def _chunks(request: HttpRequest) -> Iterator[bytes]:
    """The file: of a form where the station sends one, else the body as it is."""
    if request.content_type == "multipart/form-data":
        file = _form_file(request)
        if file is not None:
            yield from file.chunks()
        return
    while chunk := request.read(_CHUNK_BYTES):
        yield chunk


def _named(request: HttpRequest) -> str:
    file = _form_file(request) if request.content_type == "multipart/form-data" else None
    return (file.name or "") if file is not None else ""


def _form_file(request: HttpRequest) -> "UploadedFile[bytes] | None":
    """The first file of the form, whatever its field is called."""
    files = (request.FILES[field] for field in request.FILES)
    return next((file for file in files if isinstance(file, UploadedFile)), None)


def _credentials(request: HttpRequest) -> tuple[str, str]:
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    try:
        plain = base64.b64decode(encoded, validate=True).decode() if scheme == "Basic" else ""
    except (binascii.Error, UnicodeDecodeError):
        plain = ""
    user, _, secret = plain.partition(":")
    return user, secret


def _refusal(refused: services.Refused) -> HttpResponse:
    response = HttpResponse(refused.detail + "\n", status=refused.status, content_type="text/plain")
    if refused.status == 401:
        response["WWW-Authenticate"] = 'Basic realm="upload"'
    return response
