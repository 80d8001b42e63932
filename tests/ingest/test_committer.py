"""The group: one batch at a time, in order, growing with the load."""

import asyncio
import threading
from typing import Any

import pytest

from apps.ingest.committer import Group


class Slow:
    """Work that waits until it is let go; ``batches`` is what it was given."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.may_go = threading.Event()

    def __call__(self, given: list[int]) -> list[int]:
        self.batches.append(given)
        self.may_go.wait(10)
        if 13 in given:
            raise ValueError("13")
        return [number * 2 for number in given]


@pytest.fixture
async def slow() -> Any:
    work = Slow()
    group = Group(work, 4, "test")
    yield work, group
    work.may_go.set()
    await group.close()


async def spawn(group: Any, *numbers: int) -> list[asyncio.Task[int]]:
    tasks = [asyncio.ensure_future(group.submit(number)) for number in numbers]
    await asyncio.sleep(0)
    return tasks


async def test_one_alone_does_not_wait_and_what_comes_meanwhile_is_one_batch(slow: Any) -> None:
    work, group = slow
    first = await spawn(group, 1)
    while not work.batches:
        await asyncio.sleep(0)
    rest = await spawn(group, 2, 3, 4)
    work.may_go.set()
    assert await asyncio.gather(*first, *rest) == [2, 4, 6, 8]
    assert work.batches == [[1], [2, 3, 4]]


async def test_a_batch_is_bounded(slow: Any) -> None:
    work, group = slow
    tasks = await spawn(group, *range(10))
    work.may_go.set()
    assert await asyncio.gather(*tasks) == [number * 2 for number in range(10)]
    assert max(len(batch) for batch in work.batches) == 4


async def test_a_failing_batch_fails_its_own_callers_only(slow: Any) -> None:
    work, group = slow
    work.may_go.set()
    bad, good = await spawn(group, 13), None
    results = await asyncio.gather(*bad, return_exceptions=True)
    assert [type(result) for result in results] == [ValueError]
    good = await group.submit(5)
    assert good == 10


async def test_closing_finishes_what_waits() -> None:
    work = Slow()
    group = Group(work, 4, "test")
    tasks = await spawn(group, 1, 2, 3)
    work.may_go.set()
    await group.close()
    assert [await task for task in tasks] == [2, 4, 6]
