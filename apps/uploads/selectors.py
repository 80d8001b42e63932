"""Reads: what stations have sent, of the actor's organisation."""

from typing import Protocol

from django.db.models import QuerySet

from apps.uploads.models import Door


class Insider(Protocol):
    """Anybody who belongs to an organisation: a person or an API key."""

    organisation_id: int


def list_files(actor: Insider, station_id: int) -> QuerySet[Door]:
    """The station's files, newest first; those that have come whole."""
    return Door.objects.filter(
        organisation_id=actor.organisation_id, station_id=station_id, completed_at__isnull=False
    ).order_by("-opened_at")


def get_file(actor: Insider, door_id: int) -> Door:
    """One file; Door.DoesNotExist where it is not the actor's or has not come."""
    own = Door.objects.filter(organisation_id=actor.organisation_id, completed_at__isnull=False)
    return own.get(pk=door_id)
