"""Forms of reports, monitors and customer information; they know what the station told."""

from typing import Any, cast

from django import forms

from apps.commands.abilities import refusal
from apps.dashboard.forms.commands import CommandForm
from apps.dashboard.forms.configuration import label_of, named, number
from apps.device import severity, values
from apps.device.models import Monitor
from apps.device.values import shape_of
from apps.domain import device
from apps.domain.command import BadParameters, Command
from apps.domain.maintenance import ClearMonitors, SetMonitors
from apps.stations.models import Variable

_SEVERITIES = [(n, f"{n} – {text}") for n, text in enumerate(severity.WORDS)]
_BASES = [
    ("full", "Everything"),
    ("configuration", "What can be set"),
    ("summary", "What goes wrong"),
]
_KINDS = [
    ("UpperThreshold", "It rises above the value"),
    ("LowerThreshold", "It falls below the value"),
    ("Delta", "It changes by the value; words and switches: any change is 1"),
    ("Periodic", "Every so many seconds"),
    ("PeriodicClockAligned", "Every so many seconds by the clock"),
]
_THRESHOLDS = ("UpperThreshold", "LowerThreshold")
_MOST = 1000


class ReadModelForm(CommandForm):
    base = forms.ChoiceField(label="What")

    def _fit(self) -> None:
        station = self.station
        known = [b for b in _BASES if not refusal(station.protocol, device.ReadDeviceModel(b[0]))]
        cast(forms.ChoiceField, self.fields["base"]).choices = known

    def command(self) -> Command:
        return device.ReadDeviceModel(self.cleaned_data["base"])


class ReportForm(CommandForm):
    """Of components by their state, of variables by their name, or both."""

    criteria = forms.MultipleChoiceField(
        label="Components that are",
        required=False,
        choices=[(word, word.capitalize()) for word in device.CRITERIA],
        widget=forms.CheckboxSelectMultiple,
    )
    names = forms.CharField(
        label="Only these",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "EVSE.Power"}),
        help_text="One a line: a component, Component.Variable, or a key of OCPP 1.6.",
    )

    def _fit(self) -> None:
        station = self.station
        if refusal(station.protocol, device.GetReport((device.CRITERIA[0],))):
            del self.fields["criteria"]

    def clean(self) -> dict[str, Any]:
        lines = [line.strip() for line in self.cleaned_data.get("names", "").splitlines()]
        has_components = "criteria" in self.fields
        items = tuple(_item(line, has_components=has_components) for line in lines if line)
        try:
            self._command = device.GetReport(tuple(self.cleaned_data.get("criteria", ())), items)
        except BadParameters as error:
            raise forms.ValidationError("Name a state or a variable.") from error
        return self.cleaned_data

    def command(self) -> Command:
        return self._command


def _item(line: str, *, has_components: bool) -> dict[str, Any]:
    component, _, variable = line.rpartition(".") if "." in line else (line, "", "")
    if not has_components:
        return {"variable": {"name": line}}
    item: dict[str, Any] = {"component": {"name": component}}
    return item | ({"variable": {"name": variable}} if variable else {})


class MonitoringReportForm(CommandForm):
    criteria = forms.MultipleChoiceField(
        label="Which",
        required=False,
        choices=[(word, word.capitalize()) for word in device.MONITORING_CRITERIA],
        widget=forms.CheckboxSelectMultiple,
        help_text="None chosen: all monitors.",
    )

    def command(self) -> Command:
        return device.GetMonitoringReport(tuple(self.cleaned_data["criteria"]))


class BaseForm(CommandForm):
    base = forms.ChoiceField(
        label="Which monitors",
        choices=[
            ("all", "All that it was made with, and ours"),
            ("factory_default", "As it left the factory; ours go"),
            ("hard_wired_only", "Only those that cannot be cleared; ours go"),
        ],
    )

    def command(self) -> Command:
        return device.SetMonitoringBase(self.cleaned_data["base"])


class LevelForm(CommandForm):
    severity = forms.TypedChoiceField(
        label="Send events up to severity", choices=_SEVERITIES, coerce=int
    )

    def command(self) -> Command:
        return device.SetMonitoringLevel(self.cleaned_data["severity"])


class _VariableField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Variable) -> str:
        return label_of(obj)


