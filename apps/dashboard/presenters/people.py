"""People as administrators see them, and what each role may do in plain words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from apps.accounts.browsers import words_of
from apps.accounts.models import Actor, Invitation, LogIn, Mandate, User
from apps.accounts.roles import MATRIX, OF_ALL_SITES, Permission, Role
from apps.stations.selectors import list_locations

P = Permission
WORDS: dict[Permission, str] = {
    P.SEE_STATIONS: "See stations, incidents and certificates",
    P.SEE_SESSIONS: "See sessions, attempts and cases",
    P.SEE_MESSAGES: "See messages and commands",
    P.SEE_MONEY: "See prices, sums and tariffs",
    P.EXPORT: "Export sessions",
    P.HELP_DRIVER: "Help a driver: start, stop, unlock; see cards",
    P.OPERATE: "Operate: reset, take out of service, limit, configure, settle cases",
    P.EDIT_STATIONS: "Add and change stations and sites",
    P.EDIT_NETWORK: "Change what is for all sites: how stations come in, roots, new sites",
    P.ENGINEER: "Engineer: raw calls, firmware, certificates, monitors",
    P.EDIT_TOKENS: "Change cards and their rules",
    P.EDIT_TARIFFS: "Change tariffs, decide energy and what is billed",
    P.SEE_AUDIT: "See who did what",
    P.ADMINISTER: "Administer people, keys and who is told of incidents",
}
_ACTIVE, _GONE = ("ok", "check", "Active"), ("out", "ban", "Deactivated")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the matrix: ``held`` in the order of the roles."""

    words: str
    is_for_all: bool
    held: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class PersonRow:
    person: User
    where: str
    chip: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class InvitationRow:
    invitation: Invitation
    where: str


@dataclass(frozen=True, slots=True)
class LogInRow:
    log_in: LogIn
    browser: str
    is_this: bool


def matrix() -> list[Row]:
    """What there is to be allowed, and which role is."""
    return [
        Row(WORDS[one], one in OF_ALL_SITES, tuple(one in MATRIX[role] for role in Role))
        for one in WORDS
    ]


def person_rows(actor: Actor, people: Sequence[User]) -> list[PersonRow]:
    where = Places(actor, people)
    return [PersonRow(one, where.of(one), _ACTIVE if one.is_active else _GONE) for one in people]


def invitation_rows(actor: Actor, invitations: Iterable[Invitation]) -> list[InvitationRow]:
    rows = list(invitations)
    where = Places(actor, rows)
    return [InvitationRow(one, where.of(one)) for one in rows]


def log_in_rows(log_ins: Iterable[LogIn], this: str) -> list[LogInRow]:
    """``this``: the session key of who looks."""
    return [LogInRow(one, words_of(one.agent), one.session_key == this) for one in log_ins]


class Places:
    """Where a mandate holds, in words; one query for many."""

    def __init__(self, actor: Actor, mandates: Iterable[Mandate]) -> None:
        wanted = {number for one in mandates for number in one.site_ids or ()}
        found = list_locations(actor).filter(pk__in=wanted).values_list("pk", "name")
        self._names: dict[int, str] = dict(found) if wanted else {}

    def of(self, mandate: Mandate) -> str:
        if mandate.site_ids is None:
            return "everywhere"
        names = [self._names[number] for number in mandate.site_ids if number in self._names]
        gone = len(mandate.site_ids) - len(names)
        told = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        return told or ("sites that were removed" if gone else "no site")
