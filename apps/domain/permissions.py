"""What somebody may be allowed to do; which role holds what is for ``accounts.roles``."""

from enum import StrEnum


class Permission(StrEnum):
    """What a face asks before it shows or does something."""

    SEE_STATIONS = "see_stations"
    SEE_SESSIONS = "see_sessions"
    SEE_MESSAGES = "see_messages"
    HELP_DRIVER = "help_driver"  # start, stop, unlock, trigger, read
    OPERATE = "operate"  # reset, availability, configuration, adopt
    ENGINEER = "engineer"  # raw calls, firmware, certificates, variables of monitoring
    EDIT_TOKENS = "edit_tokens"
    EDIT_TARIFFS = "edit_tariffs"
    SEE_MONEY = "see_money"
    EXPORT = "export"
    EDIT_STATIONS = "edit_stations"
    EDIT_NETWORK = "edit_network"  # what is for all sites: how stations come in, roots, new sites
    SEE_AUDIT = "see_audit"  # who did what
    ADMINISTER = "administer"  # people, keys, rules of who is told
