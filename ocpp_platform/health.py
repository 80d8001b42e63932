"""Is the process up, is everything behind it fine, and how busy is it.

Strangers may ask the first two: they are told what is not fine, and the log is told why.
"""

import logging
import shutil
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from ipaddress import ip_address, ip_network

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from ocpp_platform import threads
from ocpp_platform.addresses import client_of

logger = logging.getLogger(__name__)

PATIENCE_S = 1.5
_threads = ThreadPoolExecutor(4, "readyz")
_asked: dict[str, tuple[float, "Future[None]"]] = {}  # when it began, and what comes of it


def healthz(_request: HttpRequest) -> HttpResponse:
    """200 while the process answers at all."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(_request: HttpRequest) -> JsonResponse:
    """200 when all is fine; 503 names what is not, within two seconds."""
    asked = {name: _ask(name, check) for name, check in CHECKS.items()}
    first = min(began for began, _ in asked.values())
    wait([future for _, future in asked.values()], max(0, first + PATIENCE_S - time.monotonic()))
    results = {name: _word(name, future) for name, (_, future) in asked.items()}
    is_ready = all(word == "ok" for word in results.values())
    return JsonResponse(results, status=200 if is_ready else 503)


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text of this process, for whom OCPP_METRICS_FROM names."""
    if not _may_read_metrics(request):
        return HttpResponse("Not for this address; see OCPP_METRICS_FROM.\n", status=403)
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _may_read_metrics(request: HttpRequest) -> bool:
    """Somebody behind a proxy that is not trusted may be anybody."""
    peer, forwarded = request.META.get("REMOTE_ADDR", ""), request.headers.get("X-Forwarded-For")
    if forwarded is not None and peer not in settings.OCPP_TRUSTED_PROXIES:
        return False
    try:
        client = ip_address(client_of(peer, forwarded or "", settings.OCPP_TRUSTED_PROXIES))
    except ValueError:
        return False
    return any(client in ip_network(named) for named in settings.OCPP_METRICS_FROM)


def _ask(name: str, check: Callable[[], None]) -> tuple[float, "Future[None]"]:
    """One that hangs is not asked again, and nobody waits for it as long again."""
    if name not in _asked or _asked[name][1].done():
        _asked[name] = (time.monotonic(), _threads.submit(_asking, check))
    return _asked[name]


def _asking(check: Callable[[], None]) -> None:
    try:
        check()
    finally:
        connection.close()


def _word(name: str, future: "Future[None]") -> str:
    if not future.done():
        return "slow"
    error = future.exception()
    if error is None:
        return "ok"
    logger.warning("not ready: %s: %s", name, error)
    return "failed"


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    if threads.is_troubled():
        raise RuntimeError("what stations say cannot be written")


def _migrations() -> None:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        raise RuntimeError(f"{len(plan)} not applied; run manage.py migrate")


def _broker() -> None:
    if settings.REDIS_URL:
        async_to_sync(get_channel_layer().group_send)("readyz", {"type": "readyz"})


def _disk() -> None:
    free = min(shutil.disk_usage(settings.VAR).free, _free_for_uploads())
    if free < settings.OCPP_LEAST_FREE_BYTES:
        raise RuntimeError(f"{free} bytes are free")


def _free_for_uploads() -> int:
    try:
        return shutil.disk_usage(settings.OCPP_UPLOAD_FOLDER).free
    except FileNotFoundError:  # nothing has come yet
        return shutil.disk_usage(settings.VAR).free


CHECKS: Mapping[str, Callable[[], None]] = {
    "database": _database,
    "migrations": _migrations,
    "broker": _broker,
    "disk": _disk,
}
