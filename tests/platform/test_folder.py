"""Celery's queue in a folder: who reads never sees half of what another writes."""

import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection, Exchange, Queue

from ocpp_platform.folder import Channel, Transport

TASKS = Queue("tasks", Exchange("tasks"), routing_key="tasks")
MANY = 300


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty queue, of which this process knows nothing yet."""
    Transport.global_state.clear()
    for name in ("messages", "processed", "control"):
        (tmp_path / name).mkdir()
    return tmp_path


def connect(folder: Path) -> Connection:
    options = {
        "data_folder_in": str(folder / "messages"),
        "data_folder_out": str(folder / "messages"),
        "processed_folder": str(folder / "processed"),
        "control_folder": str(folder / "control"),
    }
    return Connection(transport=Transport, transport_options=options)


@pytest.fixture
def queue(folder: Path) -> Iterator[Any]:
    with connect(folder) as connection:
        yield connection.SimpleQueue(TASKS)


@pytest.mark.parametrize(
    "text", ["", "{", '{"body": "e30="', "null", "[]", "{}", '{"properties": {}, "body": "?"}']
)
def test_what_nothing_can_be_made_of_is_dropped_and_the_next_is_read(
    folder: Path, queue: Any, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "messages" / "0_a.tasks.msg").write_text(text)
    queue.put({"n": 1})
    assert queue.get(block=False).payload == {"n": 1}
    assert list((folder / "messages").iterdir()) == list((folder / "processed").iterdir()) == []
    assert "Dropped 0_a.tasks.msg" in caplog.text


def test_a_table_of_bindings_that_is_empty_is_made_anew(folder: Path) -> None:
    (folder / "control" / "tasks.exchange").write_text("")
    with connect(folder) as connection:
        queue = connection.SimpleQueue(TASKS)
        queue.put({"n": 1})
        assert queue.get(block=False).payload == {"n": 1}


def test_who_reads_while_others_write_reads_all_of_each(folder: Path, queue: Any) -> None:
    def write() -> None:
        with connect(folder) as connection:
            own = connection.SimpleQueue(TASKS)
            for n in range(MANY):
                own.put({"n": n, "text": "x" * 20_000})

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    got = [queue.get(timeout=30).payload["n"] for _ in range(2 * MANY)]
    for writer in writers:
        writer.join()
    assert sorted(got) == sorted([*range(MANY), *range(MANY)])


def test_bindings_that_are_made_at_the_same_time_are_all_kept(folder: Path) -> None:
    def bind(n: int) -> None:
        with connect(folder) as connection:
            Queue(f"q{n}", Exchange("all", "fanout"))(connection.default_channel).declare()

    threads = [threading.Thread(target=bind, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with connect(folder) as connection:
        channel: Channel = connection.default_channel
        assert {bound.queue for bound in channel.get_table("all")} == {f"q{n}" for n in range(20)}
        channel.queue_delete("q7")
        assert "q7" not in {bound.queue for bound in channel.get_table("all")}


def test_a_message_is_given_once(folder: Path, queue: Any) -> None:
    queue.put({"n": 1})
    queue.get(block=False)
    with pytest.raises(Empty):
        queue.get(block=False)
