import asyncio

from telegram import CallbackQuery, Update, User

from bot.ordering import InOrderPerLifter


def update(user_id: int) -> Update:
    user = User(user_id, "Somebody", is_bot=False)
    return Update(1, callback_query=CallbackQuery("1", user, "1"))


async def test_one_lifters_updates_wait_for_each_other_and_for_nobody_else() -> None:
    processor = InOrderPerLifter(10)
    handled: list[str] = []
    gate = asyncio.Event()

    async def slow() -> None:
        await gate.wait()
        handled.append("first of 1")

    async def quick(name: str) -> None:
        handled.append(name)

    async with processor, asyncio.TaskGroup() as tasks:
        tasks.create_task(processor.process_update(update(1), slow()))
        tasks.create_task(processor.process_update(update(1), quick("second of 1")))
        tasks.create_task(processor.process_update(update(2), quick("first of 2")))
        tasks.create_task(processor.process_update("no update", quick("nobody's")))
        await asyncio.sleep(0.05)
        assert handled == ["first of 2", "nobody's"]
        gate.set()
    assert handled[2:] == ["first of 1", "second of 1"]
