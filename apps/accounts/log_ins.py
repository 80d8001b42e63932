"""Log-ins: where somebody is logged in, and who tried with a wrong password."""

from datetime import datetime, timedelta

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet

from apps.accounts import throttle
from apps.accounts.models import Actor, FailedLogIn, LogIn, User
from apps.history.doers import PERSON, Doer, Named
from apps.history.kinds import LOG_IN_FAILED, LOG_INS_ENDED
from apps.history.services import record
from apps.live.announce import announce, group_of_person, signal
from ocpp_platform import bulk
from ocpp_platform.cursors import pieces_of
from ocpp_platform.scope import scoped

WORTH_A_LOOK = 5  # fewer is somebody who mistyped
RECENT = timedelta(days=1)
_SEEN_RESOLUTION = timedelta(minutes=1)
_PIECE = 500
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


def note_seen(user: User, session_key: str, *, ip: str, agent: str, now: datetime) -> None:
    """A log-in is used, and from where; kept to the minute."""
    seen = {"seen_at": now, "ip": ip[:45], "agent": agent[:200]}
    known = LogIn.objects.filter(session_key=session_key).first()
    if known is None:
        LogIn.objects.get_or_create(
            session_key=session_key, defaults={"user": user, "began_at": now, **seen}
        )
    elif now - known.seen_at > _SEEN_RESOLUTION or known.ip != seen["ip"]:
        LogIn.objects.filter(pk=known.pk).update(**seen)


def follow(before: str, after: str) -> None:
    """A log-in has another session key from now on."""
    LogIn.objects.filter(session_key=before).update(session_key=after)


@transaction.atomic
def end_log_in(log_in: LogIn, *, actor: Doer) -> None:
    """End one; its open pages are told nothing any more."""
    _end(log_in.user, [log_in.session_key], actor)


@transaction.atomic
def end_log_ins(user: User, *, actor: Doer, but: str = "") -> int:
    """End all log-ins of a person, but that of the session ``but``; how many there were."""
    keys = [key for key in _sessions_of(user) if key != but]
    _end(user, keys, actor)
    return len(keys)


def forget(session_key: str) -> None:
    """Somebody has logged out there."""
    LogIn.objects.filter(session_key=session_key).delete()


def _end(user: User, keys: list[str], actor: Doer) -> None:
    if not keys:
        return
    Session.objects.filter(session_key__in=keys).delete()
    LogIn.objects.filter(session_key__in=keys).delete()
    record(
        LOG_INS_ENDED,
        actor=actor,
        organisation_id=user.organisation_id,
        subject=(user.pk, user.label),
        details={"count": len(keys)},
    )
    signal(group_of_person(user.pk), {"type": "access.changed"})


def _sessions_of(user: User) -> list[str]:
    """The keys of a person's sessions: what says whose one is stands inside it."""
    whose = str(user.pk)
    with pieces_of(Session.objects.order_by("pk"), _PIECE) as sessions:
        return [one.session_key for one in sessions if one.get_decoded().get(SESSION_KEY) == whose]
