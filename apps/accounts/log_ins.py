"""Who tried to log in with a wrong password, for those who must know it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from apps.accounts import throttle
from apps.accounts.models import Actor, FailedLogIn, User
from apps.history.doers import PERSON, Named
from apps.history.kinds import LOG_IN_FAILED
from apps.history.services import record
from apps.live.announce import announce
from ocpp_platform import bulk
from ocpp_platform.scope import scoped

WORTH_A_LOOK = 5  # fewer is somebody who mistyped
RECENT = timedelta(days=1)
_COLUMNS = ("user_id", "ip", "first_at", "last_at", "count")


def note_failure(username: str, ip: str, now: datetime, *, is_at_home: bool = False) -> None:
    """Count a wrong password; a name that nobody has leaves no row."""
    throttle.note_failure(username, ip, is_at_home=is_at_home)
    user = User.objects.filter(username=username).first()
    if user is None:
        return
    with transaction.atomic():
        with bulk.writes() as writes:
            row = (user.pk, ip[:45], now, now, 1)
            writes.count_up(FailedLogIn, _COLUMNS, ("user_id", "ip"), [row], kept=("first_at",))
        record(
            LOG_IN_FAILED,
            actor=Named(PERSON, None, f"somebody at {ip[:45]}"),
            organisation_id=user.organisation_id,
            subject=(user.pk, user.username),
            now=now,
        )
        announce(user.organisation_id, "people")


def note_success(user: User, ip: str) -> None:
    """Who knows the password had mistyped it."""
    throttle.note_success(user.username, ip)
    FailedLogIn.objects.filter(user=user, ip=ip[:45]).delete()


def list_attacked(actor: Actor, now: datetime) -> QuerySet[FailedLogIn]:
    """Accounts of the actor's organisation that somebody guesses at, the newest first."""
    recent = scoped(FailedLogIn, actor).filter(count__gte=WORTH_A_LOOK, last_at__gte=now - RECENT)
    return recent.select_related("user").order_by("-last_at")
