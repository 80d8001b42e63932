"""Writes: tariffs, and versions that are added but never changed."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.history import kinds
from apps.history.changes import CHANGES, changes_of, differing
from apps.history.doers import Doer
from apps.history.services import record
from apps.live.announce import announce
from apps.stations.models import Location
from apps.tariffs.models import Tariff, TariffVersion


@transaction.atomic
def add_tariff(
    *,
    organisation_id: int,
    name: str,
    currency: str,
    actor: Doer,
    is_default: bool = False,
    locations: Iterable[Location] = (),
) -> Tariff:
    """A tariff without a version yet; a new default replaces the old one."""
    if is_default:
        Tariff.objects.filter(organisation_id=organisation_id).update(is_default=False)
    tariff = Tariff(
        organisation_id=organisation_id, name=name, currency=currency, is_default=is_default
    )
    tariff.full_clean()
    tariff.save(force_insert=True)
    tariff.locations.set(locations)
    _record(kinds.TARIFF_ADDED, tariff, actor)
    announce(organisation_id, "tariffs")
    return tariff


@transaction.atomic
def add_version(tariff: Tariff, *, actor: Doer, **fields: Any) -> TariffVersion:
    """Prices from an instant on; sessions that have begun keep theirs."""
    version = TariffVersion(tariff=tariff, **fields)
    version.full_clean()
    Tariff.objects.select_for_update(no_key=True).get(pk=tariff.pk)
    newest = tariff.versions.order_by("-valid_from").first()
    if newest is not None and version.valid_from <= newest.valid_from:
        raise ValidationError({"valid_from": "A version must begin after the one before it."})
    version.save(force_insert=True)
    told = {name: str(value) for name, value in fields.items()}
    _record(kinds.TARIFF_VERSION_ADDED, tariff, actor, {"version": version.pk, **told})
    announce(tariff.organisation_id, "tariffs")
    return version


@transaction.atomic
def change_tariff(
    tariff: Tariff, *, actor: Doer, locations: Iterable[Location] | None = None, **fields: Any
) -> Tariff:
    """Set its name, whether it is the default, where it applies. Its prices are versions.

    DoesNotExist where it has been removed.
    """
    before = Tariff.objects.select_for_update(no_key=True).get(pk=tariff.pk)
    places = sorted(tariff.locations.values_list("name", flat=True))
    if fields.get("is_default"):
        others = Tariff.objects.filter(organisation_id=tariff.organisation_id)
        others.exclude(pk=tariff.pk).update(is_default=False)
    for name, value in fields.items():
        setattr(tariff, name, value)
    tariff.full_clean()
    tariff.save(update_fields=list(fields))
    if locations is not None:
        tariff.locations.set(locations)
    changes = changes_of(before, tariff, fields)
    if locations is not None:
        now_at = sorted(tariff.locations.values_list("name", flat=True))
        changes |= differing({"locations": places}, {"locations": now_at})
    if changes:
        _record(kinds.TARIFF_CHANGED, tariff, actor, {CHANGES: changes})
    announce(tariff.organisation_id, "tariffs")
    return tariff


@transaction.atomic
def remove_tariff(tariff: Tariff, *, actor: Doer) -> None:
    """Forget a tariff and its versions. ProtectedError where a session was priced by one,
    DoesNotExist where somebody was faster.
    """
    Tariff.objects.select_for_update().get(pk=tariff.pk)
    _record(kinds.TARIFF_REMOVED, tariff, actor)
    tariff.versions.all().delete()
    tariff.delete()
    announce(tariff.organisation_id, "tariffs")


def _record(
    kind: kinds.Kind, tariff: Tariff, actor: Doer, details: dict[str, Any] | None = None
) -> None:
    record(
        kind,
        actor=actor,
        organisation_id=tariff.organisation_id,
        subject=(tariff.pk, tariff.name),
        details=details,
    )
