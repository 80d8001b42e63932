"""How new stations come into service: policy, steps, and decisions about one station."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from apps.accounts.roles import Permission
from apps.dashboard.access import PageRequest, page
from apps.dashboard.forms.onboarding import (
    STEP_FORMS,
    AcceptForm,
    PolicyForm,
    StepForm,
    form_of,
)
from apps.dashboard.presenters.onboarding import setup_lines
from apps.onboarding import recipe, selectors, services
from apps.stations import selectors as stations
from apps.stations.models import Station

_MAY = (Permission.SEE_STATIONS, Permission.EDIT_NETWORK)
_LABELS = {
    "accept": ("Accept", "It is set up, if there are steps, and taken into service."),
    "reject": ("Reject", "It is told so at its next boot, and nothing is said to it any more."),
    "again": ("Try again", "The steps that are not done are tried again."),
    "restart": (
        "Run set-up again",
        "All steps, as they are now. A station in service stays in service.",
    ),
}


@page(*_MAY)
def show(request: PageRequest) -> HttpResponse:
    """The policy, the steps, and who is on the way."""
    actor = request.user
    given = request.POST if request.method == "POST" else None
    form = PolicyForm(given, instance=selectors.get_policy(actor))
    if form.is_valid() and _saved(request, form):
        return redirect("dashboard:onboarding")
    context = {
        "form": form,
        "steps": [(step, selectors.title(step)) for step in selectors.list_steps(actor)],
        "kinds": [(kind, made.title, made.about) for kind, made in STEP_FORMS.items()],
        "held": selectors.list_held(actor),
        "unfinished": setup_lines(actor),
    }
    status = 422 if form.is_bound else 200
    return render(request, "onboarding/page.html", context, status=status)


@page(*_MAY)
def add_step(request: PageRequest, kind: str) -> HttpResponse:
    form_class = STEP_FORMS.get(kind)
    if form_class is None:
        raise Http404(kind)
    form = form_class(request.POST if request.method == "POST" else None)

    def save() -> None:
        data = form.cleaned_data
        recipe.add_step(
            request.user, name=form.step_name(), parameters=form.parameters(),
            must_succeed=data["must_succeed"],
        )  # fmt: skip

    return _edited(request, form, save)


@page(*_MAY)
def edit_step(request: PageRequest, step_id: int) -> HttpResponse:
    step = selectors.get_step(request.user, step_id)
    form = form_of(step)(request.POST if request.method == "POST" else None, step=step)

    def save() -> None:
        step.name = form.step_name()
        recipe.change_step(
            step,
            actor=request.user,
            parameters=form.parameters(),
            must_succeed=form.cleaned_data["must_succeed"],
        )

    return _edited(request, form, save)


@require_POST
@page(*_MAY)
def arrange_step(request: PageRequest, step_id: int, how: str) -> HttpResponse:
    """Up, down or away."""
    actor = request.user
    step = selectors.get_step(actor, step_id)
    changes: dict[str, Callable[[], None]] = {
        "up": lambda: recipe.move_step(step, actor=actor, is_up=True),
        "down": lambda: recipe.move_step(step, actor=actor, is_up=False),
        "remove": lambda: recipe.remove_step(step, actor=actor),
    }
    if how not in changes:
        raise Http404(how)
    changes[how]()
    return redirect("dashboard:onboarding")


@page(Permission.SEE_STATIONS, Permission.EDIT_STATIONS)
def decide(request: PageRequest, identity: str, what: str) -> HttpResponse:
    """Asks, and does it."""
    if what not in _LABELS:
        raise Http404(what)
    station = stations.get_station(request.user, identity)
    places = stations.list_locations(request.user) if what == "accept" else None
    form = None
    if places is not None:
        given = request.POST if request.method == "POST" else None
        form = AcceptForm(given, locations=places, initial={"location": station.location_id})
    if request.method == "POST" and (form is None or form.is_valid()):
        _do(request, what, station, form.cleaned_data["location"] if form else None)
        return redirect("dashboard:station", identity=identity)
    label, help_text = _LABELS[what]
    context = {"station": station, "label": label, "help": help_text, "form": form, "what": what}
    status = 422 if request.method == "POST" else 200
    return render(request, "onboarding/decide.html", context, status=status)


def _do(request: PageRequest, what: str, station: Station, location: Any) -> None:
    actor, now = request.user, timezone.now()
    if what == "accept":
        services.accept(station, actor=actor, now=now, location=location)
    elif what == "reject":
        services.reject(station, actor=actor, now=now)
    elif what == "again":
        services.try_again(station, actor=actor, now=now)
    else:
        services.begin(station.pk, actor=actor, now=now)


def _edited(request: PageRequest, form: StepForm, save: Callable[[], None]) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            save()
            return redirect("dashboard:onboarding")
        except recipe.TooMany as error:
            form.add_error(None, str(error))
    status = 422 if form.is_bound else 200
    return render(request, "onboarding/step.html", {"form": form}, status=status)


def _saved(request: PageRequest, form: PolicyForm) -> bool:
    try:
        services.set_policy(request.user, **form.changed())
    except ValidationError as error:
        for name, words in error.message_dict.items():
            form.add_error(name if name in form.fields else None, words)
        return False
    return True
