"""What it costs to hold sessions against what they should be, ended ones and running ones."""

import json
from collections.abc import Iterator

import psycopg

from tests.throwaway import Platform

ENDED, SAMPLES, OPEN = 10_000, 12, 100_000

_THERE = """(SELECT id, organisation_id, row_number() OVER (ORDER BY id) - 1 AS rank,
    count(*) OVER () AS all FROM stations_station)"""
_SESSIONS = f"""
INSERT INTO charging_sessions_session
  (organisation_id, station_id, evse_id, connector_id, transaction_id, protocol, token_uid,
   token_kind, state, charging_state, state_seq, has_charged, seqs, started_at, has_start,
   ended_at, stop_reason, is_estimated, last_event_at, last_received_at, energy_wh, told, totalled,
   meter_start_wh, meter_stop_wh, flags, is_problem, currency, runs)
SELECT s.organisation_id, s.id, n + %(evse)s, 1, %(word)s || n, 'ocpp2.0.1', 'CARD', '',
   %(state)s, '', 9, true, '0-9', t.at, true, t.ended_at, '', false,
   coalesce(t.ended_at, now()), coalesce(t.ended_at, now()), 6600, {SAMPLES}, {SAMPLES},
   0, 6600, '', false, '', ''
FROM generate_series(1, %(count)s) n JOIN {_THERE} s ON s.rank = n %% s.all,
  LATERAL (SELECT now() - interval '2 hours' AS at,
                  CASE WHEN %(state)s = 'ended' THEN now() - interval '1 hour' END AS ended_at) t
"""
_SAMPLES = f"""
INSERT INTO charging_sessions_sample (session_id, at, context, register_wh, power_w)
SELECT s.id, s.started_at + n * interval '5 min', 5, 600 * n, 7200
FROM charging_sessions_session s, generate_series(0, {SAMPLES - 1}) n
WHERE s.transaction_id LIKE 'held-%%'
"""
_ALIVE = """
UPDATE stations_station SET is_connected = true, last_seen_at = now(), boot_status = 'Accepted',
  last_boot_at = now() - interval '1 day', connection_changed_at = now() - interval '1 day'
"""
_STILL = """
UPDATE charging_sessions_session SET sampled_at = now(), flowed_at = CASE WHEN id %% 100 = 0
  THEN now() - interval '1 hour' ELSE now() END WHERE ended_at IS NULL
"""
_FACTS = """
INSERT INTO history_fact
  (organisation_id, kind, subject_kind, subject_id, subject_label, session_id, station_id,
   actor_kind, actor_label, reason, details)
SELECT organisation_id, 'session ended', 'session', id, transaction_id, id, station_id, 'station',
   '', '', '{}' FROM charging_sessions_session WHERE transaction_id LIKE 'held-%%'
"""
_MEASURE = """
import json, time
from django.utils import timezone
from apps.reconciliation import services
now, found = timezone.now(), {}
for name in ("watch", "judge_sessions"):
    begun, cpu = time.monotonic(), time.process_time()
    getattr(services, name)(now=now)
    found[name] = [time.monotonic() - begun, time.process_time() - cpu]
print(json.dumps(found))
"""


def costs(served: Platform, database: str) -> Iterator[tuple[str, str, str]]:
    """Of one minute's work: wall time, and CPU of the worker."""
    with psycopg.connect(database) as connection:
        given = {"word": "held-", "state": "ended", "count": ENDED, "evse": 0}
        connection.execute(_SESSIONS, given)
        connection.execute(
            _SESSIONS, {"word": "runs-", "state": "charging", "count": OPEN, "evse": ENDED}
        )
        for filling in (_SAMPLES, _ALIVE, _STILL, _FACTS):
            connection.execute(filling, {})
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("ANALYZE")
    found = json.loads(served.manage("shell", "-v0", "-c", _MEASURE).splitlines()[-1])
    wall_s, cpu_s = found["judge_sessions"]
    words = f"{wall_s:.1f} s, {cpu_s:.1f} s CPU"
    yield f"reconciliation of {ENDED:,} sessions that ended", words, "budget 20 s"
    wall_s, cpu_s = found["watch"]
    words = f"{wall_s:.1f} s, {cpu_s:.1f} s CPU"
    yield f"all watchdogs, with {OPEN:,} sessions that run", words, "budget 6 s"
