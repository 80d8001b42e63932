"""What connectors show, what may be done to them, and frames that are broken."""

from tests.vendors.habit import Group, covered, in_part

STATUS = Group("Status, availability and messages", (
    covered(104, "Legrand Green'Up: an error code that the standard lacks",
            "Kept where codes of the vendor stand",
            "protocol/test_tolerance.py"
            "::test_an_unknown_error_code_is_kept_where_vendors_put_theirs"),
    in_part(105, "ABB DC: \"Finishing\" with an error code, again and again",
            "An equal status is kept once",
            "stations/test_statuses.py::test_what_is_told_again_and_again_is_told_once",
            why="states of a session are kept each time while no session runs"),
    in_part(106, "Schneider: a connector 11 that is not there",
            "None, where the connectors are declared",
            "stations/test_statuses.py::test_a_connector_beyond_the_declared_ones_is_none",
            why="where nothing is declared it is added"),
    in_part(107, "Grizzl-E GRU: shows a changed availability on connector 0 only",
            "It confirms what was asked of the whole station",
            "commands/test_confirmation.py"
            "::test_availability_is_confirmed_by_all_that_was_named",
            why="it does not confirm what was asked of one connector"),
    covered(108, "Several: statuses out of order; connector 0 over all others",
            "The last heard counts; 0 speaks for the station alone",
            "stations/test_statuses.py"
            "::test_the_last_word_that_is_heard_counts_however_old_it_says_it_is",
            "stations/test_statuses.py::test_the_station_itself_speaks_for_no_connector"),
    covered(109, "Wallbox: answers \"Scheduled\" to each change of availability",
            "Confirmed when the connectors show it",
            "commands/test_confirmation.py"
            "::test_what_is_scheduled_behind_a_session_is_confirmed_when_it_ends"),
    covered(110, "Simpson & Partners, EN+: refuse changes of availability",
            "After three refusals its button is grey, with the reason",
            "habits/test_second_tries.py"
            "::test_what_is_refused_by_habit_is_known_of_all_stations_of_the_firmware",
            "dashboard/test_habits.py"
            "::test_what_is_refused_by_habit_is_greyed_out_with_the_reason"),
    covered(111, "EN+: shows \"Finishing\" though the cable stays",
            "No session ends by that",
            "sessions/test_watchdog.py::test_leave_ask_or_close"),
    covered(112, "Autel: stays in \"Finishing\" until it is restarted",
            "After some hours it is a case that proposes a reset",
            "reconciliation/test_watches.py"
            "::test_a_status_that_is_repeated_began_when_it_was_told_first"),
    covered(113, "Mennekes: a comma is missing in its JSON",
            "Answered as far as it can be read, kept; the socket lives",
            "gateway/test_rpc_rules.py"
            "::test_r_10_broken_calls_are_answered_as_far_as_they_can_be_read",
            "flows/test_malformed_frames.py"
            "::test_a_frame_is_answered_or_passed_over_and_kept_and_the_next_one_works"),
    covered(114, "ZJ Beny: a leading comma in its JSON",
            "Mended by its profile",
            "protocol/test_vendors.py::test_beny_has_its_leading_comma_taken_away"),
    covered(115, "AEFA Home: an empty member in the JSON of each reading",
            "Mended by its profile",
            "protocol/test_vendors.py::test_aefa_has_its_empty_transaction_taken_away"),
    covered(116, "Metron Duo: loops after one error in answer to its stop",
            "Read in any form; repeated, it gets the same answer",
            "protocol/test_reading.py"
            "::test_no_mutation_is_refused_and_what_it_did_not_touch_is_read_as_before",
            "gateway/test_rpc_rules.py"
            "::test_r_04_a_repeated_call_gets_the_same_answer_and_counts_once"),
    covered(117, "EVBox Elvi: no status after a reconnect",
            "The last one stays beside Offline; when back it is asked",
            "onboarding/test_makes.py"
            "::test_a_make_that_tells_no_status_when_it_is_back_is_asked",
            "stations/test_availability.py::test_offline_keeps_the_last_word_beside_it"),
    covered(118, "TKT-EV: misreads an answer with a member too many",
            "Answers have what the schema knows",
            "protocol/test_answers.py"
            "::test_a_1_6_start_gets_its_id_even_where_the_tag_is_refused",
            "protocol/test_exact_answers.py::test_what_is_answered_is_exact"),
    in_part(119, "Growatt THOR: refuses triggers in masses; a wrong number of connectors",
            "What it refuses by habit is not asked again unasked",
            "habits/test_second_tries.py"
            "::test_what_is_refused_by_habit_is_not_asked_unasked_and_people_may_still_ask",
            "commands/test_questions.py"
            "::test_a_station_that_comes_back_a_dozen_times_is_asked_once",
            why="the number of connectors that it tells is believed"),
    covered(120, "ABL, go-e: triggers with a connector only, or without",
            "Refused twice, a question goes the other way, which is remembered",
            "habits/test_second_tries.py"
            "::test_a_question_that_was_refused_twice_goes_the_other_way"),
    covered(121, "Simpson & Partners: text for the details of an error",
            "Anything may stand there",
            "protocol/test_frames.py::test_a_call_error_may_carry_anything_as_its_details"),
    covered(122, "Grizzl-E: null for an empty payload",
            "Taken for an empty one",
            "gateway/test_rpc_rules.py::test_r_02_a_null_payload_is_taken_for_an_empty_one"),
))  # fmt: skip
