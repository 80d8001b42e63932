"""How stations come in: addresses, handshakes, TLS, passwords, sockets."""

from tests.vendors.habit import Group, covered, in_part

_PATHS = "gateway/test_admission.py::test_the_identity_in_the_path_and_what_else_it_may_mean"
_LED_IN = (
    "gateway/test_connection_rules.py"
    "::test_t_01_all_paths_lead_in_that_can_mean_one_station_only"
)  # fmt: skip
_FOR_EVER = (
    "gateway/test_connection_rules.py::test_no_socket_is_closed_for_its_age_and_memory_is_bounded"
)

CONNECTING = Group("Connecting", (
    covered(1, "Grizzl-E Smart: offers no sub-protocol",
            "Refused and kept; one click says what it speaks",
            "gateway/test_connection_rules.py"
            "::test_t_06_no_common_version_is_refused_with_400",
            "gateway/test_connection_rules.py"
            "::test_a_station_that_offers_nothing_comes_in_where_a_protocol_is_assumed"),
    covered(2, "Ocular LTE Plus: handshake without its upgrade header, or malformed",
            "What it lacks is completed; what cannot be is refused and kept",
            "gateway/test_strangers.py"
            "::test_a_handshake_that_can_mean_one_thing_only_leads_in",
            "gateway/test_strangers.py::test_what_http_forbids_is_refused_and_kept"),
    covered(3, "FoxESS A: tries 1.6 first, then comes back with 2.0.1",
            "The version belongs to the socket",
            "gateway/test_connection_rules.py"
            "::test_t_04_a_station_may_come_back_in_another_version"),
    covered(4, "SETEC DC: more segments in the address than its identity",
            "Segments are tried; what can mean one station only leads in", _LED_IN, _PATHS),
    covered(5, "Raedian Neo: appends its serial number to the address",
            "A station has other identities of its own",
            "gateway/test_naming.py"
            "::test_an_alias_leads_in_and_everything_else_knows_the_station"),
    covered(6, "EVBox Elvi: an identity with slashes, or a whole URL",
            "Decoded; whatever part can mean one station only leads in", _PATHS, _LED_IN),
    covered(7, "Several: a slash or an empty segment after the identity",
            "Empty segments do not count", _PATHS, _LED_IN),
    covered(8, "Tellus: has no room for a long address",
            "`/o/` is the short way in", _LED_IN),
    covered(9, "Entratek Power Dot Pro: mangles the path of the address",
            "The short way in, and repeated or encoded paths", _LED_IN),
    covered(10, "Autel MaxiCharger: wants our root uploaded before it trusts us",
            "The page of certificates names the root, and hands it out",
            "certificates/test_served.py"
            "::test_whoever_sets_up_a_station_downloads_the_root_from_a_page",
            "certificates/test_served.py::test_the_root_is_found_in_the_file_or_named"),
    in_part(11, "Alfen Eve, older: trusts the roots in its firmware only",
            "The page names the root needed; RSA and ECDSA are served",
            "certificates/test_served.py::test_the_root_is_found_in_the_file_or_named",
            "gateway/test_tls_clients.py::test_both_kinds_of_certificate_stand_side_by_side",
            "conformance/v201/test_m.py::test_tc_m_01_csms",
            why="no other chain for some stations"),
    in_part(12, "A few of 2.0.1: TLS 1.0 or weak ciphers only",
            "TLS from 1.2; a proxy of ours may speak for the station",
            "gateway/test_tls.py::test_versions_and_suites",
            "gateway/test_tls_proxy.py::test_the_proxys_word_counts_if_it_is_ours",
            why="nothing flags a station whose proxy speaks older TLS"),
    covered(13, "Several: show the authorization key as hex or as its bytes",
            "Either form fits, and bytes that are no text break nothing",
            "gateway/test_connection_rules.py"
            "::test_t_08_an_authorization_key_fits_as_hex_and_as_the_bytes_behind_it"),
    covered(14, "Many on mobile networks: dial again while the old socket lingers",
            "The newest connection wins, and its end alone counts",
            "gateway/test_connection_rules.py::test_t_10_the_newest_connection_wins",
            "gateway/test_connection_rules.py"
            "::test_t_10_the_end_of_an_older_connection_does_not_take_the_station_offline"),
    covered(15, "EN+ AC7000: never answers a ping",
            "A ping without an answer closes nothing", _FOR_EVER),
    covered(16, "ATESS: drops pings",
            "Any message shows that the station is there",
            "gateway/test_connection_rules.py"
            "::test_t_16_any_message_shows_that_a_station_is_there", _FOR_EVER),
    covered(17, "Mennekes Amtron: beats exactly as often as we would wait",
            "Three intervals and some slack are silence",
            "stations/test_presence.py::test_three_intervals_and_some_slack_are_silence"),
    covered(18, "ABB Terra AC: comes back only where it beats rarely",
            "Its model is told to beat hourly; silence is measured by it",
            "onboarding/test_makes.py::test_a_model_that_must_beat_rarely_is_told_so",
            "stations/test_presence.py::test_a_station_that_beats_less_often_is_silent_later"),
    covered(19, "Teison: does not come back by itself after a restart of ours",
            "Who stays away is an incident, and somebody is told",
            "stations/test_presence.py::test_a_silent_station_is_shown_offline_once",
            "incidents/test_notices.py"
            "::test_an_incident_is_told_once_with_its_next_action_and_address"),
    covered(20, "Some: beat on, and answer no call until they reconnect",
            "After three lost answers the socket is closed",
            "gateway/test_delivery.py::test_a_socket_on_which_nobody_answers_is_closed"),
))  # fmt: skip
