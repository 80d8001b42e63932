"""Tokens: cards, apps and contracts."""

from rest_framework import serializers

from apps.api.serializers.fields import InstantField, IntegerField, NumberField
from apps.tokens.models import KINDS, Token

STATUSES = tuple(value for value, _ in Token._meta.get_field("status").choices or ())


class TokenFields(serializers.Serializer):
    """The body of POST; of PATCH, where every field is optional."""

    uid = serializers.CharField(max_length=36, help_text="Unique, regardless of type and case.")
    type = serializers.ChoiceField(choices=KINDS, required=False)
    status = serializers.ChoiceField(choices=STATUSES, required=False)
    group = serializers.CharField(max_length=36, allow_blank=True, required=False)
    is_master_pass = serializers.BooleanField(required=False)
    expires_at = InstantField(allow_null=True, required=False)
    language = serializers.CharField(max_length=8, allow_blank=True, required=False)
    personal_message = serializers.CharField(max_length=512, allow_blank=True, required=False)
    charging_priority = IntegerField(
        min_value=-9, max_value=9, required=False, help_text="0 is the usual."
    )
    max_sessions = IntegerField(
        min_value=1, max_value=32767, allow_null=True, required=False,
        help_text="At once; null is as the organisation's token policy says.",
    )  # fmt: skip
    is_listed = serializers.BooleanField(
        required=False, help_text="In local lists where only chosen tokens are."
    )
    contract_id = serializers.CharField(max_length=36, allow_blank=True, required=False)
    holder = serializers.CharField(max_length=100, allow_blank=True, required=False)


class TokenOut(TokenFields):
    id = serializers.IntegerField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)


class TokenQuery(serializers.Serializer):
    q = serializers.CharField(
        required=False, help_text="Part of the uid, contract, group or holder."
    )
    uid = serializers.CharField(
        required=False, help_text="Regardless of case and of how it is printed."
    )
    status = serializers.ChoiceField(choices=STATUSES, required=False)


class TokenPolicyFields(serializers.Serializer):
    """What holds for all tokens of the organisation."""

    max_sessions = NumberField(
        required=False, allow_null=True, help_text="Of one token at once; null is any number."
    )
    master_pass_group = serializers.CharField(
        max_length=36, allow_blank=True, required=False,
        help_text="Tokens of this group stop sessions and never start one.",
    )  # fmt: skip

    def validate_max_sessions(self, value: int | None) -> int | None:
        if value is not None and value > 32767:
            raise serializers.ValidationError("At most 32767.")
        return value