class MonitorForm(CommandForm):
    """A monitor on a variable that the station can watch."""

    of = _VariableField(
        Variable.objects.none(), label="Watch", help_text="What it has said it can watch."
    )
    kind = forms.ChoiceField(label="When", choices=_KINDS)
    value = forms.FloatField(label="Value")
    severity = forms.TypedChoiceField(choices=_SEVERITIES, coerce=int, initial=5)
    is_transaction = forms.BooleanField(label="Only while a session runs", required=False)

    def _fit(self) -> None:
        station = self.station
        field = cast(_VariableField, self.fields["of"])
        known = Variable.objects.filter(station=station, attribute="Actual").exclude(component="")
        watched = known.filter(supports_monitoring=True)
        told = watched if watched.exists() else known.exclude(supports_monitoring=False)
        field.queryset = told.order_by("component", "evse_id", "variable")
        if not told.exists():
            field.help_text = "Its device model is not known yet: read it first."
        chosen = told.filter(pk=number(self.initial.get("of"))).first()
        if chosen is not None and shape_of(chosen).kind not in (*values.NUMBERS, ""):
            kinds = [kind for kind in _KINDS if kind[0] not in _THRESHOLDS]
            cast(forms.ChoiceField, self.fields["kind"]).choices = kinds
            self.fields["value"].initial = 1

    def command(self) -> Command:
        data = self.cleaned_data
        value = data["value"]
        wanted = {
            "type": data["kind"],
            "value": int(value) if value.is_integer() else value,
            "severity": data["severity"],
        }
        if data["is_transaction"]:
            wanted["transaction"] = True
        return SetMonitors((named(data["of"]) | wanted,))


class ClearForm(CommandForm):
    """One, or all that are not known to be fixed."""

    id = forms.ChoiceField(label="Which")

    def _fit(self) -> None:
        station = self.station
        known = Monitor.objects.filter(station=station)
        self._all = tuple(m.number for m in known.exclude(origin="hard_wired"))
        each = [(str(m.number), f"{m.number}: {m.component} {m.variable}, {m.kind}") for m in known]
        every = [("all", f"All that can be cleared ({len(self._all)})")] if self._all else []
        cast(forms.ChoiceField, self.fields["id"]).choices = [*every, *each]

    def command(self) -> Command:
        chosen = self.cleaned_data["id"]
        return ClearMonitors(self._all if chosen == "all" else (int(chosen),))


class CustomerForm(CommandForm):
    what = forms.ChoiceField(
        label="What",
        choices=[
            ("report", "Tell what it knows"),
            ("both", "Tell it, then erase it"),
            ("clear", "Erase it"),
        ],
    )
    token = forms.CharField(max_length=36, label="Of the card", required=False)
    token_type = forms.ChoiceField(
        label="Kind of card",
        initial="ISO14443",
        required=False,
        choices=[(t, t) for t in ("ISO14443", "ISO15693", "eMAID", "Central", "KeyCode", "Local")],
    )
    customer = forms.CharField(
        max_length=64,
        label="Or of the customer",
        required=False,
        help_text="As the station knows it.",
    )
    hash_algorithm = forms.ChoiceField(
        label="Or of the certificate: hash",
        required=False,
        choices=[(h, h) for h in ("SHA256", "SHA384", "SHA512")],
    )
    issuer_name_hash = forms.CharField(max_length=128, label="Issuer's name", required=False)
    issuer_key_hash = forms.CharField(max_length=128, label="Issuer's key", required=False)
    serial_number = forms.CharField(max_length=40, label="Serial number", required=False)

    def _fit(self) -> None:
        if self.initial.get("token"):
            for name in ("customer", "hash_algorithm", "issuer_name_hash", "issuer_key_hash",
                         "serial_number"):  # fmt: skip
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        names = ("issuer_name_hash", "issuer_key_hash", "serial_number")
        hashes = {name: data.get(name, "").strip() for name in names}
        certificate = {"hash_algorithm": data.get("hash_algorithm") or "SHA256"} | hashes
        try:
            self._command = device.CustomerInformation(
                report=data.get("what") != "clear",
                clear=data.get("what") != "report",
                token=data.get("token", "").strip(),
                token_type=data.get("token_type") or "ISO14443",
                customer=data.get("customer", "").strip(),
                certificate=certificate if any(hashes.values()) else None,
            )
        except BadParameters as error:
            raise forms.ValidationError(". ".join(error.problems) + ".") from error
        return data

    def command(self) -> Command:
        return self._command
