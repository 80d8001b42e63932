"""How OCPP 1.6 names a setting."""

from typing import Any

from apps.domain.onboarding import Setting


def spell(setting: Setting) -> dict[str, Any] | None:
    """An entry of SetVariables; None where 1.6 has no such key."""
    if not setting.key:
        return None
    return {"variable": {"name": setting.key}, "attributeValue": setting.value}
