"""Cards, apps and contracts: who may charge."""

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from apps.accounts.roles import Permission
from apps.dashboard.access import PageRequest, page
from apps.dashboard.forms.records import TokenForm
from apps.dashboard.forms.tokens import RulesForm
from apps.dashboard.paging import page_of
from apps.lists import policy as list_policy
from apps.lists import selectors as lists
from apps.tokens import selectors, services
from apps.tokens.models import Token

_STATUSES = tuple(Token._meta.get_field("status").choices or ())


@page(Permission.HELP_DRIVER)
def show_list(request: PageRequest) -> HttpResponse:
    q, status = request.GET.get("q", "").strip(), request.GET.get("status", "")
    found = selectors.list_tokens(request.user, q=q, status=status)
    return render(
        request,
        "tokens/list.html",
        {
            "page": page_of(found, ("uid", "id"), request.GET.get("after", "")),
            "q": q,
            "status": status,
            "statuses": _STATUSES,
            "total": found.order_by().count(),
            "attempts": selectors.list_attempts(request.user, limit=15),
        },
    )


@page(Permission.HELP_DRIVER, Permission.EDIT_TOKENS)
def add(request: PageRequest) -> HttpResponse:
    draft = Token(organisation_id=request.user.organisation_id)
    if request.method != "POST":
        form = TokenForm(instance=draft, initial={"uid": request.GET.get("uid", "")})
        return render(request, "tokens/add.html", {"form": form})
    form = TokenForm(request.POST, instance=draft)
    if not form.is_valid():
        return render(request, "tokens/add.html", {"form": form}, status=422)
    token = services.add_token(
        organisation_id=request.user.organisation_id, actor=request.user, **form.cleaned_data
    )
    return redirect(f"{reverse('dashboard:tokens')}?q={token.uid}")


@require_POST
@page(Permission.HELP_DRIVER, Permission.EDIT_TOKENS)
def set_status(request: PageRequest, token_id: int) -> HttpResponse:
    """Block or unblock; the way back is the same button."""
    token = selectors.get_token(request.user, token_id)
    status = "blocked" if request.POST.get("status") == "blocked" else "accepted"
    services.change_token(token, actor=request.user, status=status)
    if request.htmx:
        return render(request, "tokens/_row.html", {"token": token})
    return redirect(f"{reverse('dashboard:tokens')}?q={token.uid}")


@page(Permission.HELP_DRIVER, Permission.EDIT_TOKENS)
def rules(request: PageRequest) -> HttpResponse:
    """What holds for all tokens, and for all local lists."""
    actor = request.user
    given = request.POST if request.method == "POST" else None
    form = RulesForm(given, tokens=selectors.get_policy(actor), lists=lists.get_policy_of(actor))
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "tokens/rules.html", {"form": form}, status=status)
    with transaction.atomic():
        for_tokens = form.of("max_sessions", "master_pass_group")
        services.set_policy(actor.organisation_id, actor=actor, **for_tokens)
        for_lists = form.of("scope", "is_automatic")
        list_policy.set_policy(actor.organisation, actor=actor, **for_lists)
    return redirect("dashboard:tokens")
