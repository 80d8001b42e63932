"""How transactions begin, end and are named."""

from tests.vendors.habit import Group, covered, in_part, not_for_us

_QUIRKS = "flows/test_quirks.py::test_a_quirky_station_has_right_sessions"
_NAMELESS = (
    "flows/test_who_is_meant.py::test_a_stop_without_a_name_ends_the_only_session_that_it_fits"
)
_MISNAMED = "flows/test_who_is_meant.py::test_an_unknown_transaction_needs_card_and_register"
_PARKED = (
    "flows/test_transaction_rules.py"
    "::test_x_12_a_1_6_stop_of_an_unknown_transaction_is_acknowledged_and_parked"
)  # fmt: skip
_FREED = "sessions/test_watchdog.py::test_leave_ask_or_close"
_SUCCEEDED = (
    "flows/test_who_is_meant.py"
    "::test_a_start_closes_the_session_that_lost_its_stop_on_its_connector"
)  # fmt: skip
_ODD_TOKEN = (
    "tokens/test_authorization.py"
    "::test_what_a_station_presents_for_a_car_or_by_itself_is_a_token_like_any_other"
)

TRANSACTIONS = Group("Transactions", (
    covered(55, "Alfen Eve: readings of transaction 9223372036854775807",
            "Read as unknown; the connector's session is meant", _QUIRKS,
            "protocol/test_inbound_v16.py"
            "::test_a_transaction_id_that_stands_for_unknown_is_none"),
    in_part(56, "Alfen Eve: tells its whole history when it first connects",
            "Each session once, with its own times",
            "sessions/test_wrong_clocks.py::test_a_session_that_is_told_much_later_is_believed",
            "sessions/test_any_order.py"
            "::test_a_1_6_session_is_the_same_in_any_order_after_its_start",
            why="it is priced like any session, without a mark"),
    covered(57, "Alfen: no register at the start, and an unknown transaction after a restart",
            "Energy from its readings; card and register show whose stop it is",
            "protocol/test_vendors.py"
            "::test_alfen_without_a_register_with_an_overflown_id_and_unknown_words", _MISNAMED),
    covered(58, "Delta DC: stops transaction 0",
            "Ends the only session that all of it fits", _NAMELESS, _QUIRKS),
    covered(59, "KEBA P30 and others: stop transaction -1",
            "Ends the only session that all of it fits", _NAMELESS, _QUIRKS),
    covered(60, "ABB Terra AC: sends a start again after an outage, and never a stop",
            "One session; silence is asked about, then closed",
            "flows/test_who_is_meant.py::test_a_start_told_again_in_other_words_is_one",
            "sessions/test_watchdog.py::test_silence_is_asked_about_then_closed_each_once"),
    covered(61, "Many small controllers: send a start twice, under new or the same message id",
            "One session and one answer", _QUIRKS,
            "gateway/test_rpc_rules.py"
            "::test_r_04_a_repeated_call_gets_the_same_answer_and_counts_once"),
    covered(62, "Many small controllers: only the stop arrives after an outage",
            "A session of what its readings show, or parked and a case",
            "sessions/test_startless.py::test_what_its_own_readings_show_is_billed", _PARKED),
    covered(63, "Some: send a stop again when they boot",
            "It is no news",
            "ingest/test_transactions.py::test_the_stop_that_ended_a_session_may_be_repeated"),
    covered(64, "Zaptec Go 2: no stop; its connector only goes free",
            "Closed as estimated; a true stop replaces that",
            "flows/test_quirks.py::test_a_lost_stop_is_estimated_and_a_true_one_replaces_it",
            _FREED),
    in_part(65, "EN+ AC7000: names a transaction that has ended, on and on",
            "Nothing opens an ended session again",
            "sessions/test_machine.py::test_nothing_reopens_an_ended_session",
            why="it is not told to stop the transaction"),
    covered(66, "Wallbox: tells old readings of a transaction that nobody knows",
            "Acknowledged, and kept among the messages",
            "flows/test_who_is_meant.py"
            "::test_readings_of_a_transaction_that_nobody_knows_are_acknowledged_and_kept"),
    in_part(67, "Grizzl-E GRU: boots with a transaction that it has forgotten",
            "Asked for after a reconnect; the next start closes it",
            "flows/test_transaction_rules.py"
            "::test_x_19_after_a_reconnect_an_open_transaction_is_asked_for", _SUCCEEDED,
            why="with 1.6 it waits for silence, or for a free connector"),
    covered(68, "EVBox Elvi: readings without a transaction",
            "The session of their connector and time is meant", _QUIRKS),
    in_part(69, "EVBox Elvi: refuses to stop transaction 1 after a restart",
            "No number that stations misread is given",
            "protocol/test_answers.py"
            "::test_a_1_6_start_never_gets_an_id_that_stations_misread",
            why="a refused stop is shown; a restart is left to a person"),
    in_part(70, "Etrel Inch: numbers of its own, below zero",
            "Card and register show which session is meant", _MISNAMED,
            why="without its card such a stop is parked; no word of what to set"),
    covered(71, "Simpson & Partners: names the transaction before",
            "Told by time, connector and register",
            "flows/test_who_is_meant.py::test_the_previous_transaction_named_by_its_successor"),
    covered(72, "V2C Trydan Pro: repeats its start until it has an id",
            "The same id each time",
            "ingest/test_commit.py::test_two_1_6_starts_of_one_batch_with_one_key_are_one_session",
            "sessions/test_any_order.py"
            "::test_a_start_that_is_sent_again_after_the_end_gets_the_same_id"),
    in_part(73, "Schneider EVlink: a start where the stop should be",
            "It closes the session before on its connector", _SUCCEEDED,
            why="its second start is taken for a session, which silence ends"),
    covered(74, "Tellus: accepts a remote start and begins nothing",
            "Accepted and not confirmed in time, and shown so",
            "commands/test_effects.py::test_a_station_that_accepts_and_does_nothing_is_found_out"),
    covered(75, "KEBA P30 group: appends a serial number to the card's",
            "The card alone is read",
            "protocol/test_vendors.py"
            "::test_keba_appends_its_serial_to_the_card_and_stops_transaction_minus_one"),
    covered(76, "Stations with payment terminals: `x;card` for a card",
            "What stands before the card is cut",
            "protocol/test_vendors.py::test_what_is_no_part_of_a_card_is_left_out"),
    in_part(77, "Some: security events before their boot is accepted",
            "What comes before any boot is taken",
            "flows/test_transaction_rules.py"
            "::test_x_20_a_started_transaction_is_not_taken_for_charging",
            why="a station that is held is refused everything but what was asked of it"),
    not_for_us(78, "BS-EV07: appends bytes to a remote tag of 20 characters",
               "No tags are made here; a start sends the driver's own card"),
    not_for_us(79, "Alfen Eve Mini: takes remote tags in hex only",
               "No tags are made here; a start sends the driver's own card"),
    in_part(80, "Entratek, Alfen: start by themselves under a fixed tag",
            "Registered like any card", _ODD_TOKEN,
            why="no account and no tariff of its own follow from it"),
    covered(81, "Several: write a card now in upper, now in lower case",
            "Case does not count; kept as told",
            "gateway/test_rpc_rules.py::test_r_16_tokens_are_compared_without_regard_to_case"),
    in_part(82, "Some: junk behind the card, and their maker's name in any case",
            "Makers are known in any spelling",
            "protocol/test_vendors.py::test_a_maker_is_known_in_any_spelling_of_its_name",
            why="junk is cut from the cards of one maker only"),
    covered(83, "DC chargers: a car's address with colons for a card",
            "Registered and found like any card", _ODD_TOKEN),
    covered(84, "Siemens D: a stop without a card",
            "None is needed",
            "flows/test_tolerant_reading.py"
            "::test_w3_nulls_are_absent_and_the_session_is_priced", _NAMELESS),
    covered(85, "Growatt and others: reservation 0 or -1",
            "Read as none",
            "protocol/test_inbound_v16.py::test_a_reservation_of_zero_or_less_is_none"),
    covered(86, "Hager Witty Park: no stop on the second of two connectors",
            "A connector that goes free closes its own session",
            "sessions/test_watchdog.py"
            "::test_a_connector_that_goes_free_closes_its_own_session"),
    covered(87, "Wallbox without cards: stops what never began here",
            "Acknowledged and parked", _PARKED),
    in_part(88, "ELEDIO, enercab: an old stop at start-up, `file://` for its origin, padding",
            "Kept once; foreign origins come in; padding is cut",
            "ingest/test_transactions.py"
            "::test_a_stop_that_fits_nowhere_is_kept_once_however_often_it_comes",
            "gateway/test_connection_rules.py::test_t_01_a_handshake_may_name_another_origin",
            "protocol/test_metering.py::test_units_multipliers_and_padding_are_understood",
            why="an origin without a host is refused before the handshake, and leaves no row"),
    in_part(89, "OpenEVSE: a wrong reason after a loss of power",
            "Any reason ends a session",
            "flows/test_transaction_rules.py"
            "::test_x_12_a_stop_is_taken_and_without_a_reason_it_was_local",
            why="the diagnosis repeats the reason that the station gives"),
))  # fmt: skip
