"""The buttons below a report: it was another exercise."""

from datetime import UTC, datetime
from typing import Any

from telegram import Update
from telegram.ext import CallbackQueryHandler

from bot.callbacks import ID, NAME, pattern
from bot.handlers.incoming import Handlers, answer, query_of
from bot.jobs.reception import Reception
from references.names import exercise_names
from references.texts import text
from storage import StorageThread, sets


class Correction:
    """Has a set judged again as the exercise that the lifter says it was."""

    def __init__(self, storage: StorageThread, reception: Reception) -> None:
        self._storage = storage
        self._reception = reception

    def handlers(self) -> Handlers:
        """Return the handlers of this subject."""
        return [CallbackQueryHandler(self._other, pattern("exercise", ID, NAME))]

    async def _other(self, update: Update, context: Any) -> None:
        query = query_of(update)
        set_id, exercise = int(context.match[1]), context.match[2]
        stored = await self._storage.run(sets.get, query.from_user.id, set_id)
        if stored is None or exercise not in exercise_names() or query.message is None:
            await answer(query, text("chat.not_your_set"))
            return
        if stored.exercise == exercise:
            await answer(query, text("chat.judged_as_that"))
            return
        await answer(query)
        await self._reception.accept(
            query.from_user.id,
            chat_id=query.message.chat.id,
            message_id=query.message.message_id,
            kind="rejudgement",
            sent_at=datetime.now(UTC),
            set_id=set_id,
            exercise=exercise,
        )
