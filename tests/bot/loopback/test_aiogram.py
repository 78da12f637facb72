"""Another client library, so that the server does not merely mirror the one that we use."""

import asyncio
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import pytest
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramBadRequest, TelegramRetryAfter, TelegramUnauthorizedError
from aiogram.filters import Command
from aiogram.types import (
    BufferedInputFile,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    Message,
)

from bot.loopback import ApiError, Backend, Lifter
from tests.bot.loopback.conftest import TOKEN, content, picture, sound

KEYBOARD = InlineKeyboardMarkup(
    inline_keyboard=[[InlineKeyboardButton(text="Squat", callback_data="squat")]]
)


def client(address: str, token: str = TOKEN) -> Bot:
    return Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(address)))


@pytest.fixture
async def aiogram(address: str) -> AsyncIterator[Bot]:
    async with client(address) as bot:
        yield bot


async def test_a_conversation(aiogram: Bot, lifter: Lifter, clip: Path) -> None:
    dispatcher = Dispatcher()
    received: list[bytes] = []

    @dispatcher.message(Command("start"))
    async def start(message: Message) -> None:
        await message.answer("Which?", reply_markup=KEYBOARD)

    @dispatcher.message()
    async def anything(message: Message) -> None:
        assert message.video
        copy = BytesIO()
        await aiogram.download(message.video, copy)
        received.append(copy.getvalue())
        pictures = [
            InputMediaPhoto(media=BufferedInputFile(picture(), name), caption=caption)
            for name, caption in (("start.png", None), ("end.png", "A curl"))
        ]
        await message.reply_media_group(list(pictures))
        await message.answer_voice(BufferedInputFile(sound(), "voice.ogg"))

    @dispatcher.callback_query()
    async def pressed(query: CallbackQuery) -> None:
        assert isinstance(query.message, Message)
        await query.message.edit_text(f"You said {query.data}")
        await query.answer("Noted")

    polling = asyncio.create_task(dispatcher.start_polling(aiogram, handle_signals=False))
    await lifter.send_text("/start")
    question = await lifter.wait_for(lambda m: bool(m.buttons), timeout_s=5)
    assert await lifter.press(question, "Squat", timeout_s=5) == "Noted"
    await lifter.wait_for(lambda m: m.text == "You said squat", timeout_s=5)
    sent = await lifter.send_clip(clip)
    await lifter.wait_for(lambda m: m.has("voice"), timeout_s=5)
    await dispatcher.stop_polling()
    await polling
    assert received == [content(clip)]
    album = [message for message in lifter.messages if message.album]
    assert [message.text for message in album] == ["", "A curl"]
    assert all(message.reply_to == sent for message in album)


async def test_refusals(aiogram: Bot, backend: Backend, lifter: Lifter) -> None:
    sent = await aiogram.send_message(lifter.user.id, "Hello")
    with pytest.raises(TelegramBadRequest, match="not modified"):
        await aiogram.edit_message_text("Hello", chat_id=1, message_id=sent.message_id)
    with pytest.raises(TelegramBadRequest, match="voice note cannot be opened"):
        await aiogram.send_voice(lifter.user.id, BufferedInputFile(b"x", "voice.ogg"))
    backend.fail("sendMessage", ApiError(429, "Too Many Requests", retry_after=7))
    with pytest.raises(TelegramRetryAfter) as refused:
        await aiogram.send_message(lifter.user.id, "Hello")
    assert refused.value.retry_after == 7


async def test_a_wrong_token(address: str) -> None:
    async with client(address, "123456:wrong") as bot:
        with pytest.raises(TelegramUnauthorizedError):
            await bot.get_me()
