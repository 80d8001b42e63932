"""Times that stations tell, and times that they can read."""

from tests.vendors.habit import Group, covered, in_part

_SECONDS = "protocol/test_answers.py::test_a_boot_is_answered_with_whole_seconds_in_utc"

CLOCKS = Group("Clocks", (
    covered(46, "Many small controllers: 1970 until their clock is set",
            "Timed by what else is known, and marked",
            "sessions/test_wrong_clocks.py"
            "::test_a_start_by_the_factory_clock_is_dated_by_the_readings_that_follow"),
    in_part(47, "Growatt THOR: times without a zone",
            "Read as UTC; the offset shows",
            "protocol/test_vendors.py::test_growatt_names_no_zone_and_reservation_zero",
            why="the zone of the site is not assumed (docs/decisions.md)"),
    covered(48, "Chago, Mennekes: local time that calls itself UTC",
            "Live messages show the offset, and what to set",
            "gateway/test_clocks.py::test_two_live_messages_show_the_offset",
            "gateway/test_clocks.py::test_an_operator_reads_what_to_set"),
    covered(49, "Some: an offset of two digits (`+02`)",
            "Read like any other",
            "protocol/test_timestamps.py::test_what_stations_write_is_understood"),
    covered(50, "Phihong: refuses our time without a zone",
            "Always in UTC, with its `Z`", _SECONDS),
    covered(51, "Enovates and others: cannot read fractions of a second",
            "Whole seconds", _SECONDS),
    covered(52, "ABB Terra DC: statuses that say they are hours old",
            "The last that is heard counts",
            "stations/test_statuses.py"
            "::test_the_last_word_that_is_heard_counts_however_old_it_says_it_is"),
    covered(53, "KEBA P30: a stop that is rounded to before its last reading",
            "Readings of minutes after the stop still count",
            "sessions/test_energy.py"
            "::test_rule_7_samples_far_outside_belong_to_another_session"),
    covered(54, "Some: take a schedule that begins now for one of the future",
            "Refused, it is tried once as begun a minute ago",
            "domain/test_ways.py::test_what_begins_now_may_have_begun_a_minute_ago",
            "habits/test_second_tries.py"
            "::test_whatever_the_way_that_is_refused_the_other_is_found_and_remembered"),
))  # fmt: skip
