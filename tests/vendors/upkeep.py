"""Firmware, logs and security."""

from tests.vendors.habit import Group, covered, in_part, not_yet

_ADDRESS = "control/test_values.py::test_a_place_on_a_network_is"

UPKEEP = Group("Firmware, logs and security", (
    covered(141, "OpenEVSE and others: fetch firmware without TLS only",
            "An address that its make cannot fetch is refused in words",
            "control/test_manners.py"
            "::test_an_address_that_a_make_cannot_fetch_is_refused_in_words"),
    covered(142, "Several: never tell that firmware is installed",
            "A boot with another version than before confirms the update",
            "commands/test_confirmation.py"
            "::test_firmware_that_boots_is_installed_though_nobody_says_so"),
    covered(143, "Some: leave out steps of an update",
            "The last word counts, whatever came before",
            "commands/test_progress.py"
            "::test_an_answer_and_the_reports_that_follow_it_may_lie_in_one_batch"),
    in_part(144, "EVBox: particular about the address of firmware",
            "Its make says which addresses it takes",
            "control/test_manners.py"
            "::test_an_address_that_a_make_cannot_fetch_is_refused_in_words",
            why="no trial of the download before it is told"),
    not_yet(145, "Schneider: needs a way of its own to update",
            "No profile has one; a raw call is left to engineers"),
    covered(146, "Some: tell that they upload in masses",
            "Told again and again, a step is one line",
            "stations/test_notices.py::test_a_step_that_is_told_in_masses_is_one_line"),
    covered(147, "Some: do not reconnect after a ping without an answer",
            "Their pings are answered; who stays away is told",
            "gateway/test_connection_rules.py::test_t_13_a_ping_is_answered",
            "incidents/test_notices.py"
            "::test_an_incident_is_told_once_with_its_next_action_and_address"),
    covered(148, "ABB and others: security events that nobody asked for, with 1.6",
            "Taken and kept",
            "conformance/v16/test_maintenance.py::test_tc_080_csms",
            "protocol/test_vendors.py"
            "::test_abb_resends_a_start_and_writes_null_for_nothing"),
    covered(149, "Some: present `HardReset` for a card",
            "A stop by a reset has no card",
            "protocol/test_vendors.py::test_what_is_no_part_of_a_card_is_left_out"),
))  # fmt: skip
