"""The numbers of sessions, which are the transaction ids of OCPP 1.6."""

from django.db import connection

from apps.sessions.models import FIRST_ID


def next_ids(count: int) -> list[int]:
    """The next ``count`` session ids, taken inside the batch's transaction."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence('charging_sessions_session', 'id'))"
                " FROM generate_series(1, %s)",
                [count],
            )
            return sorted(int(number) for (number,) in cursor.fetchall())
        least = FIRST_ID + count - 1
        cursor.execute(
            "UPDATE sqlite_sequence SET seq = max(seq + %s, %s)"
            " WHERE name = 'charging_sessions_session' RETURNING seq",
            [count, least],
        )
        row = cursor.fetchone()
        if row is None:
            cursor.execute(
                "INSERT INTO sqlite_sequence VALUES ('charging_sessions_session', %s)", [least]
            )
        last = int(row[0]) if row else least
        return list(range(last - count + 1, last + 1))
