"""What a person puts right of a session: which readings count, and what is one."""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from django import forms

from apps.accounts.models import Actor
from apps.dashboard.forms.records import Dressed
from apps.sessions import amendable
from apps.sessions.amending import Change, Point, What
from apps.sessions.models import Session

Choices = Sequence[tuple[str, str]]
LABELS = {
    What.SET_ASIDE: "Set a reading aside",
    What.TAKE_BACK: "Let a reading count again",
    What.JOIN: "Join it with another session",
    What.SPLIT: "Split it in two at a reading",
}
_NONE = ("", "—")


class Offer:
    """Of one session: what may be done, with which readings and which sessions."""

    def __init__(self, actor: Actor, session: Session, zone: tzinfo) -> None:
        self.what = amendable.offered(actor, session)
        self._zone = zone
        shown = amendable.list_choice(actor, session) if self._asks_readings else ()
        aside = [(one.at, one.context) for one in amendable.list_aside(session)]
        self.readings = [self._reading(s.at, s.context, s.register_wh) for s in shown]
        known = {name for name, _ in self.readings}
        self.readings += [
            choice for at, context in aside
            if at and (choice := self._reading(at, context, None))[0] not in known
        ]  # fmt: skip
        joinable = amendable.list_joinable(actor, session) if What.JOIN in self.what else []
        self.others = {str(one.pk): one for one in joinable}

    @property
    def other_choices(self) -> Choices:
        return [(pk, self._named(one)) for pk, one in self.others.items()]

    @property
    def _asks_readings(self) -> bool:
        return bool({What.SET_ASIDE, What.SPLIT} & {*self.what})

    def _reading(self, at: datetime, context: str, wh: float | None) -> tuple[str, str]:
        register = "" if wh is None else f" · {wh / 1000:.3f} kWh"
        return f"{at.isoformat()} {context}", f"{self._told(at)}{register} · {context}"

    def _named(self, one: Session) -> str:
        return f"Session {one.pk}, {self._told(one.started_at)}, {one.energy_wh / 1000:.3f} kWh"

    def _told(self, at: datetime) -> str:
        return f"{at.astimezone(self._zone):%Y-%m-%d %H:%M:%S}"


def add_fields(form: forms.Form, offer: Offer) -> None:
    """Those that it takes to say which reading and which session is meant."""
    if offer.readings:
        form.fields["reading"] = forms.ChoiceField(
            label="Reading", required=False, choices=[_NONE, *offer.readings],
            help_text="That is set aside or taken back, or at which it is split.",
        )  # fmt: skip
    if offer.others:
        form.fields["other"] = forms.ChoiceField(
            label="Other session", required=False, choices=[_NONE, *offer.other_choices],
            help_text="That is one with it: the later one then counts in the earlier one.",
        )  # fmt: skip


def point_of(given: Mapping[str, Any]) -> Point | None:
    """The reading that was chosen."""
    at, _, context = (given.get("reading") or "").partition(" ")
    return Point(datetime.fromisoformat(at), context) if at else None


class AmendForm(Dressed, forms.Form):
    what = forms.ChoiceField(label="What to do")

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer = offer
        self.fields["what"].choices = [(what.value, LABELS[what]) for what in offer.what]  # type: ignore[attr-defined]
        add_fields(self, offer)
        self.fields["reason"] = forms.CharField(label="Why", max_length=200)
        self.dress()

    @property
    def change(self) -> Change:
        given = self.cleaned_data
        other = self._offer.others.get(given.get("other", ""))
        return Change(What(given["what"]), point_of(given), other)
