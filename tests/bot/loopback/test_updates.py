import asyncio

import pytest

from bot.loopback.errors import ApiError
from bot.loopback.updates import Updates


def updates_of(count: int) -> Updates:
    updates = Updates()
    for number in range(count):
        updates.add("message", {"number": number})
    return updates


async def numbers(updates: Updates, offset: int = 0, limit: int = 100) -> list[int]:
    fetched = await updates.fetch(offset=offset, limit=limit, timeout_s=0)
    return [update["message"]["number"] for update in fetched]


async def test_an_update_comes_again_until_a_later_one_is_asked_for() -> None:
    updates = updates_of(3)
    first = (await updates.fetch(offset=0, limit=1, timeout_s=0))[0]["update_id"]
    assert await numbers(updates, offset=first) == [0, 1, 2]
    assert await numbers(updates, offset=first + 1) == [1, 2]
    assert await numbers(updates) == [1, 2]
    assert await numbers(updates, offset=first + 3) == []


@pytest.mark.parametrize(
    ("offset", "left"), [(-1, [2]), (-2, [1, 2]), (-3, [0, 1, 2]), (-100, [0, 1, 2])]
)
async def test_a_negative_offset_forgets_all_but_the_last(offset: int, left: list[int]) -> None:
    updates = updates_of(3)
    assert await numbers(updates, offset=offset) == left
    assert await numbers(updates) == left


@pytest.mark.parametrize("offset", [-1, 0, 7])
async def test_nothing_to_fetch(offset: int) -> None:
    assert await numbers(Updates(), offset=offset) == []


async def test_no_more_than_the_limit_comes_at_once() -> None:
    assert await numbers(updates_of(3), limit=2) == [0, 1]


async def test_a_long_poll_ends_with_the_first_update() -> None:
    updates = Updates()
    poll = asyncio.create_task(updates.fetch(offset=0, limit=100, timeout_s=30))
    await asyncio.sleep(0)
    updates.add("message", {"number": 7})
    assert len(await asyncio.wait_for(poll, 1)) == 1


async def test_a_second_poll_ends_the_first() -> None:
    updates = Updates()
    first = asyncio.create_task(updates.fetch(offset=0, limit=100, timeout_s=30))
    await asyncio.sleep(0)
    await numbers(updates)
    with pytest.raises(ApiError, match="terminated by other getUpdates") as refused:
        await asyncio.wait_for(first, 1)
    assert refused.value.code == 409


async def test_only_kinds_that_the_bot_wants_are_queued_from_then_on() -> None:
    updates = updates_of(1)
    for kinds, expected in (({"callback_query"}, 2), (set(), 4)):
        await updates.fetch(offset=0, limit=1, timeout_s=0, allowed=frozenset(kinds))
        updates.add("message", {"number": 1})
        updates.add("callback_query", {})
        assert len(await updates.fetch(offset=0, limit=100, timeout_s=0)) == expected
