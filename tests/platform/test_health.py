"""What machines are told of the process, and what strangers are not."""

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError
from django.test import RequestFactory

from ocpp_platform import health, threads

FINE = {"database": "ok", "migrations": "ok", "broker": "ok", "disk": "ok"}


@pytest.fixture(autouse=True)
def _anew(transactional_db: None) -> Iterator[None]:
    health._asked.clear()
    threads._troubled.clear()
    yield
    health._asked.clear()
    threads._troubled.clear()


def ready() -> tuple[int, dict[str, str]]:
    answer = health.readyz(RequestFactory().get("/readyz"))
    return answer.status_code, json.loads(answer.content)


def test_it_is_ready_when_everything_behind_it_is_fine() -> None:
    assert ready() == (200, FINE)


def test_a_full_disk_is_not_ready(settings: Any) -> None:
    settings.OCPP_LEAST_FREE_BYTES = 1 << 60
    assert ready() == (503, FINE | {"disk": "failed"})


def test_a_database_that_hangs_is_answered_within_two_seconds(monkeypatch: Any) -> None:
    go_on = threading.Event()
    waits = {**health.CHECKS, "database": lambda: go_on.wait(30)}
    monkeypatch.setattr(health, "CHECKS", waits)
    began = time.monotonic()
    status, told = ready()
    took_s = time.monotonic() - began
    go_on.set()
    assert (status, told["database"]) == (503, "slow")
    assert took_s < 2


def test_many_who_ask_at_once_wait_no_longer(monkeypatch: Any) -> None:
    go_on = threading.Event()
    monkeypatch.setattr(health, "CHECKS", {"database": lambda: go_on.wait(30)})
    began = time.monotonic()
    assert [ready()[1] for _ in range(5)] == [{"database": "slow"}] * 5
    took_s = time.monotonic() - began
    go_on.set()
    assert took_s < 2


def test_strangers_are_not_told_why(monkeypatch: Any, caplog: Any) -> None:
    def fail() -> None:
        raise OperationalError("no password for postgres@10.1.2.3")

    monkeypatch.setattr(health, "CHECKS", {"database": fail})
    assert ready() == (503, {"database": "failed"})
    assert "10.1.2.3" in caplog.text


def test_a_database_that_can_be_read_but_not_written_is_not_ready(monkeypatch: Any) -> None:
    monkeypatch.setattr(threads, "WAITS_S", ())
    monkeypatch.setattr(threads, "_hopeless", threading.local())

    def write() -> None:
        raise OperationalError("disk full")

    with pytest.raises(threads.DatabaseAway):
        threads.persistently(write)
    assert ready()[1]["database"] == "failed"
    threads.persistently(lambda: None)
    assert ready() == (200, FINE)


@pytest.mark.parametrize(
    ("peer", "forwarded", "status"),
    [
        ("127.0.0.1", None, 200),
        ("192.0.2.1", None, 403),
        ("127.0.0.1", "127.0.0.1", 403),
        ("10.0.0.9", "10.0.0.7", 200),
        ("10.0.0.9", "192.0.2.1", 403),
    ],
)
def test_metrics_are_for_those_whom_a_setting_names(
    settings: Any, peer: str, forwarded: str | None, status: int
) -> None:
    settings.OCPP_METRICS_FROM = ["127.0.0.0/8", "10.0.0.0/29"]
    settings.OCPP_TRUSTED_PROXIES = ["10.0.0.9"]
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = RequestFactory(REMOTE_ADDR=peer).get("/metrics", headers=headers)
    assert health.metrics(request).status_code == status
