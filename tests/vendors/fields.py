"""What a profile of a maker can say, and where what holds for every station is settled instead."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """``idea``: what makers differ in. ``member``: of Profile or Manner, "" where ``how`` says
    what takes its place.
    """

    idea: str
    member: str = ""
    how: str = ""


FIELDS = (
    Field("which stations", "vendor", "and `model`, `firmware`: patterns of whole names"),
    Field("broken JSON", "text_repairs"),
    Field("what is no part of a card", "tag_cuts"),
    Field("messages that mean something else", "habits"),
    Field("volts between phases", "volts_between_phases"),
    Field("quiet after a boot or a reconnect", "boot_quiet_s"),
    Field("pause between calls", "call_gap_s"),
    Field("settings in one call", "keys_per_call", "where the station has not told"),
    Field("reading of everything after a boot", "is_read_on_boot"),
    Field("interval of heartbeats", "heartbeat_s"),
    Field("question for its status", "is_silent_when_back"),
    Field("unit, kind, level, purpose, place and number of periods of a limit; a start with its"
          " limit; a trigger with a connector", "refuses"),
    Field("least limit, and whether 0 is borne", "least_a"),
    Field("steps of a limit", "steps_a"),
    Field("clearing after a session", "is_cleared_after"),
    Field("sending again after a boot", "loses_limits"),
    Field("pause between sessions", "restart_gap_s"),
    Field("addresses of files", "file_schemes"),
    Field("units of its own settings", "key_units"),
    Field("sub-protocol assumed, identities, password", "",
          "chosen for one station, on the page of who was turned away"),
    Field("paths, forms of passwords, pings, lengths of texts", "",
          "read in any form of every station"),
    Field("register of a life or a session, measurand, scale", "",
          "judged by the readings of each session"),
    Field("connector 0", "", "is the station, or its only connector, of every station"),
    Field("calls that fell it", "", "learned for each station after two falls"),
    Field("scope of availability", "", "learned for each model and firmware"),
    Field("zone of times without one", "", "UTC for all; the offset of the clock shows"),
    Field("shape of remote cards", "", "the driver's own card is sent; none is made here"),
    Field("version that works", "", "its errors bring the advice which to set"),
)  # fmt: skip
