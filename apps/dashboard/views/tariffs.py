"""Tariffs: what charging costs, where, since when, and an example."""

from dataclasses import dataclass
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.forms import ModelForm
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from apps.accounts.roles import Permission
from apps.dashboard.access import PageRequest, page
from apps.dashboard.forms.records import TariffForm, VersionForm
from apps.domain.periods import ChargingPeriod
from apps.tariffs import selectors, services
from apps.tariffs.models import Tariff, TariffVersion
from apps.tariffs.pricing import Price, price
from apps.tariffs.rates import rates

_EXAMPLE_WH = 20_000
_EXAMPLE = timedelta(minutes=45)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A tariff, the version in force now, and what 20 kWh in 45 minutes cost under it."""

    tariff: Tariff
    current: TariffVersion | None
    versions: list[TariffVersion]
    example: Price | None


@page(Permission.SEE_MONEY)
def show_list(request: PageRequest) -> HttpResponse:
    sheets = [_sheet(tariff) for tariff in selectors.list_tariffs(request.user)]
    return render(request, "tariffs/list.html", {"sheets": sheets})


@page(Permission.SEE_MONEY, Permission.EDIT_TARIFFS)
def add(request: PageRequest) -> HttpResponse:
    organisation = request.user.organisation
    draft = Tariff(organisation=organisation, currency=organisation.currency)
    if request.method != "POST":
        form = TariffForm(instance=draft, actor=request.user)
        return render(request, "tariffs/add.html", {"form": form})
    form = TariffForm(request.POST, instance=draft, actor=request.user)
    if form.is_valid():
        tariff = _saved(request, form)
        if tariff is not None:
            return redirect("dashboard:version-add", tariff_id=tariff.pk)
    return render(request, "tariffs/add.html", {"form": form}, status=422)


@page(Permission.SEE_MONEY, Permission.EDIT_TARIFFS)
def add_version(request: PageRequest, tariff_id: int) -> HttpResponse:
    tariff = selectors.get_tariff(request.user, tariff_id)
    if request.method != "POST":
        return render(request, "tariffs/version.html", {"form": VersionForm(), "tariff": tariff})
    form = VersionForm(request.POST)
    if form.is_valid():
        try:
            services.add_version(tariff, actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            _spread(form, error)
        else:
            return redirect("dashboard:tariffs")
    return render(request, "tariffs/version.html", {"form": form, "tariff": tariff}, status=422)


def _saved(request: PageRequest, form: TariffForm) -> Tariff | None:
    try:
        return services.add_tariff(
            organisation_id=request.user.organisation_id, actor=request.user, **form.cleaned_data
        )
    except ValidationError as error:
        _spread(form, error)
        return None


def _spread(form: ModelForm, error: ValidationError) -> None:
    for name, messages in error.message_dict.items():
        form.add_error(name if name in form.fields else None, messages)


def _sheet(tariff: Tariff) -> Sheet:
    now = timezone.now()
    current = selectors.version_at(tariff, now)
    example = None
    if current is not None:
        current.tariff = tariff
        example = price(rates(current), [ChargingPeriod(now, now + _EXAMPLE, _EXAMPLE_WH)])
    return Sheet(tariff, current, list(tariff.versions.all()), example)
