"""Which role may do what. Pure: a table and one question."""

from enum import StrEnum


class Role(StrEnum):
    ADMIN = "admin"
    OPERATOR = "operator"
    SUPPORT = "support"
    FINANCE = "finance"


class Permission(StrEnum):
    """What a face asks before it shows or does something."""

    SEE_STATIONS = "see_stations"
    SEE_SESSIONS = "see_sessions"
    SEE_MESSAGES = "see_messages"
    HELP_DRIVER = "help_driver"  # start, stop, unlock, trigger, read
    OPERATE = "operate"  # reset, availability, configuration, adopt
    ENGINEER = "engineer"  # raw calls
    EDIT_TOKENS = "edit_tokens"
    EDIT_TARIFFS = "edit_tariffs"
    SEE_MONEY = "see_money"
    EXPORT = "export"
    EDIT_STATIONS = "edit_stations"
    ADMINISTER = "administer"


_SUPPORT = {
    Permission.SEE_STATIONS,
    Permission.SEE_SESSIONS,
    Permission.SEE_MESSAGES,
    Permission.HELP_DRIVER,
    Permission.SEE_MONEY,
    Permission.EXPORT,
}
_OPERATOR = _SUPPORT | {
    Permission.OPERATE,
    Permission.ENGINEER,
    Permission.EDIT_TOKENS,
    Permission.EDIT_STATIONS,
}
MATRIX: dict[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset(Permission),
    Role.OPERATOR: frozenset(_OPERATOR),
    Role.SUPPORT: frozenset(_SUPPORT),
    Role.FINANCE: frozenset(
        {Permission.SEE_SESSIONS, Permission.SEE_MONEY, Permission.EXPORT, Permission.EDIT_TARIFFS}
    ),
}

COMMAND_PERMISSIONS: dict[str, Permission] = {
    "start_session": Permission.HELP_DRIVER,
    "stop_session": Permission.HELP_DRIVER,
    "unlock_connector": Permission.HELP_DRIVER,
    "trigger_message": Permission.HELP_DRIVER,
    "get_variables": Permission.HELP_DRIVER,
    "get_transaction_status": Permission.HELP_DRIVER,
    "reset": Permission.OPERATE,
    "change_availability": Permission.OPERATE,
    "set_variables": Permission.OPERATE,
    "get_log": Permission.OPERATE,
    "update_firmware": Permission.ENGINEER,
    "read_device_model": Permission.HELP_DRIVER,
    "get_report": Permission.HELP_DRIVER,
    "get_monitoring_report": Permission.HELP_DRIVER,
    "set_monitoring_base": Permission.ENGINEER,
    "set_monitoring_level": Permission.ENGINEER,
    "customer_information": Permission.EDIT_TOKENS,
    "set_monitors": Permission.ENGINEER,
    "clear_monitors": Permission.ENGINEER,
    "set_charging_profile": Permission.OPERATE,
    "clear_charging_profile": Permission.OPERATE,
    "get_charging_profiles": Permission.HELP_DRIVER,
    "get_composite_schedule": Permission.HELP_DRIVER,
    "raw_call": Permission.ENGINEER,
    "tell_user_price": Permission.OPERATE,
    "tell_running_cost": Permission.OPERATE,
    "tell_final_cost": Permission.OPERATE,
    "data_transfer": Permission.ENGINEER,
    "publish_firmware": Permission.ENGINEER,
    "unpublish_firmware": Permission.ENGINEER,
    "set_display_message": Permission.OPERATE,
    "get_display_messages": Permission.HELP_DRIVER,
    "clear_display_message": Permission.OPERATE,
    "clear_cache": Permission.OPERATE,
    "send_local_list": Permission.OPERATE,
    "get_local_list_version": Permission.HELP_DRIVER,
    "reserve_now": Permission.HELP_DRIVER,
    "cancel_reservation": Permission.HELP_DRIVER,
}


def may(role: str, permission: Permission) -> bool:
    """Whether ``role`` (a Role or its value) holds ``permission``."""
    return permission in MATRIX.get(Role(role), frozenset())


def may_command(role: str, command: str) -> bool:
    """Whether ``role`` may give this command; unknown commands need ENGINEER."""
    return may(role, COMMAND_PERMISSIONS.get(command, Permission.ENGINEER))
