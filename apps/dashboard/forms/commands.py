"""A form per command; each turns into the command that it describes."""

import json
from typing import Any, cast

from django import forms
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Actor
from apps.commands.raw import CallGuide, check_call, guide_to, list_actions
from apps.domain import commands as words
from apps.domain.commands import Command
from apps.domain.texts import Unreadable, parse_json
from apps.stations.models import Station

_RAW = words.RawCall.declared.name


class CommandForm(forms.Form):
    """Knows its station and the EVSEs there; a danger of 2 needs a reason."""

    reason = forms.CharField(
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "Shown in the log of commands"}),
    )
    field_order = ["reason"]

    def __init__(
        self, *args: Any, station: Station, evses: list[int], danger: int, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.station = station
        self.fields["reason"].required = danger >= 2
        if danger == 0:
            del self.fields["reason"]
        if "evse_id" in self.fields:
            self.fields["evse_id"].widget = forms.Select(
                choices=[*self._no_evse(), *((n, f"EVSE {n}") for n in evses)]
            )
        self.order_fields([name for name in self.fields if name != "reason"])
        for field in self.fields.values():
            dress(field.widget)
        self._fit()

    def _fit(self) -> None:
        """Offer only what the station can do."""

    def _no_evse(self) -> list[tuple[str, str]]:
        return [] if self.fields["evse_id"].required else [("", "The whole station")]

    def know(self, actor: Actor) -> None:
        """Offer what this station can take; called before the form is read."""

    def command(self) -> Command:
        raise NotImplementedError


class StartForm(CommandForm):
    token = forms.CharField(max_length=36, label="Token", help_text="Card, app or contract id.")
    evse_id = forms.IntegerField(label="Where", min_value=1)

    def command(self) -> Command:
        data = self.cleaned_data
        return words.StartSession(token=data["token"].strip(), evse_id=data["evse_id"])


class StopForm(CommandForm):
    transaction_id = forms.CharField(max_length=36, label="Transaction")

    def command(self) -> Command:
        return words.StopSession(self.cleaned_data["transaction_id"])


class UnlockForm(CommandForm):
    evse_id = forms.IntegerField(label="Where", min_value=1)
    connector_id = forms.IntegerField(label="Connector", min_value=1, initial=1)

    def command(self) -> Command:
        data = self.cleaned_data
        return words.UnlockConnector(data["evse_id"], data["connector_id"])


class TriggerForm(CommandForm):
    message = forms.ChoiceField(label="Message")
    evse_id = forms.IntegerField(label="Of", min_value=1, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = self.station.traits.triggers
        self.fields["message"].choices = [(name, name) for name in names]  # type: ignore[attr-defined]

    def command(self) -> Command:
        data = self.cleaned_data
        return words.TriggerMessage(data["message"], data["evse_id"])


class ResetForm(CommandForm):
    mode = forms.ChoiceField(
        label="When", choices=[("on_idle", "When nobody charges"), ("immediate", "Now")]
    )

    def command(self) -> Command:
        return words.ResetStation(mode=self.cleaned_data["mode"])


class AvailabilityForm(CommandForm):
    evse_id = forms.IntegerField(label="What", min_value=1, required=False)
    operative = forms.ChoiceField(
        label="New value", choices=[("false", "Out of service"), ("true", "In service")]
    )

    def command(self) -> Command:
        data = self.cleaned_data
        return words.ChangeAvailability(data["operative"] == "true", data["evse_id"])


class ReadForm(CommandForm):
    def command(self) -> Command:
        return words.GetVariables()


class RawForm(CommandForm):
    """Any call of the station's version, refused here where its schema refuses it.

    ``guide``: what the chosen action is made of; its example is what the form begins with.
    """

    action = forms.ChoiceField()
    payload = forms.CharField(
        widget=forms.Textarea(
            attrs={"rows": 12, "class": "form-control mono", "spellcheck": "false"}
        )
    )
    guide: CallGuide | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        protocol = self.station.protocol
        names = list_actions(protocol) if protocol else []
        choice = cast(forms.ChoiceField, self.fields["action"])
        choice.choices = [(name, name) for name in names]
        choice.widget.attrs |= {
            "hx-get": reverse("dashboard:action", args=[self.station.identity, _RAW]),
            "hx-include": "[name=reason]",
            "hx-target": "closest form",
            "hx-swap": "outerHTML",
        }
        if names:
            self._begin_with(self.data.get("action") or self.initial.get("action", ""), names)

    def _begin_with(self, action: str, names: list[str]) -> None:
        chosen = action if action in names else names[0]
        is_full = self.initial.get("example") == "full"
        self.guide = guide_to(self.station.protocol, chosen, timezone.now(), is_full=is_full)
        self.initial["action"] = chosen
        example = json.dumps(self.guide.example, indent=2)
        self.initial.setdefault("payload", example)
        self.fields["payload"].widget.attrs["rows"] = min(max(example.count("\n") + 2, 5), 20)

    def clean_payload(self) -> dict[str, Any]:
        try:
            payload = parse_json(self.cleaned_data["payload"])
        except Unreadable as problem:
            raise forms.ValidationError(f"This cannot be sent. {problem}") from problem
        if not isinstance(payload, dict):
            raise forms.ValidationError("A payload is a JSON object.")
        return payload

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not self.station.protocol:
            raise forms.ValidationError("Its OCPP version is known once it has connected.")
        if "action" in data and "payload" in data:
            for problem in check_call(self.station.protocol, data["action"], data["payload"]):
                self.add_error("payload", f"{problem.path or 'payload'}: {problem.message}")
        return data

    def command(self) -> Command:
        return words.RawCall(self.cleaned_data["action"], self.cleaned_data["payload"])


def dress(widget: forms.Widget) -> None:
    """Give an input the look of its kind."""
    kinds = {forms.CheckboxInput: "form-check-input", forms.CheckboxSelectMultiple: "checks"}
    plain = "form-select" if isinstance(widget, forms.Select) else "form-control"
    widget.attrs.setdefault("class", kinds.get(type(widget), plain))
