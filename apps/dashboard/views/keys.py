"""API keys: created, changed, rotated, revoked. A secret is on the page that answers, and once."""

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from apps.accounts import keys, selectors
from apps.accounts.models import ApiKey
from apps.accounts.roles import Permission, Role
from apps.dashboard.access import PageRequest, page
from apps.dashboard.forms.keys import KeyForm, RotateForm
from apps.dashboard.paging import page_of
from apps.dashboard.presenters.keys import key_rows

_ORDER = ("-created_at", "-id")


@page(Permission.ADMINISTER)
def show_list(request: PageRequest) -> HttpResponse:
    found = page_of(selectors.list_keys(request.user), _ORDER, request.GET.get("after", ""))
    rows = key_rows(request.user, found.items, timezone.now())
    return render(request, "keys/list.html", {"page": found, "rows": rows})


@never_cache
@page(Permission.ADMINISTER)
def add(request: PageRequest) -> HttpResponse:
    form = KeyForm(request.POST or None, actor=request.user, initial={"role": Role.VIEWER.value})
    if request.method != "POST" or not form.is_valid():
        return render(
            request, "keys/add.html", {"form": form}, status=422 if form.is_bound else 200
        )
    given = {**form.changes, "role": Role(form.changes["role"])}
    key, secret = keys.create_api_key(
        organisation=request.user.organisation, actor=request.user, **given
    )
    return _key(request, key, secret=secret)


@page(Permission.ADMINISTER)
def show(request: PageRequest, key_id: int) -> HttpResponse:
    """What it may do; both that and its end can be changed."""
    key = selectors.get_key(request.user, key_id)
    form = _form(request, key, bound=request.method == "POST")
    if form.is_bound and form.is_valid():
        try:
            keys.change_key(key, actor=request.user, **form.changes)
        except ValidationError as wrong:
            form.add_error(None, wrong.messages)
        else:
            return redirect("dashboard:keys")
    return _key(request, key, form=form, status=422 if form.is_bound else 200)


@require_POST
@never_cache
@page(Permission.ADMINISTER)
def rotate(request: PageRequest, key_id: int) -> HttpResponse:
    """Another secret; the one until now works for as long as is said."""
    key, now = selectors.get_key(request.user, key_id), timezone.now()
    form = RotateForm(request.POST)
    if form.is_valid():
        try:
            secret = keys.rotate(key, actor=request.user, now=now, **form.cleaned_data)
        except ValidationError as wrong:
            form.add_error(None, wrong.messages)
        else:
            return _key(request, selectors.get_key(request.user, key_id), secret=secret)
    return _key(request, key, rotating=form, status=422)


@require_POST
@page(Permission.ADMINISTER)
def revoke(request: PageRequest, key_id: int) -> HttpResponse:
    keys.revoke(selectors.get_key(request.user, key_id), actor=request.user, now=timezone.now())
    return redirect("dashboard:keys")


def _form(request: PageRequest, key: ApiKey, *, bound: bool = False) -> KeyForm:
    ends = (
        None
        if key.expires_at is None
        else timezone.localtime(key.expires_at).replace(microsecond=0)
    )
    known = {"name": key.name, "expires_at": ends}
    data = request.POST if bound else None
    return KeyForm(data, actor=request.user, mandate=key, initial=known)


def _key(
    request: PageRequest,
    key: ApiKey,
    *,
    form: KeyForm | None = None,
    rotating: RotateForm | None = None,
    secret: str = "",
    status: int = 200,
) -> HttpResponse:
    (row,) = key_rows(request.user, [key], timezone.now())
    context = {
        "row": row,
        "key": key,
        "form": form or _form(request, key),
        "rotating": rotating or RotateForm(),
        "secret": secret,
    }
    return render(request, "keys/page.html", context, status=status)
