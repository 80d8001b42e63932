"""Writes: the sites that stations stand at, and whether somebody may act there."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now

from apps.accounts.models import Organisation
from apps.history import kinds
from apps.history.changes import CHANGES, changes_of
from apps.history.doers import Doer
from apps.history.services import record
from apps.live.announce import announce
from apps.stations.models import Location
from ocpp_platform.scope import may_see_site

DEFAULT_LOCATION = "Main site"


def check_reach(actor: Doer, location: Location) -> None:
    """ValidationError where the actor is limited to sites, and this is none of them."""
    if not may_see_site(actor, location.pk):
        raise ValidationError({"location": "It is not one of your sites."})


def default_location(organisation: Organisation, *, actor: Doer) -> Location:
    """The organisation's first of those that the actor may see; made when there is none."""
    places = Location.objects.filter(organisation=organisation)
    if actor.site_ids is not None:
        places = places.filter(pk__in=actor.site_ids)
    first = places.order_by("id").first()
    return first or add_location(
        organisation=organisation,
        name=DEFAULT_LOCATION,
        timezone=organisation.timezone,
        actor=actor,
    )


def find_or_add_location(organisation: Organisation, name: str, *, actor: Doer) -> Location:
    """The organisation's location of this name; made, in its time zone, when there is none."""
    found = Location.objects.filter(organisation=organisation, name=name).first()
    return found or add_location(
        organisation=organisation, name=name, timezone=organisation.timezone, actor=actor
    )


@transaction.atomic
def add_location(*, organisation: Organisation, name: str, actor: Doer, **fields: Any) -> Location:
    """Raises ValidationError with a message per field; who is limited to sites adds none."""
    location = Location(organisation=organisation, name=name, **fields)
    check_reach(actor, location)
    location.full_clean()
    location.save(force_insert=True)
    _record(kinds.LOCATION_ADDED, location, actor)
    announce(organisation.pk, "stations")
    return location


@transaction.atomic
def change_location(location: Location, *, actor: Doer, **fields: Any) -> Location:
    """Set the named fields of a location. DoesNotExist where it has been removed."""
    before = Location.objects.select_for_update(no_key=True).get(pk=location.pk)
    for name, value in fields.items():
        setattr(location, name, value)
    location.full_clean()
    location.changed_at = Now()
    location.save(update_fields=[*fields, "changed_at"])
    location.refresh_from_db(fields=["changed_at"])
    if changes := changes_of(before, location, fields):
        _record(kinds.LOCATION_CHANGED, location, actor, details={CHANGES: changes})
    announce(location.organisation_id, "stations")
    return location


@transaction.atomic
def remove_location(location: Location, *, actor: Doer) -> None:
    """ProtectedError while a station stands there, DoesNotExist where somebody was faster."""
    Location.objects.select_for_update().get(pk=location.pk)
    _record(kinds.LOCATION_REMOVED, location, actor)
    location.delete()
    announce(location.organisation_id, "stations")


def _record(kind: kinds.Kind, location: Location, actor: Doer, **what: Any) -> None:
    subject, whose = (location.pk, location.name), location.organisation_id
    record(kind, actor=actor, organisation_id=whose, subject=subject, **what)
