"""What meters tell, and how."""

from tests.vendors.habit import Group, covered, in_part

_QUIRKS = "flows/test_quirks.py::test_a_quirky_station_has_right_sessions"
_OTHERS = (
    "protocol/test_metering.py"
    "::test_a_value_that_cannot_be_understood_costs_none_of_the_others"
)  # fmt: skip
_PHASES = "protocol/test_metering.py::test_phases_stand_in_their_places"
_BENT = "protocol/test_reading.py::test_a_bent_message_is_read_noted_and_answered"

METERING = Group("Meter values", (
    covered(90, "Alfen: unknown contexts, no measurand, kWh",
            "Defaults of the standard; what is not understood is kept aside",
            "protocol/test_vendors.py"
            "::test_alfen_without_a_register_with_an_overflown_id_and_unknown_words"),
    covered(91, "Huawei SCharger: an object for a list, power alone, a stop 1 Wh low",
            "Read as a list; power is integrated; the last Wh is rounding",
            "protocol/test_vendors.py::test_huawei_without_a_name_sends_objects_for_arrays",
            _QUIRKS),
    in_part(92, "Wallbox: a stop below a reading, energy by phase, no power",
            "Phases are added up; a small fall is rounding",
            "protocol/test_vendors.py"
            "::test_wallbox_has_its_phases_added_up_and_its_unknown_stop_read",
            "sessions/test_energy.py::test_rule_2_up_to_ten_wh_below_is_rounding",
            why="volts times amperes count for energy, and are not shown as power"),
    covered(93, "Zaptec Go 2: 2147483647 for a register, and totals that cannot be",
            "Unknown is no reading; impossible gains are left out",
            "protocol/test_vendors.py::test_zaptec_means_unknown_by_its_largest_number",
            "sessions/test_energy.py::test_rule_5_a_gain_beyond_a_megawatt_is_left_out"),
    in_part(94, "OpenEVSE: numbers for text, kWh called Wh, a register that stands still",
            "Numbers are read; begin and end decide over samples", _QUIRKS,
            "sessions/test_odd_readings.py"
            "::test_samples_in_another_unit_than_begin_and_end_decide_nothing",
            why="where all readings are a thousand times too small they are believed"),
    covered(95, "Injet Sonic: a current on N, kW, degrees Celsius",
            "What is understood counts; the rest costs nothing", _PHASES, _OTHERS),
    covered(96, "ChargeAmps Halo: hertz, and phases of its own",
            "One odd value costs none of the others", _OTHERS, _BENT),
    covered(97, "Alfen: volts between phases",
            "Told as one phase, they are read to neutral",
            "protocol/test_vendors.py"
            "::test_alfen_has_its_volts_between_phases_read_to_neutral"),
    covered(98, "ABB Terra AC: a register that begins at 0 in each session; odd volts",
            "Energy is what a register gained; volts beyond reason are dropped",
            _QUIRKS, _OTHERS),
    covered(99, "Grizzl-E, Vestel EVC04: a register that begins anew in each session",
            "Each session has the gain of its own register", _QUIRKS),
    covered(100, "KEBA P30: readings of connector 0, its own or the group's sum",
            "An only connector's; else the main meter's, and nobody's session",
            "sessions/test_any_order.py"
            "::test_a_reading_of_connector_zero_is_that_of_an_only_connector",
            "sessions/test_any_order.py"
            "::test_readings_from_before_a_session_or_of_another_connector_are_none_of_it"),
    covered(101, "SyncEV, Autel: volts to neutral only, and a little when idle",
            "Volts stand with their phase; less than one is none", _PHASES,
            "protocol/test_metering.py::test_what_an_idle_input_picks_up_is_no_voltage"),
    covered(102, "ELEDIO, ABB: padded numbers, \"null\" for nothing",
            "Padding is cut, the word is read as absent",
            "protocol/test_metering.py::test_units_multipliers_and_padding_are_understood",
            "protocol/test_inbound_v16.py::test_each_call_becomes_its_event"),
    covered(103, "Ocular and others: readings once more after the stop",
            "They belong to the session that ran then", _QUIRKS,
            "sessions/test_any_order.py"
            "::test_a_reading_that_comes_after_the_stop_belongs_to_the_session_that_ran_then"),
))  # fmt: skip
