"""Topics are told after the commit, together, and to their own organisation."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from channels.layers import InMemoryChannelLayer
from django.db import transaction

from apps.live import announce as live
from apps.live import layer as layers


@pytest.fixture
def layer(monkeypatch: pytest.MonkeyPatch) -> InMemoryChannelLayer:
    made = InMemoryChannelLayer()
    monkeypatch.setattr(layers, "get_channel_layer", lambda: made)
    return made


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch) -> Iterator[live.Board]:
    made = live.Board()
    monkeypatch.setattr(live, "board", made)
    yield made


async def test_what_changes_within_a_beat_is_one_message(
    layer: InMemoryChannelLayer, board: live.Board
) -> None:
    board.attach(asyncio.get_running_loop())
    await layer.group_add(live.group_of(1), "mine")
    await layer.group_add(live.group_of(2), "theirs")
    for topic in ("a", "b", "a"):
        board.add(1, (topic,))
    board.add(2, ("c",))
    mine = await asyncio.wait_for(layer.receive("mine"), 5)
    theirs = await asyncio.wait_for(layer.receive("theirs"), 5)
    assert mine == {"type": "live.changed", "topics": ["a", "b"]}
    assert theirs["topics"] == ["c"]


async def test_there_is_a_next_beat(layer: InMemoryChannelLayer, board: live.Board) -> None:
    board.attach(asyncio.get_running_loop())
    await layer.group_add(live.group_of(1), "mine")
    for topic in ("first", "second"):
        board.add(1, (topic,))
        heard = await asyncio.wait_for(layer.receive("mine"), 5)
        assert heard["topics"] == [topic]


def test_without_a_loop_everything_is_told_at_once(board: live.Board, monkeypatch: Any) -> None:
    told: list[Any] = []
    monkeypatch.setattr(board, "_send_now", lambda: told.extend(board._take()))
    board.add(1, ("a",))
    board.add(1, ("b",))
    assert [message["topics"] for _, message in told] == [["a"], ["b"]]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_told_of_what_was_rolled_back(board: live.Board, monkeypatch: Any) -> None:
    told: list[Any] = []
    monkeypatch.setattr(board, "add", lambda *given: told.append(given))
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        live.announce(1, "stations")
        _ = 1 / 0
    assert told == []
    with transaction.atomic():
        live.announce(1, "stations", "station:7")
        assert told == []
    assert told == [(1, ("stations", "station:7"))]
