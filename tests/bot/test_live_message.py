import asyncio
from collections.abc import AsyncIterator

import pytest
from telegram import Bot

from bot.live_message import LiveMessage
from tests.bot.telegram_double import TOKEN, TelegramDouble


@pytest.fixture
async def bot(telegram: TelegramDouble) -> AsyncIterator[Bot]:
    async with Bot(TOKEN, base_url=f"{telegram.url}/bot") as bot:
        yield bot


def live(bot: Bot, pause_s: float = 0.2) -> LiveMessage:
    return LiveMessage(bot, 1, 5, pause_s=pause_s)


async def test_texts_that_were_overtaken_are_not_sent(bot: Bot, telegram: TelegramDouble) -> None:
    message = live(bot)
    for percent in range(10):
        message.show(f"{percent} %")
        await asyncio.sleep(0.03)
    await message.finish("done")
    said = telegram.said("editMessageText")
    assert said[0] == "0 %"
    assert said[-1] == "done"
    assert len(said) <= 4


async def test_the_same_text_is_sent_once(bot: Bot, telegram: TelegramDouble) -> None:
    message = live(bot, 0.0)
    for _ in range(3):
        message.show("working")
        await asyncio.sleep(0.05)
    await message.finish("working")
    assert telegram.said("editMessageText") == ["working"]


async def test_a_chat_that_asks_for_patience_gets_it(bot: Bot, telegram: TelegramDouble) -> None:
    telegram.fail("editMessageText", 429, "Too Many Requests", retry_after=1)
    message = live(bot, 0.0)
    message.show("working")
    await asyncio.sleep(0.4)
    assert telegram.said("editMessageText") == ["working"]
    await message.stop()


@pytest.mark.parametrize(
    ("code", "description", "parameters", "calls"),
    [
        (400, "Bad Request: message is not modified", {}, ["editMessageText"]),
        (429, "Too Many Requests", {"retry_after": 1}, ["editMessageText"] * 2),
        (400, "Bad Request: message to edit not found", {}, ["editMessageText", "sendMessage"]),
    ],
)
async def test_the_last_word_is_said_whatever_happens(
    bot: Bot,
    telegram: TelegramDouble,
    code: int,
    description: str,
    parameters: dict[str, int],
    calls: list[str],
) -> None:
    telegram.fail("editMessageText", code, description, **parameters)
    await live(bot).finish("done")
    assert [call.method for call in telegram.calls if call.method != "getMe"] == calls
    assert telegram.calls[-1].words == "done"


@pytest.mark.parametrize(
    ("code", "description", "parameters"),
    [
        (429, "Too Many Requests", {"retry_after": 1}),
        (502, "Bad Gateway", {}),
        (400, "Bad Request: message to edit not found", {}),
        (403, "Forbidden: bot was blocked by the user", {}),
    ],
)
async def test_a_progress_text_that_fails_stops_nothing(
    bot: Bot, telegram: TelegramDouble, code: int, description: str, parameters: dict[str, int]
) -> None:
    telegram.fail("editMessageText", code, description, **parameters)
    message = live(bot)
    message.show("working")
    await asyncio.sleep(0.1)
    await message.finish("done")
    assert telegram.said("editMessageText")[-1] == "done"
