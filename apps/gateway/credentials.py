"""Which password a station has just taken for its own (2.0.1 A01; 1.6J §6.2). Pure.

Read from the call and its answer as they were on the wire, so that a setting from a page and
a raw call are the same.
"""

from typing import Any

from apps.domain.password_rules import KEY_16, PLACE_201

_TAKEN = ("Accepted", "RebootRequired")


def offered_password(action: str, payload: Any) -> str | None:
    """The password that a call sends; None where it sends none."""
    if not isinstance(payload, dict):
        return None
    if action == "ChangeConfiguration" and str(payload.get("key")).casefold() == KEY_16:
        return _text(payload.get("value"))
    if action == "SetVariables":
        wanted = (item for item in _items(payload.get("setVariableData")) if _is_password(item))
        return next((_text(item.get("attributeValue")) for item in wanted), None)
    return None


def new_password(action: str, payload: Any, answer: Any) -> str | None:
    """The password that ``answer`` accepts; None where it accepts none."""
    given = offered_password(action, payload)
    if given is None or not isinstance(answer, dict):
        return None
    verdicts = [answer.get("status")]
    if action == "SetVariables":
        results = _items(answer.get("setVariableResult"))
        verdicts = [r.get("attributeStatus") for r in results if _is_password(r)]
    return given if any(verdict in _TAKEN for verdict in verdicts) else None


def _is_password(item: dict[str, Any]) -> bool:
    place = tuple(_name(item.get(part)) for part in ("component", "variable"))
    return place == PLACE_201 and item.get("attributeType", "Actual") == "Actual"


def _name(named: Any) -> str:
    return str(named.get("name", "")).casefold() if isinstance(named, dict) else ""


def _items(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
