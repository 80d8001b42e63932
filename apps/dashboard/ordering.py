"""The form of an order for many: that of a command at one station, or that of a deed."""

from dataclasses import dataclass
from typing import Any

from django import forms

from apps.campaigns.models import Target
from apps.dashboard.access import PageRequest
from apps.dashboard.actions import find_action
from apps.dashboard.commands import SCREENS
from apps.dashboard.forms.commands import CommandForm
from apps.dashboard.forms.jobs import DEED_FORMS, DeedForm
from apps.domain.commands import COMMANDS, parameters
from apps.jobs.models import Job
from apps.jobs.orders import DEEDS
from apps.stations.models import Station
from apps.stations.selectors import list_connectors

SEVERE = 2  # the danger from which on several stations at once are no small thing


@dataclass(frozen=True, slots=True)
class Asked:
    """``sample``: the station whose version the form speaks, "" where it speaks none."""

    form: forms.Form
    label: str
    help: str
    danger: int
    sample: str
    is_for_stations: bool

    def given(self) -> dict[str, Any]:
        """The parameters of the order; the form must be valid."""
        if isinstance(self.form, CommandForm):
            return parameters(self.form.command())
        return self.form.given() if isinstance(self.form, DeedForm) else {}

    def is_severe(self, count: int) -> bool:
        return self.danger >= SEVERE and count > 1


def ask(request: PageRequest, job: Job) -> Asked | None:
    """Filled with what is given, or with what was; None where nobody gives it by hand."""
    given = request.POST if request.method == "POST" else None
    if (deed := DEEDS.get(job.action)) is not None:
        initial = {**(job.parameters or {}), "reason": job.reason}
        form = DEED_FORMS[job.action](given, initial=initial, actor=request.user)
        return Asked(form, deed.label, "", deed.danger, "", is_for_stations=False)
    return _of_command(request, job)


def _of_command(request: PageRequest, job: Job) -> Asked | None:
    preset = _preset(request, job)
    action = find_action(job.action, {**preset, **request.POST.dict()})
    kind, sample = COMMANDS.get(job.action), _sample(job)
    form_class = SCREENS[kind].form if kind else None
    if action is None or form_class is None or sample is None:
        return None
    form = form_class(
        request.POST if request.method == "POST" else None,
        station=sample,
        initial={**preset, "reason": job.reason},
        evses=_evses(request, job),
        danger=action.danger,
    )
    form.know(request.user)
    if "of" in form.fields:
        del form.fields["of"]  # a variable of one station
    return Asked(
        form, action.label, action.help, action.danger, sample.identity, is_for_stations=True
    )


def _preset(request: PageRequest, job: Job) -> dict[str, str]:
    """Of the address, else of what was filled in before: plain values alone."""
    if preset := {name: text for name, text in request.GET.dict().items() if name != "of"}:
        return preset
    before = (job.parameters or {}).items()
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in before
        if isinstance(value, str | int) and value != ""
    }


def _sample(job: Job) -> Station | None:
    """One of the list, of the version that most of them speak; one that was connected if any."""
    mine = Target.objects.filter(campaign=job.pk).order_by("pk")
    versions = list(mine.values_list("station__protocol", flat=True))
    known = [version for version in versions if version]
    most = max(set(known), key=known.count) if known else ""
    first = mine.filter(station__protocol=most).select_related("station").first()
    return first.station if first else None


def _evses(request: PageRequest, job: Job) -> list[int]:
    mine = Target.objects.filter(campaign=job.pk).values_list("station_id", flat=True)
    found = list_connectors(request.user, list(mine)).order_by()
    return sorted(set(found.values_list("evse__number", flat=True))) or [1]
