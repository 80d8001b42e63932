"""Files that stations have sent."""

from django.http import FileResponse, Http404

from apps.accounts.roles import Permission
from apps.dashboard.access import PageRequest, page
from apps.uploads import selectors, services


@page(Permission.SEE_STATIONS, Permission.SEE_MESSAGES)
def download(request: PageRequest, upload_id: int) -> FileResponse:
    """As an attachment, whatever it holds."""
    upload = selectors.get_file(request.user, upload_id)
    path = services.file_of(upload)
    if not path.is_file():
        raise Http404(f"{upload.name} is no longer there.")
    return FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=upload.name,
        content_type="application/octet-stream",
    )
