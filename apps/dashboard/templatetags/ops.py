"""How the control room writes things: icons, chips, quantities, instants, live fragments."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import template
from django.template import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from apps.accounts.models import Actor
from apps.accounts.roles import Permission
from apps.dashboard.icons import draw
from apps.journal import reading
from apps.sessions import words
from apps.sessions.flow import power_now_w
from apps.sessions.models import Session
from apps.tariffs.pricing import MINOR_UNITS

register = template.Library()
_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "CHF": "CHF ", "SEK": "SEK "}
_THIN = "\u202f"
_NONE = "—"


@register.simple_tag
def icon(name: str, size: int = 16) -> SafeString:
    """An inline drawing; decoration only, so that words must stand beside it."""
    return mark_safe(draw(name, int(size)))  # noqa: S308 - drawings of a package


@register.simple_tag
def chip(tone: str, icon_name: str, word: str, title: str = "") -> SafeString:
    """A state: shape, word and colour together."""
    return format_html(
        '<span class="chip chip-{}"{}>{}<span>{}</span></span>',
        tone,
        format_html(' title="{}"', title) if title else "",
        icon(icon_name, 14),
        word,
    )


@register.simple_tag
def session_chip(state: str) -> SafeString:
    word, tone, icon_name, explanation = words.state(state)
    return chip(tone, icon_name, word, explanation)


@register.simple_tag(takes_context=True)
def live(context: Context, name: str, it: Any) -> str:
    """The fragment ``name`` of ``it``: what the socket sends again when it changes."""
    from apps.dashboard import fragments

    return mark_safe(fragments.render(name, it, context["actor"]))  # noqa: S308 - a template


@register.simple_tag(takes_context=True)
def way(context: Context, permission: str, name: str, *args: Any, **query: Any) -> SafeString | str:
    """``href="…"`` to a page, for those who may open it; without, a link is plain text."""
    if not context["actor"].may(Permission(permission)):
        return ""
    asked = f"?{urlencode(query)}" if query else ""
    return format_html('href="{}{}"', reverse(f"dashboard:{name}", args=args), asked)


@register.filter
def may(actor: Actor, permission: str) -> bool:
    return actor.may(Permission(permission))


@register.filter
def kwh(energy_wh: float | None, digits: int = 3) -> str:
    return _NONE if energy_wh is None else f"{_grouped(energy_wh / 1000, digits)}"


@register.filter
def kw(power_w: float | None) -> str:
    return _NONE if power_w is None else f"{_grouped(power_w / 1000, 1)}"


@register.filter
def power_now(session: Session) -> float | None:
    """W as they are taken at this moment, where that is known."""
    return power_now_w(session, timezone.now())


@register.filter
def energy(energy_wh: float | None) -> str:
    """With the unit that suits the size."""
    if energy_wh is None:
        return _NONE
    if energy_wh >= 10_000_000:
        return f"{_grouped(energy_wh / 1_000_000, 1)} MWh"
    return f"{_grouped(energy_wh / 1000, 1)} kWh"


@register.filter
def power(power_w: float | None) -> str:
    if power_w is None:
        return _NONE
    if power_w >= 1_000_000:
        return f"{_grouped(power_w / 1_000_000, 2)} MW"
    return f"{_grouped(power_w / 1000, 1)} kW"


@register.filter
def pct(value: float | None) -> str:
    return _NONE if value is None else f"{value:.0f} %"


@register.filter
def money(amount: Decimal | None, currency: str = "") -> str:
    if amount is None:
        return _NONE
    symbol = _SYMBOLS.get(currency, f"{currency} " if currency else "")
    return f"{symbol}{_grouped(amount, MINOR_UNITS.get(currency, 2))}"


@register.filter
def grouped(value: float) -> str:
    return _grouped(value, 0)


@register.filter
def exact(value: Decimal, digits: int | None = None) -> str:
    """A decimal without the zeros at its end, of at most ``digits`` decimals."""
    text = f"{value:f}" if digits is None else f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@register.simple_tag
def ago(instant: datetime | None, missing: str = "never") -> SafeString | str:
    """How long since; the page counts on by itself."""
    if instant is None:
        return missing
    local = _local(instant)
    return format_html(
        '<time datetime="{}" title="{}" data-ago>{}</time>',
        instant.isoformat(timespec="seconds"),
        f"{local:%a %d %b %Y %H:%M:%S %Z}",
        span((timezone.now() - instant).total_seconds()),
    )


@register.simple_tag
def instant(at: datetime | None, style: str = "full") -> SafeString | str:
    """An absolute time in the zone of the page. ``style``: full | short | clock | ms."""
    if at is None:
        return _NONE
    local = _local(at)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        at.isoformat(timespec="milliseconds"),
        f"{local:%a %d %b %Y %H:%M:%S %Z}",
        _styled(local, style),
    )


def _local(at: datetime) -> datetime:
    """In the zone of the page; as it was kept, where no calendar has it there."""
    try:
        return timezone.localtime(at)
    except OverflowError:
        return at


def _styled(local: datetime, style: str) -> str:
    match style:
        case "clock":
            return f"{local:%H:%M:%S}"
        case "ms":
            return f"{_day(local)}{local:%H:%M:%S}.{local.microsecond // 1000:03d}"
        case "short":
            return f"{_day(local)}{local:%H:%M}"
    return f"{local:%a %d %b %Y %H:%M:%S %Z}"


def _day(local: datetime) -> str:
    """The day, where it is not today, and the year where that is not this year."""
    today = timezone.localtime().date()
    if local.date() == today:
        return ""
    return f"{local:%d %b} " if local.year == today.year else f"{local:%d %b %Y} "


@register.filter
def span(seconds: float | None) -> str:
    """A length of time in at most two units."""
    if seconds is None:
        return _NONE
    seconds = max(int(seconds), 0)
    for size, unit, lesser, name in (
        (86400, "d", 3600, "h"),
        (3600, "h", 60, "min"),
        (60, "min", 0, ""),
    ):
        if seconds >= size:
            rest = (seconds % size) // lesser if lesser else 0
            return f"{seconds // size} {unit}" + (f" {rest} {name}" if rest else "")
    return f"{seconds} s"


@register.filter
def between(begin: datetime, end: datetime | None) -> str:
    return span(((end or timezone.now()) - begin).total_seconds())


@register.filter
def words_of(value: str) -> str:
    """A name of ours as words: "start_session" → "Start session"."""
    return value.replace("_", " ").capitalize()


@register.filter
def shown(kept: Any) -> reading.Shown:
    """Kept text or a JSON value as a page can bear it: ``text`` and ``note``."""
    return reading.shown(kept)


@register.filter
def at_key(mapping: Mapping[Any, Any], key: Any) -> Any:
    return mapping.get(key)


@register.filter
def protocol(name: str) -> str:
    return name.replace("ocpp", "OCPP ") if name else _NONE


def _grouped(value: float | Decimal, digits: int) -> str:
    return f"{value:,.{digits}f}".replace(",", _THIN)
