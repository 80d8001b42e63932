"""Which role may do what. Pure: a table and one question."""

from enum import StrEnum

from apps.domain.commands import declaration_of
from apps.domain.permissions import Permission

__all__ = ["MATRIX", "OF_ALL_SITES", "Permission", "Role", "may", "may_command"]


class Role(StrEnum):
    """From the one who looks to the one who may do anything."""

    VIEWER = "viewer"
    SUPPORT = "support"
    OPERATOR = "operator"
    ENGINEER = "engineer"
    FINANCE = "finance"
    AUDITOR = "auditor"
    ADMIN = "admin"


_VIEWER = {Permission.SEE_STATIONS, Permission.SEE_SESSIONS}
_SUPPORT = _VIEWER | {
    Permission.SEE_MESSAGES,
    Permission.HELP_DRIVER,
    Permission.SEE_MONEY,
    Permission.EXPORT,
}
_OPERATOR = _SUPPORT | {
    Permission.OPERATE,
    Permission.EDIT_TOKENS,
    Permission.EDIT_STATIONS,
    Permission.EDIT_NETWORK,
}
OF_ALL_SITES = frozenset({  # held by nobody who is limited to some
    Permission.EDIT_TOKENS, Permission.EDIT_TARIFFS, Permission.EDIT_NETWORK,
    Permission.ADMINISTER,
})  # fmt: skip
MATRIX: dict[Role, frozenset[Permission]] = {
    Role.VIEWER: frozenset(_VIEWER),
    Role.SUPPORT: frozenset(_SUPPORT),
    Role.OPERATOR: frozenset(_OPERATOR),
    Role.ENGINEER: frozenset(_OPERATOR | {Permission.ENGINEER}),
    Role.FINANCE: frozenset(
        {Permission.SEE_SESSIONS, Permission.SEE_MONEY, Permission.EXPORT, Permission.EDIT_TARIFFS}
    ),
    Role.AUDITOR: frozenset(
        _VIEWER
        | {Permission.SEE_MESSAGES, Permission.SEE_MONEY, Permission.EXPORT, Permission.SEE_AUDIT}
    ),
    Role.ADMIN: frozenset(Permission),
}


def may(role: str, permission: Permission, *, is_limited: bool = False) -> bool:
    """Whether ``role`` (a Role or its value) holds ``permission``.

    ``is_limited``: to some sites; what holds for the whole organisation is then held by nobody.
    """
    if is_limited and permission in OF_ALL_SITES:
        return False
    return permission in MATRIX.get(Role(role), frozenset())


def may_command(role: str, command: str, *, is_limited: bool = False) -> bool:
    """Whether ``role`` may give this command; one of another age needs ENGINEER."""
    return may(role, declaration_of(command).permission, is_limited=is_limited)
