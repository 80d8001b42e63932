"""The numbers of sessions, which are the transaction ids of OCPP 1.6."""

from django.db import connection

from apps.sessions.models import FIRST_ID


def next_id() -> int:
    """The next session id, taken inside the batch's transaction."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence('charging_sessions_session', 'id'))"
            )
            return int(cursor.fetchone()[0])
        cursor.execute(
            "UPDATE sqlite_sequence SET seq = max(seq + 1, %s)"
            " WHERE name = 'charging_sessions_session' RETURNING seq",
            [FIRST_ID],
        )
        row = cursor.fetchone()
        if row is None:
            cursor.execute(
                "INSERT INTO sqlite_sequence VALUES ('charging_sessions_session', %s)", [FIRST_ID]
            )
        return int(row[0]) if row else FIRST_ID
