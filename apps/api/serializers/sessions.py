"""Sessions with their price, and the samples of one."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.accounts.roles import Permission
from apps.api.members import check_belongs
from apps.api.serializers.fields import FloatField, InstantField, IntegerField
from apps.domain.cells import DECIMALS, SEPARATORS, BadForm, form_of
from apps.domain.vocabulary import SessionState
from apps.sessions.amending import What
from apps.sessions.deciding import MOST_WH
from apps.sessions.flow import power_now_w
from apps.sessions.models import CONTEXTS, Session
from apps.sessions.prices import price_of
from apps.tariffs.pricing import rounded

_STATES = ("active", "ended", *(s.value for s in SessionState if s != SessionState.ENDED))


class PriceOut(serializers.Serializer):
    """Decimal strings with the minor unit of the currency."""

    currency = serializers.CharField()
    excl_vat = serializers.CharField()
    vat = serializers.CharField()
    incl_vat = serializers.CharField()


class SessionOut(serializers.Serializer):
    """Context ``now``: the instant of durations and prices that still run; ``actor``: who reads."""

    id = serializers.IntegerField()
    station = serializers.CharField(source="station.identity")
    location = serializers.CharField(source="station.location.name")
    evse_id = serializers.IntegerField(allow_null=True)
    connector_id = serializers.IntegerField(allow_null=True)
    transaction_id = serializers.CharField()
    protocol = serializers.CharField()
    token = serializers.CharField(source="shown_token", help_text="••• for a code that is typed.")
    state = serializers.SerializerMethodField()
    phase = serializers.CharField(
        source="state",
        help_text="pending, charging, suspended_ev, suspended_evse, finishing or ended.",
    )
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    duration_s = serializers.SerializerMethodField()
    energy_wh = serializers.FloatField()
    meter_start_wh = serializers.FloatField(allow_null=True)
    meter_stop_wh = serializers.FloatField(allow_null=True)
    power_w = serializers.SerializerMethodField(
        help_text="What flows now; null where that is not known, and of what does not charge."
    )
    soc_pct = serializers.FloatField(allow_null=True)
    stop_reason = serializers.CharField()
    price = serializers.SerializerMethodField()
    flags = serializers.SerializerMethodField()
    are_samples_thinned = serializers.SerializerMethodField()

    def get_state(self, session: Session) -> str:
        """active or ended."""
        return "active" if session.ended_at is None else "ended"

    def get_power_w(self, session: Session) -> float | None:
        return power_now_w(session, self.context["now"])

    def get_duration_s(self, session: Session) -> int:
        until: datetime = session.ended_at or self.context["now"]
        return max(int((until - session.started_at).total_seconds()), 0)

    @extend_schema_field(PriceOut(allow_null=True))
    def get_price(self, session: Session) -> dict[str, str] | None:
        """None where no tariff applied, and for a key that may not see money."""
        if not self.context["actor"].may(Permission.SEE_MONEY):
            return None
        if session.ended_at is None:
            running = price_of(session, self.context["now"])
            if running is None:
                return None
            return _money(running.currency, running.excl_vat, running.vat, running.incl_vat)
        return _money(session.currency, session.price_excl_vat, session.vat, session.price_incl_vat)

    def get_are_samples_thinned(self, session: Session) -> bool:
        """Of an old session those of each quarter of an hour are kept, and what stands out."""
        return bool(session.is_thinned)

    def get_flags(self, session: Session) -> list[str]:
        return session.flags.split()


class SessionQuery(serializers.Serializer):
    station = serializers.CharField(required=False, help_text="Its identity.")
    token = serializers.CharField(required=False, help_text="A uid, regardless of case.")
    state = serializers.CharField(required=False, help_text=f"One of {', '.join(_STATES)}.")
    started_after = InstantField(required=False, help_text="At or after this instant.")
    started_before = InstantField(required=False, help_text="Before this instant.")
    q = serializers.CharField(
        required=False, help_text="A session, transaction, card, contract, holder or station."
    )

    def validate_state(self, value: str) -> str:
        if value not in _STATES:
            raise serializers.ValidationError(f"One of {', '.join(_STATES)} is needed.")
        return value


class FormQuery(serializers.Serializer):
    """How the cells of a CSV are written; ``form`` is what that comes to."""

    profile = serializers.CharField(
        required=False,
        help_text="plain, or spreadsheet: with the mark of UTF-8, identifiers kept as they are.",
    )
    separator = serializers.CharField(
        required=False, help_text=f"For spreadsheets: {', '.join(SEPARATORS)}."
    )
    decimal = serializers.CharField(
        required=False, help_text=f"For spreadsheets: {', '.join(DECIMALS)}."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        try:
            return {"form": form_of(attrs)}
        except BadForm as bad:
            raise serializers.ValidationError({n: [w] for n, w in bad.problems.items()}) from bad


class EnergyIn(serializers.Serializer):
    energy_wh = FloatField(allow_null=True, min_value=0, max_value=MOST_WH)
    reason = serializers.CharField(max_length=200)


class ReadingIn(serializers.Serializer):
    """A reading of a session, as its samples name it."""

    at = InstantField()
    context = serializers.ChoiceField(choices=sorted(CONTEXTS), default="Sample.Periodic")  # type: ignore[assignment]


_BELONGS = {
    "reading": frozenset({What.SET_ASIDE.value, What.TAKE_BACK.value, What.SPLIT.value}),
    "other": frozenset({What.JOIN.value}),
}


class AmendIn(serializers.Serializer):
    change = serializers.ChoiceField(choices=[what.value for what in What])
    reading = ReadingIn(required=False, help_text="For all but join; a split is made at it.")
    other = IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, help_text="The session that is joined."
    )
    reason = serializers.CharField(max_length=200)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        check_belongs(attrs, attrs["change"], _BELONGS)
        return attrs


class SampleOut(serializers.Serializer):
    at = serializers.DateTimeField()
    context = serializers.CharField(  # type: ignore[assignment]
        help_text="As OCPP 2.0.1 names it: Sample.Periodic ….",
    )
    register_wh = serializers.FloatField(allow_null=True)
    power_w = serializers.FloatField(allow_null=True)
    soc_pct = serializers.FloatField(allow_null=True)
    current_l1_a = serializers.FloatField(allow_null=True)
    current_l2_a = serializers.FloatField(allow_null=True)
    current_l3_a = serializers.FloatField(allow_null=True)
    voltage_l1_v = serializers.FloatField(allow_null=True)
    voltage_l2_v = serializers.FloatField(allow_null=True)
    voltage_l3_v = serializers.FloatField(allow_null=True)


def _money(currency: str, *amounts: Decimal | None) -> dict[str, str] | None:
    """Amounts in the order of PriceOut; None where one is missing."""
    found = [amount for amount in amounts if amount is not None]
    if not currency or len(found) < 3:
        return None
    texts = (f"{rounded(amount, currency):f}" for amount in found)
    return {"currency": currency, **dict(zip(("excl_vat", "vat", "incl_vat"), texts, strict=True))}
