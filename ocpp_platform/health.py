"""Is the process up, is everything behind it fine, and how busy is it."""

from collections.abc import Callable

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest


def healthz(_request: HttpRequest) -> HttpResponse:
    """200 while the process answers at all."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(_request: HttpRequest) -> JsonResponse:
    """200 when database, broker and migrations are fine; 503 names what is not."""
    checks = {"database": _database, "migrations": _migrations, "broker": _broker}
    results = {name: _result(check) for name, check in checks.items()}
    is_ready = all(result == "ok" for result in results.values())
    return JsonResponse(results, status=200 if is_ready else 503)


def metrics(_request: HttpRequest) -> HttpResponse:
    """Prometheus text of this process."""
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _result(check: Callable[[], None]) -> str:
    try:
        check()
    except Exception as error:  # noqa: BLE001 - an edge: the answer is the report
        return f"{type(error).__name__}: {error}"
    return "ok"


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _migrations() -> None:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        raise RuntimeError(f"{len(plan)} not applied; run manage.py migrate")


def _broker() -> None:
    if settings.REDIS_URL:
        async_to_sync(get_channel_layer().group_send)("readyz", {"type": "readyz"})
