"""The tables of a network that has grown, made at once."""

import time

import psycopg

STATIONS = 10_000
SESSIONS = 1_000_000
SAMPLES = 5_000_000
MESSAGES = 5_000_000
COMMANDS = 400_000

_FILL_STATIONS = """
INSERT INTO stations_station
  (organisation_id, location_id, identity, security_profile, password_digest, boot_policy,
   has_declared_topology, registered_at, vendor, model, serial_number, firmware,
   firmware_status, log_status, boot_status, boot_reason, heartbeat_interval_s, protocol,
   connection_id, gateway, ip, is_connected, connection_changed_at, last_seen_at, is_stranger,
   pending_digest)
SELECT s.organisation_id, s.location_id, 'FILL' || n, 0, '', 'accepted', false, now(),
   'Maker' || n %% 7, 'M' || n %% 5, '', '1.' || n %% 9, '', '', 'Accepted', '', 300,
   'ocpp2.0.1', '', '', '', n %% 20 <> 0, now(), now(), false, ''
FROM generate_series(1, %(stations)s) n, (SELECT * FROM stations_station LIMIT 1) s
"""
_FILL_PLUGS = """
WITH made AS (
  INSERT INTO stations_evse (station_id, number)
  SELECT id, 1 FROM stations_station WHERE identity LIKE 'FILL%%' RETURNING id, station_id)
INSERT INTO stations_connector
  (station_id, evse_id, number, standard, status, status_at, error_code, info,
   vendor_error_code, session_state)
SELECT station_id, id, 1, '', CASE WHEN id %% 50 = 0 THEN 'Faulted' ELSE 'Available' END, now(),
   '', '', '', '' FROM made
"""
_FILL_SESSIONS = """
INSERT INTO charging_sessions_session
  (organisation_id, station_id, evse_id, connector_id, transaction_id, protocol, token_uid,
   token_kind, state, charging_state, state_seq, has_charged, seqs, started_at, has_start,
   ended_at, stop_reason, is_estimated, last_event_at, last_received_at, energy_wh,
   meter_start_wh, meter_stop_wh, flags, is_problem, currency, price_excl_vat, vat,
   price_incl_vat, runs)
SELECT s.organisation_id, s.id, 1, 1, 'fill-' || n, 'ocpp2.0.1', 'CARD' || n %% 5000, '',
   'ended', 'Idle', 9, true, '0-9', t.at, true, t.at + interval '40 min', 'Local', false,
   t.at + interval '40 min', t.at + interval '40 min', 12345, 0, 12345, '', n %% 50 = 0,
   'EUR', 5.00, 1.05, 6.05, ''
FROM generate_series(1, %(sessions)s) n
  JOIN (SELECT id, organisation_id, row_number() OVER (ORDER BY id) - 1 AS rank
        FROM stations_station WHERE identity LIKE 'FILL%%') s ON s.rank = n %% %(stations)s,
  LATERAL (SELECT now() - n * interval '30 s' AS at) t
"""
_FILL_SAMPLES = """
INSERT INTO charging_sessions_sample (session_id, at, context, register_wh, power_w)
SELECT 1 + n %% 1000000, now() - n * interval '1 s', 5, n, 7200
FROM generate_series(1, %(samples)s) n
"""
_FILL_MESSAGES = """
INSERT INTO journal_message
  (organisation_id, station_id, connection_id, at, direction, action, message_id, payload, answer,
   result, error_code, notes, latency_ms)
SELECT s.organisation_id, s.id, '', now() - n * interval '0.4 s',
   CASE WHEN n %% 400 = 0 THEN 'out' ELSE 'in' END,
   CASE WHEN n %% 5000 = 0 THEN 'DataTransfer' WHEN n %% 400 = 0 THEN 'GetVariables'
        WHEN n %% 9 = 0 THEN 'Heartbeat' ELSE 'TransactionEvent' END,
   'fill-message-' || md5(n::text), '{"filled": "' || repeat('0', 300) || '"}', '{}',
   CASE WHEN n %% 7000 = 0 THEN 'error' ELSE 'ok' END, '', '', 3
FROM generate_series(1, %(messages)s) n
  JOIN (SELECT id, organisation_id, row_number() OVER (ORDER BY id) - 1 AS rank
        FROM stations_station WHERE identity LIKE 'FILL%%') s ON s.rank = n %% %(stations)s
"""
_FILL_COMMANDS = """
INSERT INTO commands_commandrow
  (organisation_id, station_id, identity, name, parameters, actor, reason, state, detail, action,
   error_code, error_description, connection_id, transaction_id, created_at, expires_at, observed,
   progress, is_unasked)
SELECT s.organisation_id, s.id, s.identity, CASE WHEN n %% 3 = 0 THEN 'reset_station'
   ELSE 'trigger_message' END, '{}', CASE WHEN n %% 900 = 0 THEN 'Anna Visser' ELSE '' END, '',
   CASE WHEN n %% 50 = 0 THEN 'rejected' ELSE 'confirmed' END, '', '', '', '', '', '',
   now() - n * interval '5 s', now(), '', '', false
FROM generate_series(1, %(commands)s) n
  JOIN (SELECT id, organisation_id, identity, row_number() OVER (ORDER BY id) - 1 AS rank
        FROM stations_station WHERE identity LIKE 'FILL%%') s ON s.rank = n %% %(stations)s
"""
_FILLS = (
    _FILL_STATIONS, _FILL_PLUGS, _FILL_SESSIONS, _FILL_SAMPLES, _FILL_MESSAGES, _FILL_COMMANDS,
)  # fmt: skip


def tables(database: str) -> str:
    """Make the tables large; how long it took, in words."""
    begun = time.perf_counter()
    sizes = {
        "stations": STATIONS, "sessions": SESSIONS, "samples": SAMPLES, "messages": MESSAGES,
        "commands": COMMANDS,
    }  # fmt: skip
    with psycopg.connect(database, autocommit=True) as connection:
        for statement in _FILLS:
            connection.execute(statement, sizes)
        connection.execute("VACUUM ANALYZE")
    return f"{time.perf_counter() - begun:.0f} s"
