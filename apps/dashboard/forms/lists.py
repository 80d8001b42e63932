"""Forms of commands about local lists."""

from django import forms

from apps.dashboard.forms.commands import CommandForm
from apps.domain.authorization import ClearCache, GetLocalListVersion, SendLocalList
from apps.domain.commands import Command


class ListForm(CommandForm):
    mode = forms.ChoiceField(
        label="What",
        choices=[("auto", "What it lacks"), ("full", "All of it"), ("empty", "An empty list")],
    )

    def command(self) -> Command:
        mode = self.cleaned_data["mode"]
        return SendLocalList("full", entries=()) if mode == "empty" else SendLocalList(mode)


class ListVersionForm(CommandForm):
    def command(self) -> Command:
        return GetLocalListVersion()


class ClearCacheForm(CommandForm):
    def command(self) -> Command:
        return ClearCache()
