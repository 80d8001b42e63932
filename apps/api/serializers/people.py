"""People, invitations and keys."""

from collections.abc import Iterable
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.accounts.models import Actor, Invitation, Mandate
from apps.accounts.roles import Role
from apps.api.errors import Invalid
from apps.api.serializers.fields import InstantField, check_zone
from apps.stations.selectors import list_locations

_ROLES = [role.value for role in Role]
_SITES = "Names of the sites that it is limited to; null: the whole organisation."


class Sites:
    """Names and numbers of sites; one query for many mandates."""

    def __init__(self, actor: Actor, mandates: Iterable[Mandate]) -> None:
        wanted = {number for one in mandates for number in one.site_ids or ()}
        found = list_locations(actor).filter(pk__in=wanted).values_list("pk", "name")
        self._names: dict[int, str] = dict(found) if wanted else {}

    def names_of(self, mandate: Mandate) -> list[str] | None:
        """Without those that were removed since."""
        if mandate.site_ids is None:
            return None
        return [self._names[number] for number in mandate.site_ids if number in self._names]


def taken_mandate(actor: Actor, given: dict[str, Any]) -> dict[str, Any]:
    """``given`` with the numbers of its sites in the place of their names. Raises Invalid."""
    fields = dict(given)
    if "sites" not in fields:
        return fields
    names = fields.pop("sites")
    fields["site_ids"] = None if names is None else _numbers(actor, set(names))
    return fields


def _numbers(actor: Actor, wanted: set[str]) -> list[int]:
    found = dict(list_locations(actor).filter(name__in=wanted).values_list("name", "pk"))
    if missing := sorted(wanted - found.keys()):
        details = {"sites": [f"There is no location {name!r}." for name in missing]}
        raise Invalid("invalid", "The request does not fit; see details.", details)
    return sorted(found.values())


class MandateOut(serializers.Serializer):
    """Context ``sites``: the Sites of what is shown."""

    role = serializers.ChoiceField(choices=_ROLES)
    sites = serializers.SerializerMethodField(help_text=_SITES)

    @extend_schema_field(serializers.ListField(child=serializers.CharField(), allow_null=True))
    def get_sites(self, mandate: Mandate) -> list[str] | None:
        known: Sites = self.context["sites"]
        return known.names_of(mandate)


class PersonOut(MandateOut):
    id = serializers.IntegerField()
    username = serializers.CharField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    email = serializers.CharField()
    timezone = serializers.CharField(help_text="Empty: that of the organisation.")
    is_active = serializers.BooleanField()
    second_factor = serializers.BooleanField(source="has_second_factor")
    created_at = serializers.DateTimeField(source="date_joined")
    last_login_at = serializers.DateTimeField(source="last_login", allow_null=True)


class MandateIn(serializers.Serializer):
    role = serializers.ChoiceField(choices=_ROLES)
    sites = serializers.ListField(
        child=serializers.CharField(max_length=100), allow_null=True, allow_empty=False,
        required=False, help_text=_SITES,
    )  # fmt: skip


class PersonFields(MandateIn):
    first_name = serializers.CharField(max_length=150, allow_blank=True)
    last_name = serializers.CharField(max_length=150, allow_blank=True)
    email = serializers.EmailField(allow_blank=True)
    timezone = serializers.CharField(allow_blank=True)
    is_active = serializers.BooleanField()

    def validate_timezone(self, value: str) -> str:
        return check_zone(value) if value else value


class InviteIn(MandateIn):
    email = serializers.EmailField(required=False, allow_blank=True, default="")


class InvitationOut(MandateOut):
    id = serializers.IntegerField()
    email = serializers.CharField()
    made_at = serializers.DateTimeField()
    made_by = serializers.CharField()
    expires_at = serializers.DateTimeField()


class NewInvitationOut(InvitationOut):
    """The answer to the one who made it, and to nobody else: it holds the link."""

    link = serializers.SerializerMethodField(help_text="Works once.")
    not_sent = serializers.SerializerMethodField(
        help_text="Why no e-mail went out; empty where one did, or none was wanted."
    )

    def get_link(self, _: Invitation) -> str:
        return str(self.context["link"])

    def get_not_sent(self, _: Invitation) -> str:
        return str(self.context["not_sent"])


class LinkOut(serializers.Serializer):
    link = serializers.CharField(help_text="Sets a new password, once.")


class KeyIn(MandateIn):
    name = serializers.CharField(max_length=100)
    expires_at = InstantField(required=False, allow_null=True, help_text="null: never.")


class KeyOut(MandateOut):
    id = serializers.IntegerField()
    name = serializers.CharField()
    prefix = serializers.CharField(help_text="How its secret begins.")
    created_at = serializers.DateTimeField()
    created_by = serializers.CharField()
    last_used_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)
    former_until = serializers.DateTimeField(
        allow_null=True, help_text="Until when the secret before this one works, or worked."
    )


class NewSecretOut(KeyOut):
    """The answer to the one who made it, and to nobody else: it holds the secret."""

    secret = serializers.SerializerMethodField(help_text="Authorization: Bearer <secret>")

    @extend_schema_field(serializers.CharField())
    def get_secret(self, _: Any) -> str:
        return str(self.context["secret"])


class RotateIn(serializers.Serializer):
    until = InstantField(
        required=False, allow_null=True, default=None,
        help_text="The secret until now works until then, 90 days at most; null: not any more.",
    )  # fmt: skip
