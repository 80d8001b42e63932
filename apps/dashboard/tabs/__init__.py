"""The parts of a station's page: one file a tab. ``TABS`` has them in the order of the page."""

from apps.dashboard.tabs import (
    activity,
    configuration,
    display,
    lists,
    maintenance,
    messages,
    monitoring,
    overview,
    power,
    reservations,
    security,
    sessions,
)

TABS = (
    overview.TAB,
    activity.TAB,
    messages.TAB,
    sessions.TAB,
    lists.TAB,
    reservations.TAB,
    configuration.TAB,
    monitoring.TAB,
    maintenance.TAB,
    power.TAB,
    display.TAB,
    security.TAB,
)
