"""Forms of the policy for new stations, of each kind of step, and of decisions about a station."""

import json
from typing import Any

from django import forms

from apps.dashboard.forms.certificates import KINDS as ROOTS
from apps.dashboard.forms.records import Dressed
from apps.domain.certificates import InstallCertificate, RenewCertificate
from apps.domain.command import BadParameters
from apps.domain.commands import GetVariables, TriggerMessage
from apps.domain.texts import Unreadable, parse_json
from apps.onboarding import steps
from apps.onboarding.models import Policy, RecipeStep
from apps.stations.models import Location

_MESSAGES = ("StatusNotification", "Heartbeat", "MeterValues", "FirmwareStatusNotification")
_LONGEST_S = 7 * 86_400
_HIDDEN = {GetVariables.declared.name}  # it has a step of its own
_PARAMETERS = forms.Textarea(attrs={"rows": 6, "spellcheck": "false"})


class PolicyForm(Dressed, forms.ModelForm):
    class Meta:
        model = Policy
        fields = (
            "unknown", "most_held", "heartbeat_interval_s", "retry_interval_s",
            "renews_certificates", "renew_before_d",
        )  # fmt: skip
        labels = {
            "unknown": "Chargers that are not registered",
            "most_held": "How many may wait at once",
            "heartbeat_interval_s": "Seconds between heartbeats",
            "retry_interval_s": "Seconds until a station that waits asks again",
            "renews_certificates": "Let a station in with a certificate that has ended, or with its"
            " maker's, to give it a new one",
            "renew_before_d": "Renew our certificates so many days before they end",
        }
        help_texts = {
            "heartbeat_interval_s": "Empty: as this platform is set.",
            "retry_interval_s": "Empty: as the heartbeats.",
            "renew_before_d": "Empty: they are renewed by hand.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("heartbeat_interval_s", "retry_interval_s"):
            self.fields[name].validators += [
                forms.IntegerField(min_value=1, max_value=_LONGEST_S).run_validators
            ]
        self.dress()

    def changed(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class StepForm(Dressed, forms.Form):
    """``name`` and ``parameters`` of the step that it describes."""

    title, about, name = "", "", ""
    must_succeed = forms.BooleanField(
        required=False, initial=True, label="Hold the station if this fails"
    )
    field_order: list[str] = []

    def __init__(self, *args: Any, step: RecipeStep | None = None, **kwargs: Any) -> None:
        if step is not None:
            known = {**self.of(step), "must_succeed": step.must_succeed}
            kwargs["initial"] = known
        super().__init__(*args, **kwargs)
        self.order_fields([name for name in self.fields if name != "must_succeed"])
        self.dress()

    @classmethod
    def of(cls, step: RecipeStep) -> dict[str, Any]:
        """What the fields of a step that is known say."""
        return dict(step.parameters)

    def parameters(self) -> dict[str, Any]:
        given = {k: v for k, v in self.cleaned_data.items() if k != "must_succeed"}
        return {name: value for name, value in given.items() if value not in ("", None)}

    def step_name(self) -> str:
        return self.name

    def clean(self) -> dict[str, Any]:
        if not self.errors:
            try:
                steps.check(self.step_name(), self.parameters())
            except BadParameters as error:
                words = "; ".join(error.problems)
                raise forms.ValidationError(f"{words[:1].upper()}{words[1:]}.") from error
        return self.cleaned_data


class SettingStep(StepForm):
    title, name = "Set a value", steps.SETTING
    about = "Named for either version; a station whose version has no name here skips it."
    value = forms.CharField(max_length=1000)
    component = forms.CharField(
        max_length=50, required=False, label="OCPP 2.0.1: component",
        help_text="For example SampledDataCtrlr.",
    )  # fmt: skip
    variable = forms.CharField(
        max_length=50, required=False, label="OCPP 2.0.1: variable",
        help_text="For example TxUpdatedInterval.",
    )  # fmt: skip
    instance = forms.CharField(max_length=50, required=False, label="OCPP 2.0.1: its instance")
    key = forms.CharField(
        max_length=50, required=False, label="OCPP 1.6: key",
        help_text="For example MeterValueSampleInterval.",
    )  # fmt: skip


class PasswordStep(StepForm):
    title, name = "Give it a new password", steps.NEW_PASSWORD
    about = "A random one is made for each station and kept as a digest only."


class ReadStep(StepForm):
    title, name = "Read all of its settings", GetVariables.declared.name
    about = "The device model of OCPP 2.0.1, the keys of 1.6."


class RootStep(StepForm):
    title, name = "Install a root certificate", InstallCertificate.declared.name
    about = "One that the station shall trust from now on."
    kind = forms.ChoiceField(choices=ROOTS)
    certificate = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 8}), help_text="One certificate, PEM."
    )


class RenewStep(StepForm):
    title, name = "Have it ask for a certificate of its own", RenewCertificate.declared.name
    about = "Our authority signs it; the station then has what security profile 3 needs."


class TriggerStep(StepForm):
    title, name = "Ask for a message", TriggerMessage.declared.name
    about = "The station sends it before it is accepted, once."
    message = forms.ChoiceField(choices=[(word, word) for word in _MESSAGES])


class OtherStep(StepForm):
    title = "Another command"
    about = "Any command that may be given before a station is accepted, as the REST API has it."
    command = forms.ChoiceField(choices=[(n, n) for n in sorted(steps.GIVEN - _HIDDEN)])
    given = forms.CharField(widget=_PARAMETERS, initial="{}", label="Parameters (JSON)")

    @classmethod
    def of(cls, step: RecipeStep) -> dict[str, Any]:
        return {"command": step.name, "given": json.dumps(step.parameters, indent=1)}

    def clean_given(self) -> dict[str, Any]:
        try:
            value = parse_json(self.cleaned_data["given"])
        except Unreadable as problem:
            raise forms.ValidationError(f"This cannot be given. {problem}") from problem
        if not isinstance(value, dict):
            raise forms.ValidationError("An object is needed: {…}.")
        return value

    def parameters(self) -> dict[str, Any]:
        return dict(self.cleaned_data["given"])

    def step_name(self) -> str:
        return str(self.cleaned_data["command"])


class AcceptForm(Dressed, forms.Form):
    location = forms.ModelChoiceField(Location.objects.none(), empty_label=None)

    def __init__(self, *args: Any, locations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["location"].queryset = locations  # type: ignore[attr-defined]
        self.dress()


STEP_FORMS: dict[str, type[StepForm]] = {
    "setting": SettingStep,
    "read": ReadStep,
    "password": PasswordStep,
    "root": RootStep,
    "renew": RenewStep,
    "trigger": TriggerStep,
    "other": OtherStep,
}


def form_of(step: RecipeStep) -> type[StepForm]:
    """The form that such a step was made with."""
    return next((f for f in STEP_FORMS.values() if f.name == step.name), OtherStep)
