"""Cards that were accepted and began nothing."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q

from apps.accounts.models import Organisation
from apps.domain.vocabulary import TokenStatus
from apps.reconciliation import kinds
from apps.reconciliation.life import Evidence, Finding, Moment
from apps.sessions.models import Session
from apps.tokens.keys import Key
from apps.tokens.models import Attempt

_TOLD = timedelta(hours=1)  # for which it is a case; afterwards it is an attempt among others
_SLACK = timedelta(minutes=2)
_LONGEST = timedelta(days=2)
_MOST = 2_000


def authorised(moment: Moment) -> Iterator[Finding]:
    """The newest of each station: no session of it has begun since, and in its time none of
    anybody began, and none ran that it may end."""
    patience = timedelta(seconds=moment.waits_s["authorised"])
    soon = OuterRef("at") + patience
    its_own = Q(same_card=Key(OuterRef("uid")))
    begun = Session.objects.annotate(same_card=Key("token_uid")).filter(
        Q(ended_at__isnull=True) | Q(ended_at__gte=OuterRef("at") - _SLACK),
        Q(started_at__lte=soon) | Q(start_heard_at__lte=soon) | its_own,
        station_id=OuterRef("station_id"), started_at__gte=OuterRef("at") - _LONGEST,
    )  # fmt: skip
    everybody = list(Organisation.objects.values_list("pk", flat=True))  # an index by them
    idle = Attempt.objects.filter(
        ~Exists(begun), organisation_id__in=everybody, verdict=TokenStatus.ACCEPTED.value,
        at__gt=moment.now - _TOLD, at__lte=moment.now - patience,
    )  # fmt: skip
    latest = idle.order_by("-at")[:_MOST]
    newest = {attempt.station_id: attempt for attempt in reversed(latest)}
    for station_id, attempt in sorted(newest.items()):
        text = f"{attempt.shown_uid} was accepted, and no session began"
        yield Finding(
            kinds.AUTHORISED, f"station-{station_id}", attempt.organisation_id, station_id,
            attempt.at, (Evidence(text, attempt.at),), tells=str(attempt.pk),
        )  # fmt: skip


WATCHES = {kinds.AUTHORISED: authorised}
