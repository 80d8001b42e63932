"""What stations tell of themselves, and how they bear being read and set."""

from tests.vendors.habit import Group, covered, in_part, not_for_us, not_yet

_FORGIVEN = "protocol/test_tolerance.py::test_harmless_habits_are_forgiven"
_BENT = "protocol/test_reading.py::test_a_bent_message_is_read_noted_and_answered"
_UNREAD = "gateway/test_acceptance.py::test_a_make_that_cannot_bear_it_is_not_read"
_SET_UP = (
    "onboarding/test_setup.py"
    "::test_each_step_is_sent_and_seen_and_then_the_station_is_called_back"
)  # fmt: skip

BOOTING = Group("Booting and settings", (
    covered(21, "Wallbox: boots in a loop where it is asked anything too early",
            "Left alone after its boot, and when it comes back",
            "gateway/test_opening.py::test_nothing_is_sent_until_a_while_after_the_boot",
            "gateway/test_opening.py"
            "::test_a_station_that_comes_back_is_left_alone_as_long_as_its_make_needs_it"),
    covered(22, "Wallbox and many: no boot after a reconnect",
            "A station that was accepted stays so",
            "gateway/test_connection_rules.py"
            "::test_t_14_a_station_that_reconnects_may_speak_without_a_new_boot"),
    covered(23, "ABB Terra AC: restarts or hangs up when certain settings are read",
            "Not read after its boot; what fells it twice is left out", _UNREAD,
            "commands/test_poison.py"
            "::test_a_call_on_which_the_link_fell_twice_is_not_asked_again"),
    not_for_us(24, "StarCharge, MG: reconnect while measurands are probed",
               "Nothing is probed by writing; a person says what is set"),
    covered(25, "EVBox Livo: hangs when it is read right after its boot",
            "Held as Pending, read, then accepted; not read unasked", _SET_UP),
    in_part(26, "EVBox Elvi: hangs up under many calls for settings",
            "One call at a time, and a second of rest after each",
            "gateway/test_rpc_rules.py::test_r_06_one_call_at_a_time_is_outstanding",
            "gateway/test_delivery.py"
            "::test_a_make_that_hangs_up_under_many_calls_gets_a_pause_after_each",
            why="a refused list of measurands is not shortened"),
    in_part(27, "Entratek: no answer to reading everything, and four keys at most",
            "Named keys go in portions as large as the station told",
            "protocol/test_outbound.py"
            "::test_l01_five_variables_with_a_limit_of_four_are_four_and_one",
            why="where reading everything times out, nothing smaller is tried"),
    covered(28, "Grizzl-E Smart: half an answer to reading settings, and passwords in it",
            "That call fails, the socket lives; secrets are masked",
            "protocol/test_vendors.py::test_grizzl_e_sends_null_and_half_an_answer",
            "gateway/test_rpc_rules.py"
            "::test_r_08_a_broken_answer_fails_the_call_and_gets_no_answer",
            "journal/test_masking.py::test_secret_names"),
    covered(29, "ATESS: an empty answer to reading settings; refuses triggers",
            "That is an answer; what it refuses is not asked again unasked",
            "protocol/test_outcomes.py::test_each_answer_has_its_meaning",
            "habits/test_second_tries.py"
            "::test_what_is_refused_by_habit_is_not_asked_unasked_and_people_may_still_ask"),
    covered(30, "Vestel EVC04: empty lists of sampled values",
            "Nothing to keep, noted and acknowledged", _BENT),
    covered(31, "Scame and others: settings as numbers and booleans",
            "Read as text whatever their JSON type",
            "protocol/test_outcomes.py"
            "::test_configuration_keys_are_read_whatever_their_json_type"),
    in_part(32, "Some: spell the names of keys in another case",
            "Found in any case; its page writes what it listed",
            "stations/test_abilities.py::test_an_ability_is_known_by_its_name_in_either_version",
            "dashboard/test_device.py::test_a_value_is_sent_as_the_station_names_it",
            why="steps of a set-up write the spelling of the standard"),
    not_for_us(33, "Mennekes Amtron: quotes and spaces in its list of measurands",
               "The list is shown as told; nothing here depends on it"),
    not_for_us(34, "SyncEV: phases in its list of measurands",
               "The list is shown as told; nothing here depends on it"),
    covered(35, "Teison: does not tell in which unit it takes limits",
            "Refused in one unit, a limit is tried once in the other",
            "stations/test_abilities.py::test_what_was_not_told_is_assumed",
            "habits/test_second_tries.py"
            "::test_a_limit_that_is_refused_in_amperes_is_tried_once_in_watts_and_remembered"),
    covered(36, "Schneider EVlink: serial numbers beyond the schema's length",
            "Read whole and noted", _FORGIVEN),
    covered(37, "Grizzl-E, HICI: names of models beyond the schema's length",
            "Read whole and noted", _FORGIVEN),
    covered(38, "Huawei SCharger: leaves its vendor empty",
            "Known by its model",
            "protocol/test_vendors.py::test_huawei_without_a_name_sends_objects_for_arrays"),
    in_part(39, "Several: keep an interval of their own, whatever they are told",
            "Any message counts; a step of the set-up may set the key",
            "gateway/test_connection_rules.py"
            "::test_t_16_any_message_shows_that_a_station_is_there",
            why="silence is measured by what was told, not by how often it speaks"),
    covered(40, "Alfen: stops at answers that are not exact",
            "Every answer is valid for its version, times in UTC",
            "protocol/test_exact_answers.py::test_what_is_answered_is_exact"),
    covered(41, "Fronius Wattpilot: restarts often",
            "Four boots within an hour are a case",
            "reconciliation/test_watches.py"
            "::test_a_watchdog_speaks_in_its_time_and_is_content_afterwards"),
    in_part(42, "go-e: restarts when its connection drops",
            "No socket is closed for its age or for a ping",
            "gateway/test_connection_rules.py"
            "::test_no_socket_is_closed_for_its_age_and_memory_is_bounded",
            why="a restart of the gateway closes all of its sockets"),
    covered(43, "Some: speak before they boot",
            "Taken in any order",
            "flows/test_transaction_rules.py"
            "::test_x_20_a_started_transaction_is_not_taken_for_charging"),
    not_for_us(44, "Easee: OCPP is switched on in its maker's cloud",
               "Nothing to say to the station before that"),
    not_yet(45, "EVBox Elvi: wired with its phases in another order",
            "No map of phases for a connector"),
))  # fmt: skip
