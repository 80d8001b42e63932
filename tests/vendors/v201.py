"""What stations do with OCPP 2.0.1 alone."""

from tests.vendors.habit import Group, covered, in_part

_BENT = "protocol/test_reading.py::test_a_bent_message_is_read_noted_and_answered"

V201 = Group("OCPP 2.0.1", (
    covered(150, "Some: no reason for an event of a transaction",
            "Noted and taken", _BENT,
            "flows/test_quirks.py::test_a_quirky_station_has_right_sessions"),
    covered(151, "All: tell the EVSE once",
            "Kept for the rest of the session",
            "flows/test_transaction_rules.py::test_x_08_evse_and_ids_may_come_later_and_once"),
    in_part(152, "Several: an EVSE without its connector",
            "It stays open which one; nothing is guessed", _BENT,
            why="an only connector is not filled in"),
    covered(153, "Any after an outage: events late, out of order, with gaps, ids used again",
            "Any order makes the same session; used names are told apart",
            "sessions/test_any_order.py::test_a_2_0_1_session_is_the_same_in_any_order",
            "flows/test_transaction_rules.py::test_x_04_events_after_ended_are_merged",
            "flows/test_who_is_meant.py"
            "::test_a_name_that_is_used_again_after_a_boot_is_another_session"),
    covered(154, "FoxESS A: leaves EVSEs and abilities out of its report",
            "Statuses show EVSEs; what was not told is unknown",
            "flows/test_transaction_rules.py"
            "::test_x_20_a_started_transaction_is_not_taken_for_charging",
            "stations/test_abilities.py::test_what_was_not_told_is_assumed"),
    covered(155, "FoxESS A: a status of EVSE 0; \"Available\" while the cable is in",
            "0 is the station itself; what charges is shown as charging",
            "stations/test_statuses.py::test_the_station_itself_speaks_for_no_connector",
            "stations/test_availability.py"
            "::test_the_session_says_how_it_goes_and_the_station_what_is_wrong"),
    covered(156, "FoxESS A: begins without power when started soon after a stop",
            "A start waits until three minutes after the session before",
            "control/test_manners.py"
            "::test_a_start_waits_as_long_as_its_make_needs_after_a_session",
            "attempts/test_attempts.py::test_each_kind_of_attempt_is_one_line_newest_first"),
    covered(157, "FoxESS A: messages of 1.6 on a socket of 2.0.1",
            "Refused by name, with what to set, and kept",
            "protocol/test_examination.py"
            "::test_a_message_of_the_other_version_is_told_what_to_set",
            "gateway/test_rpc_rules.py::test_r_05_r_18_unknown_and_misplaced_actions"),
    covered(158, "EVBox Livo: wants to be held as Pending first",
            "A recipe of steps holds it until it is set up",
            "onboarding/test_setup.py"
            "::test_each_step_is_sent_and_seen_and_then_the_station_is_called_back"),
    in_part(159, "Some: a contract's certificate without its hashes, or without a responder",
            "Judged from the certificate itself",
            "conformance/v201/test_c_certificates.py::test_tc_c_52_csms",
            why="a certificate that names no responder is refused"),
))  # fmt: skip
