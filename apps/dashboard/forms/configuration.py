"""The form that sets a variable: its input is what the variable may be."""

from typing import Any

from django import forms

from apps.dashboard.forms.commands import CommandForm, dress
from apps.device import values
from apps.device.values import Shape, shape_of
from apps.domain.command import Command
from apps.domain.commands import SetVariables
from apps.domain.texts import whole_number
from apps.journal.secrecy import MASK
from apps.stations.models import Variable


class SetForm(CommandForm):
    """A value of one variable. ``of`` is one that was read; others are named by hand."""

    of = forms.IntegerField(required=False, widget=forms.HiddenInput())
    component = forms.CharField(
        max_length=50, required=False, help_text="Empty for an OCPP 1.6 key."
    )
    variable = forms.CharField(max_length=50, label="Variable or key", required=False)
    evse = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput())
    value = forms.CharField(max_length=2500, required=False)

    def _fit(self) -> None:
        station = self.station
        chosen = number(self.data.get("of") or self.initial.get("of"))
        self._of = Variable.objects.filter(station=station, pk=chosen).first()
        if self._of is None:
            self.fields["variable"].required = True
            return
        for name in ("component", "variable", "evse"):
            del self.fields[name]
        is_hidden = self._of.mutability == "WriteOnly" or self._of.value == MASK
        shown = "" if is_hidden else self._of.value
        self.fields["value"] = _field(shape_of(self._of), shown)
        self.fields["value"].label = label_of(self._of)
        dress(self.fields["value"].widget)
        self.initial.pop("value", None)
        self.order_fields(["of", "value"])

    def command(self) -> Command:
        data = self.cleaned_data
        item: dict[str, Any] = {"attributeValue": _written(data["value"])}
        if self._of is not None:
            return SetVariables((item | named(self._of),))
        item["variable"] = {"name": data["variable"]}
        if data["component"]:
            item["component"] = {"name": data["component"]}
            if data["evse"]:
                item["component"]["evse"] = {"id": data["evse"]}
        return SetVariables((item,))


def _field(shape: Shape, value: str) -> forms.Field:
    """The input that offers what the variable may be."""
    choices = [(choice, choice) for choice in shape.choices]
    hint = f"In {shape.unit}." if shape.unit else ""
    if shape.kind == "boolean":
        return forms.BooleanField(required=False, initial=value.lower() == "true")
    if choices and shape.kind == "OptionList":
        return forms.ChoiceField(choices=choices, initial=value)
    if choices and shape.kind == "MemberList":
        chosen = [part.strip() for part in value.split(",")]
        widget = forms.CheckboxSelectMultiple
        return forms.MultipleChoiceField(
            choices=choices, initial=chosen, widget=widget, required=False
        )
    if shape.kind in values.NUMBERS:
        step = "1" if shape.kind == "integer" else "any"
        limits = {"min": shape.least, "max": shape.most, "step": step}
        attrs = {name: _plain(limit) for name, limit in limits.items() if limit is not None}
        number = forms.TextInput(attrs=attrs | {"type": "number"})
        return forms.CharField(max_length=40, initial=value, widget=number, help_text=hint)
    if choices:
        hint = f"In this order, with commas: {', '.join(shape.choices)}"
    return forms.CharField(max_length=2500, required=False, initial=value, help_text=hint)


def _plain(limit: float | str) -> str:
    return limit if isinstance(limit, str) else f"{limit:.12g}"


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(value) if isinstance(value, list) else str(value)


def named(variable: Variable) -> dict[str, Any]:
    """Component and variable as the messages name them."""
    component, _, instance = variable.component.partition("/")
    name, _, part = variable.variable.partition("/")
    item: dict[str, Any] = {"variable": {"name": name} | ({"instance": part} if part else {})}
    if component:
        item["component"] = {"name": component} | ({"instance": instance} if instance else {})
        if variable.evse_id:
            at = {"connectorId": variable.connector_id} if variable.connector_id else {}
            item["component"]["evse"] = {"id": variable.evse_id} | at
    return item


def label_of(variable: Variable) -> str:
    """ "EVSE 1 Power", "HeartbeatInterval"."""
    place = f" {variable.evse_id}" if variable.evse_id else ""
    place += f".{variable.connector_id}" if variable.connector_id else ""
    return f"{variable.component}{place} {variable.variable}".strip()


def number(given: Any) -> int:
    return whole_number(str(given or "")) or 0
