import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from telegram import Update

from bot.app import BotApplication, build_application
from bot.jobs.work import Work
from bot.settings import BotSettings
from tests.bot.scripted_work import WORK
from tests.bot.telegram_double import TOKEN, Call, TelegramDouble

PATIENCE_S = 20.0


class Lifter:
    """Somebody in a private chat with the bot."""

    def __init__(self, application: BotApplication, telegram: TelegramDouble, user_id: int) -> None:
        self.application = application
        self.telegram = telegram
        self.id = user_id
        self._user = {"id": user_id, "is_bot": False, "first_name": "Somebody"}
        self._chat = {"id": user_id, "type": "private", "first_name": "Somebody"}
        self._heard = 0

    async def send(self, **content: Any) -> int:
        """Send a message with this content and return its id."""
        message_id = next(_ids)
        message = {
            "message_id": message_id,
            "date": 1_770_000_000,
            "from": self._user,
            "chat": self._chat,
            **content,
        }
        await self._deliver({"message": message})
        return message_id

    async def type(self, words: str) -> int:
        """Send a text, a command if it begins with a slash."""
        length = len(words.split(maxsplit=1)[0])
        command = [{"type": "bot_command", "offset": 0, "length": length}]
        return await self.send(text=words, entities=command if words[0] == "/" else [])

    async def send_clip(self, *script: str, **more: Any) -> int:
        """Send a clip that scripted work will read."""
        return await self.send(video=self.file("\n".join(script or ("a set",))), **more)

    def file(self, content: str, **more: Any) -> dict[str, Any]:
        """Put a file on Telegram's server and return it as a message carries it."""
        file_id = f"file{next(_ids)}"
        self.telegram.files[file_id] = content.encode()
        shape = {"width": 100, "height": 200, "duration": 2, "length": 100}
        return {"file_id": file_id, "file_unique_id": file_id, **shape, **more}

    async def press(self, data: str, *, message_id: int = 1) -> None:
        """Press a button with this payload."""
        message = {"message_id": message_id, "date": 1_770_000_000, "chat": self._chat, "text": "?"}
        query = {"id": str(next(_ids)), "from": self._user, "chat_instance": "1", "data": data}
        await self._deliver({"callback_query": {**query, "message": message}})

    async def hears(self, words: str) -> Call:
        """Wait until the bot says something with these words that was not heard before."""
        deadline = asyncio.get_running_loop().time() + PATIENCE_S
        while asyncio.get_running_loop().time() < deadline:
            for index, call in enumerate(self.telegram.calls[self._heard :], self._heard):
                if self._is_addressed(call) and words in call.words:
                    self._heard = index + 1
                    return call
            await asyncio.sleep(0.01)
        pytest.fail(f"{words!r} is not in {[call.words for call in self.everything_heard()]}")

    def everything_heard(self) -> list[Call]:
        return [call for call in self.telegram.calls if self._is_addressed(call)]

    def _is_addressed(self, call: Call) -> bool:
        return call.parameters.get("chat_id") == self.id or (
            call.method == "answerCallbackQuery" and "text" in call.parameters
        )

    async def _deliver(self, content: dict[str, Any]) -> None:
        update = Update.de_json({"update_id": next(_ids), **content}, self.application.bot)
        await self.application.update_queue.put(update)


_ids = count(1)


@asynccontextmanager
async def running(
    telegram: TelegramDouble, database: Path, work: Work = WORK, **settings: Any
) -> AsyncIterator[BotApplication]:
    """Run the bot against the double until the block ends."""
    application = build_application(
        BotSettings(
            TOKEN,
            base_url=f"{telegram.url}/bot",
            base_file_url=f"{telegram.url}/file/bot",
            database=database,
            references=database.parent / "references",
            **{"edit_pause_s": 0.05, **settings},
        ),
        work,
    )
    assert application.post_init
    assert application.post_stop
    assert application.post_shutdown
    try:
        await application.initialize()
        await application.post_init(application)
        await application.start()
        try:
            yield application
        finally:
            await application.stop()
            await application.post_stop(application)
    finally:
        await application.shutdown()
        await application.post_shutdown(application)


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramDouble]:
    double = TelegramDouble()
    await double.start()
    yield double
    await double.stop()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "data" / "gymbrain.db"


@pytest.fixture
async def lifter(telegram: TelegramDouble, database: Path) -> AsyncIterator[Lifter]:
    """Return a lifter in a chat with a running bot."""
    async with running(telegram, database) as application:
        yield Lifter(application, telegram, 1)
