"""How OCPP 2.0.1 names a setting."""

from typing import Any

from apps.domain.onboarding import Setting


def spell(setting: Setting) -> dict[str, Any] | None:
    """An entry of SetVariables; None where 2.0.1 has no such variable."""
    if not (setting.component and setting.variable):
        return None
    variable = {"name": setting.variable}
    if setting.instance:
        variable["instance"] = setting.instance
    return {
        "component": {"name": setting.component},
        "variable": variable,
        "attributeValue": setting.value,
    }
