"""What every page's frame needs: navigation, theme, the reader."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from apps.accounts.models import User
from apps.accounts.roles import Permission
from apps.dashboard.access import zone_of
from apps.dashboard.presenters.overview import Count, Numbers, nav_count

THEMES = ("system", "light", "dark")


@dataclass(frozen=True, slots=True)
class NavItem:
    label: str
    icon: str
    url: str
    is_current: bool
    count: Count | None


_GROUPS: tuple[tuple[str, tuple[tuple[str, str, str, Permission, str], ...]], ...] = (
    (
        "Operate",
        (
            ("Overview", "layout-dashboard", "overview", Permission.SEE_STATIONS, "attention"),
            ("Incidents", "siren", "incidents", Permission.SEE_STATIONS, "incidents"),
            ("Stations", "ev-charger", "stations", Permission.SEE_STATIONS, "stations"),
            ("Sessions", "plug-zap", "sessions", Permission.SEE_SESSIONS, "sessions"),
            ("Attempts", "circle-x", "attempts", Permission.SEE_SESSIONS, ""),
            ("Cases", "scale", "cases", Permission.SEE_SESSIONS, "cases"),
            ("Messages", "messages-square", "messages", Permission.SEE_MESSAGES, ""),
            ("Commands", "square-terminal", "commands", Permission.SEE_MESSAGES, ""),
            ("Jobs", "layers", "jobs", Permission.SEE_STATIONS, ""),
        ),
    ),
    (
        "Manage",
        (
            ("Tokens", "id-card", "tokens", Permission.HELP_DRIVER, ""),
            ("Onboarding", "list-checks", "onboarding", Permission.EDIT_NETWORK, "onboarding"),
            ("Certificates", "shield-check", "certificates", Permission.SEE_STATIONS, ""),
        ),
    ),
    ("Finance", (("Tariffs", "receipt-text", "tariffs", Permission.SEE_MONEY, ""),)),
    (
        "Platform",
        (
            ("People", "users", "people", Permission.ADMINISTER, ""),
            ("API keys", "key-round", "keys", Permission.ADMINISTER, ""),
            ("Audit", "scroll-text", "audit", Permission.SEE_AUDIT, ""),
        ),
    ),
)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor; says little to those who have not logged in."""
    theme = request.COOKIES.get("theme", "system")
    base = {"theme": theme if theme in THEMES else "system", "themes": THEMES}
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return base
    numbers = Numbers(user)
    return {
        **base,
        "actor": user,
        "zone_name": str(zone_of(user)),
        "nav": [(title, _items(request, numbers, rows)) for title, rows in _GROUPS],
        "may": {permission.value: user.may(permission) for permission in Permission},
    }


def _items(
    request: HttpRequest, numbers: Numbers, rows: tuple[tuple[str, str, str, Permission, str], ...]
) -> list[NavItem]:
    items = []
    for label, icon, name, needed, count in rows:
        if numbers.actor.may(needed):
            url = reverse(f"dashboard:{name}")
            current = request.path == url or (url != "/" and request.path.startswith(url))
            items.append(NavItem(label, icon, url, current, nav_count(numbers, count)))
    return items
