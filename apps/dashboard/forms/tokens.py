"""What holds for all tokens of an organisation."""

from typing import Any

from django import forms

from apps.dashboard.forms.records import Dressed
from apps.lists.models import ListPolicy, Scope
from apps.tokens.models import TokenPolicy


class RulesForm(Dressed, forms.Form):
    """What holds for all tokens of an organisation, and for the lists of its stations."""

    max_sessions = forms.IntegerField(
        min_value=1, max_value=1000, required=False, label="Sessions of one token at once",
        help_text="Empty: any number. A token may have a number of its own.",
    )  # fmt: skip
    master_pass_group = forms.CharField(
        max_length=36, required=False, label="Master pass group",
        help_text="Tokens of this group end any session and begin none.",
    )  # fmt: skip
    scope = forms.ChoiceField(choices=Scope.choices, label="Local lists hold")
    is_automatic = forms.BooleanField(
        required=False, label="Keep the local lists of stations up to date"
    )

    def __init__(self, *args: Any, tokens: TokenPolicy, lists: ListPolicy, **kwargs: Any) -> None:
        known = {
            "max_sessions": tokens.max_sessions,
            "master_pass_group": tokens.master_pass_group,
            "scope": lists.scope,
            "is_automatic": lists.is_automatic,
        }
        kwargs["initial"] = known
        super().__init__(*args, **kwargs)
        self.dress()

    def of(self, *names: str) -> dict[str, Any]:
        """The cleaned values of the named fields."""
        return {name: self.cleaned_data[name] for name in names}
