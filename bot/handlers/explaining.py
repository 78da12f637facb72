"""The button below the corrections: how they came about."""

from typing import Any

from telegram import Message, Update
from telegram.ext import CallbackQueryHandler

from bot.callbacks import ID, pattern
from bot.handlers.incoming import Handlers, answer, query_of
from bot.replies import packed
from pipeline.explain import explain
from pipeline.report import SCHEMA_VERSION, Report
from references.texts import text
from storage import StorageThread, sets


class Explaining:
    """Traces a set's corrections back to what was measured, from its stored report."""

    def __init__(self, storage: StorageThread) -> None:
        self._storage = storage

    def handlers(self) -> Handlers:
        """Return the handlers of this subject."""
        return [CallbackQueryHandler(self._why, pattern("why", ID))]

    async def _why(self, update: Update, context: Any) -> None:
        query = query_of(update)
        stored = await self._storage.run(sets.get, query.from_user.id, int(context.match[1]))
        if stored is None or not isinstance(query.message, Message):
            await answer(query, text("chat.not_your_set"))
            return
        if stored.report["schema_version"] != SCHEMA_VERSION:
            await answer(query, text("explain.too_old"))
            return
        await answer(query)
        for words in packed(explain(Report.from_dict(stored.report))):
            await query.message.reply_text(words)
