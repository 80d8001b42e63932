"""Limits, and what stations make of them."""

from tests.vendors.habit import Group, covered, in_part

_LIMITS = "power/test_rules.py::test_a_station_has_its_own_limits"
_LEAST = "power/test_rules.py::test_what_a_make_does_not_take_is_said"
_KNOWN = "habits/test_second_tries.py::test_a_limit_leaves_as_its_make_is_known_to_take_it"
_FOUND = (
    "habits/test_second_tries.py"
    "::test_whatever_the_way_that_is_refused_the_other_is_found_and_remembered"
)

POWER = Group("Smart charging", (
    covered(123, "ABB Terra AC: refuses higher stack levels",
            "Sent at the lowest level; of others it is tried once refused",
            _LIMITS, _KNOWN, _FOUND),
    in_part(124, "Wallbox: refuses absolute profiles",
            "A limit from now on is told relative to the session",
            "domain/test_ways.py"
            "::test_a_limit_that_holds_from_now_on_is_told_relative_to_the_session",
            "gateway/test_delivery.py::test_a_call_leaves_as_its_make_takes_it", _FOUND,
            why="limits that change or end have no relative form that is the same"),
    covered(125, "EVBox Elvi: dead until power is cut after a limit of 0 A",
            "A limit below 6 A is refused here, in words", _LEAST),
    covered(126, "Huawei SCharger: keeps a limit beyond its session; watts only",
            "Amperes leave as watts; a session's limit is cleared after it", _KNOWN,
            "power/test_keeping.py"
            "::test_a_make_that_keeps_a_limit_beyond_its_session_has_it_cleared"),
    covered(127, "ABB Terra AC: trouble after a limit of 0",
            "A limit below 6 A is refused here, in words", _LEAST),
    covered(128, "EVBox, KEBA: static limits in units of their own",
            "The setting says what its number counts",
            "dashboard/test_habits.py"
            "::test_a_makers_own_setting_says_what_its_number_counts"),
    covered(129, "go-e: refuses a start that brings a profile",
            "Started without; the limit follows once the session runs",
            "habits/test_second_tries.py"
            "::test_a_start_that_is_refused_with_its_limit_is_given_without_it"),
    covered(130, "Entratek: refuses to tell its composite schedule",
            "It is worked out here from what was sent",
            "power/test_composite.py::test_e7_the_session_replaces_the_default_and_others_limit_it",
            "dashboard/test_power.py"
            "::test_the_tab_says_what_limits_the_station_in_the_time_of_the_site"),
    covered(131, "NEcharge: takes a few steps of amperes, and rounds down",
            "Rounded down to its steps before it is sent, and shown so",
            "domain/test_ways.py::test_limits_go_in_the_steps_of_a_make_rounded_down",
            _KNOWN),
    covered(132, "KEBA P30 group: limits for the whole station only",
            "Told for the station where that is the same, else said",
            _KNOWN, _FOUND,
            "power/test_rules.py::test_what_a_make_does_not_take_is_said"),
    covered(133, "EVBox: refuses a relative maximum of the station",
            "Not accepted here either",
            "power/test_rules.py::test_a_broken_rule_is_named"),
    covered(134, "ABB Terra AC: stays low after a profile was left behind",
            "What it holds is listed, and cleared as a whole",
            "conformance/v16/test_smart_charging.py::test_tc_067_csms",
            "flows/test_limits.py::test_what_we_expect_is_what_the_charger_says"),
    covered(135, "Injet Sonic, Legrand: accept a higher limit and keep to the first",
            "A raised limit that is not taken up is said",
            "power/test_uptake.py::test_a_raised_limit_that_is_not_taken_up_is_said"),
    covered(136, "Grizzl-E: back to its own limit after each boot",
            "Its limits are sent again; with 2.0.1 others are asked for theirs",
            "power/test_keeping.py"
            "::test_a_make_that_forgets_its_limits_is_told_again_after_a_boot",
            "power/test_boot.py::test_a_station_that_holds_profiles_is_asked"),
    covered(137, "FoxESS A: holds profiles of 2.0.1 against the schema of 1.6",
            "Its error brings the advice to set it to 1.6",
            "dashboard/test_habits.py"
            "::test_a_station_that_goes_by_the_schema_of_another_version_is_said_so"),
    covered(138, "Some of 2.0.1: watts only",
            "What they told of their unit decides",
            "power/test_cars.py::test_the_station_has_a_say_in_unit_and_size", _LIMITS),
    covered(139, "Some of 2.0.1: accept a call that is a probe, and never answer",
            "A call times out, and the next one goes",
            "gateway/test_rpc_rules.py"
            "::test_r_07_a_call_without_an_answer_times_out_and_the_late_answer_is_dropped",
            "onboarding/test_setups.py::test_one_that_was_lost_too_often_is_passed_over_too"),
    in_part(140, "Some: reports and security events while they are held as Pending",
            "Reports that were asked for are taken",
            "onboarding/test_setup.py"
            "::test_each_step_is_sent_and_seen_and_then_the_station_is_called_back",
            why="security events are refused until the station is accepted"),
))  # fmt: skip
