"""Writes: organisations."""

from apps.accounts.models import FIRST_NETWORK, Organisation


def home_organisation() -> Organisation:
    """The first organisation of this installation; made when there is none."""
    first = Organisation.objects.order_by("id").first()
    return first or Organisation.objects.create(name=FIRST_NETWORK)
