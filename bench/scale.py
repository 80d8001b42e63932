"""Tables of a network that has grown: how ingest, lists and exports bear them."""

import time
from collections.abc import Iterator
from http.client import HTTPConnection

import psycopg

from tests.throwaway import Platform

STATIONS = 10_000
SESSIONS = 1_000_000
SAMPLES = 5_000_000

_FILL_STATIONS = """
INSERT INTO stations_station
  (organisation_id, location_id, identity, security_profile, password_digest, boot_policy,
   is_lenient, has_declared_topology, registered_at, vendor, model, serial_number, firmware,
   firmware_status, log_status, boot_status, boot_reason, heartbeat_interval_s, protocol,
   connection_id, gateway, ip, is_connected, connection_changed_at, last_seen_at, is_stranger,
   pending_digest)
SELECT s.organisation_id, s.location_id, 'FILL' || n, 0, '', 'accepted', false, false, now(),
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
   meter_start_wh, meter_stop_wh, flags, is_problem, currency, price_excl_vat, vat, price_incl_vat)
SELECT s.organisation_id, s.id, 1, 1, 'fill-' || n, 'ocpp2.0.1', 'CARD' || n %% 5000, '',
   'ended', 'Idle', 9, true, '0-9', t.at, true, t.at + interval '40 min', 'Local', false,
   t.at + interval '40 min', t.at + interval '40 min', 12345, 0, 12345, '', n %% 50 = 0,
   'EUR', 5.00, 1.05, 6.05
FROM generate_series(1, %(sessions)s) n
  JOIN (SELECT id, organisation_id, row_number() OVER (ORDER BY id) - 1 AS rank
        FROM stations_station WHERE identity LIKE 'FILL%%') s ON s.rank = n %% %(stations)s,
  LATERAL (SELECT now() - n * interval '30 s' AS at) t
"""
_FILL_SAMPLES = """
INSERT INTO charging_sessions_sample (session_id, at, context, register_wh, power_w)
SELECT 1 + n %% 1000000, now() - n * interval '1 s', 'Sample.Periodic', n, 7200
FROM generate_series(1, %(samples)s) n
"""
_PAGES = (
    ("stations list", "/stations/"),
    ("stations search", "/stations/?q=FILL99"),
    ("sessions list", "/sessions/"),
    ("sessions of a card", "/sessions/?token=CARD77"),
    ("messages", "/messages/"),
)


def fill(database: str) -> str:
    """Make the tables large; how long it took, in words."""
    begun = time.perf_counter()
    sizes = {"stations": STATIONS, "sessions": SESSIONS, "samples": SAMPLES}
    with psycopg.connect(database, autocommit=True) as connection:
        for statement in (_FILL_STATIONS, _FILL_PLUGS, _FILL_SESSIONS, _FILL_SAMPLES):
            connection.execute(statement, sizes)
        connection.execute("VACUUM ANALYZE")
    return f"{time.perf_counter() - begun:.0f} s"


def pages(served: Platform, cookie: str) -> Iterator[tuple[str, str, str]]:
    """The median time of each list page, as its user waits for it."""
    for name, path in _PAGES:
        waits = sorted(_fetch(served, path, cookie)[0] for _ in range(7))
        yield f"{name}, whole page", f"{waits[3] * 1000:.0f} ms", "budget 150 ms"


def export(served: Platform, cookie: str) -> tuple[str, str, str]:
    """The CSV of many sessions, streamed."""
    elapsed_s, lines = _fetch(served, "/sessions/export.csv?station=FILL1", cookie)
    elapsed_s, lines = _fetch(served, "/sessions/export.csv?state=ended", cookie, most=200_000)
    return "CSV export", f"{lines / elapsed_s:,.0f} rows/s", "budget 20,000 rows/s"


def _fetch(served: Platform, path: str, cookie: str, most: int | None = None) -> tuple[float, int]:
    begun, lines = time.perf_counter(), 0
    connection = HTTPConnection(served.host, served.port, timeout=120)
    connection.request("GET", path, headers={"Cookie": cookie})
    response = connection.getresponse()
    if response.status != 200:
        raise RuntimeError(f"{path} was answered {response.status}")
    while chunk := response.read(1 << 16):
        lines += chunk.count(b"\n")
        if most is not None and lines > most:
            break
    connection.close()
    return time.perf_counter() - begun, lines
