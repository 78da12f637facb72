"""/deleteme: everything about a lifter is deleted, after they have said so twice."""

import asyncio
from pathlib import Path
from typing import Any

from telegram import Update
from telegram.ext import CallbackQueryHandler, CommandHandler

from bot.callbacks import ID, pattern, payload
from bot.edits import may_change_nothing
from bot.handlers.incoming import PRIVATE, Handlers, answer, message_of, query_of
from bot.jobs.dispatcher import Dispatcher
from bot.replies import keyboard
from references.experts.coaches import remove_of
from references.texts import text
from storage import StorageThread, users


class Forgetting:
    """Forgets a lifter who asks for it."""

    def __init__(self, storage: StorageThread, dispatcher: Dispatcher, references: Path) -> None:
        self._storage = storage
        self._dispatcher = dispatcher
        self._references = references

    def handlers(self) -> Handlers:
        """Return the handlers of this subject."""
        return [
            CommandHandler("deleteme", self._ask, PRIVATE),
            CallbackQueryHandler(self._answered, pattern("forget", ID, "(yes|no)")),
        ]

    async def _ask(self, update: Update, _context: Any) -> None:
        message, user = message_of(update)
        buttons = keyboard(
            [(text(f"forget.{word}"), payload("forget", user.id, word)) for word in ("yes", "no")]
        )
        await message.reply_text(text("forget.sure"), reply_markup=buttons)

    async def _answered(self, update: Update, context: Any) -> None:
        query = query_of(update)
        user_id = query.from_user.id
        if int(context.match[1]) != user_id:
            await answer(query, text("chat.old_button"))
            return
        if context.match[2] == "yes":
            await self._dispatcher.cancel(user_id)
            await self._storage.run(users.forget, user_id)
            await asyncio.to_thread(remove_of, self._references, user_id)
            words = text("forget.done")
        else:
            words = text("forget.kept")
        await answer(query)
        with may_change_nothing():
            await query.edit_message_text(words)
