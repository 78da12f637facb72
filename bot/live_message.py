"""A message that is rewritten while something goes on."""

import asyncio
import logging
from datetime import timedelta
from typing import Final

from telegram import Bot, InlineKeyboardMarkup
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError

from bot.edits import may_change_nothing

_logger = logging.getLogger(__name__)

# The last words of a message are worth some patience, everything before them is not.
_ATTEMPTS: Final = 5


class LiveMessage:
    """A message in a chat whose text is replaced, no more often than every ``pause_s`` seconds.

    ``show`` returns at once and the newest text appears when it may; texts that were overtaken
    meanwhile are never sent. ``finish`` says the last word and waits until it stands.
    """

    def __init__(self, bot: Bot, chat_id: int, message_id: int, *, pause_s: float) -> None:
        self._bot = bot
        self._chat_id = chat_id
        self._message_id = message_id
        self._pause_s = pause_s
        self._shown: tuple[str, InlineKeyboardMarkup | None] | None = None
        self._wanted: tuple[str, InlineKeyboardMarkup | None] | None = None
        self._next_edit_at = 0.0
        self._writer: asyncio.Task[None] | None = None

    def show(self, text: str, keyboard: InlineKeyboardMarkup | None = None) -> None:
        """Ask for a text; a failure to show it is logged and otherwise forgotten."""
        self._wanted = (text, keyboard)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())

    async def finish(self, text: str, keyboard: InlineKeyboardMarkup | None = None) -> None:
        """Show the last text, in a new message if the old one is gone.

        Raises TelegramError when the chat cannot be reached.
        """
        await self.stop()
        self._wanted = (text, keyboard)
        for _ in range(_ATTEMPTS):
            try:
                await self._edit()
            except RetryAfter as error:
                await asyncio.sleep(_seconds(error))
            except BadRequest:
                await self._bot.send_message(self._chat_id, text, reply_markup=keyboard)
                return
            else:
                return
        await self._edit()

    async def stop(self) -> None:
        """Leave the message as it stands."""
        if self._writer is not None:
            self._writer.cancel()
            await asyncio.wait({self._writer})
            self._writer = None

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        while self._wanted != self._shown:
            await asyncio.sleep(self._next_edit_at - loop.time())
            self._next_edit_at = loop.time() + self._pause_s
            try:
                await self._edit()
            except RetryAfter as error:
                self._next_edit_at = loop.time() + _seconds(error)
            except BadRequest as error:
                _logger.info("a progress message is gone: %s", error.message)
                return
            except NetworkError as error:
                _logger.info("a progress message was not edited: %s", error.message)
            except TelegramError as error:
                _logger.info("a chat cannot be reached: %s", error.message)
                return

    async def _edit(self) -> None:
        wanted = self._wanted
        if wanted is None or wanted == self._shown:
            return
        text, keyboard = wanted
        with may_change_nothing():
            await self._bot.edit_message_text(
                text, chat_id=self._chat_id, message_id=self._message_id, reply_markup=keyboard
            )
        self._shown = wanted


def _seconds(error: RetryAfter) -> float:
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
