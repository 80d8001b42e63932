"""Rules of who is told of incidents."""

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from apps.accounts.roles import Permission
from apps.dashboard.access import PageRequest, page
from apps.dashboard.forms.incidents import RuleForm
from apps.incidents import notices, rules, selectors

_TOLD = 20


@page(Permission.SEE_STATIONS, Permission.ADMINISTER)
def show(request: PageRequest) -> HttpResponse:
    """All of them, what they told last, and the form of another one."""
    form = RuleForm(request.POST or None, actor=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            rules.add_rule(
                organisation_id=request.user.organisation_id, **form.cleaned_data,
                actor=request.user, now=timezone.now(),
            )  # fmt: skip
        except ValidationError as wrong:
            form.add_error(None, wrong)
        else:
            return redirect("dashboard:rules")
    return _page(request, form, status=422 if request.method == "POST" else 200)


@require_POST
@page(Permission.SEE_STATIONS, Permission.ADMINISTER)
def act(request: PageRequest, rule_id: int, what: str) -> HttpResponse:
    """Send it a test, or remove it."""
    rule = selectors.get_rule(request.user, rule_id)
    if what == "remove":
        rules.remove_rule(rule, actor=request.user)
        return redirect("dashboard:rules")
    error = notices.send_test(rule, now=timezone.now())
    tested = (rule.name, error)
    form = RuleForm(actor=request.user)
    return _page(request, form, tested=tested)


def _page(
    request: PageRequest,
    form: RuleForm,
    *,
    status: int = 200,
    tested: tuple[str, str] | None = None,
) -> HttpResponse:
    context = {
        "form": form,
        "rules": selectors.list_rules(request.user),
        "told": selectors.list_notices(request.user, _TOLD),
        "tested": tested,
    }
    return render(request, "incidents/rules.html", context, status=status)
