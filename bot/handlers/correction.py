"""The buttons below a report: it was another exercise."""

from datetime import UTC, datetime
from typing import Any

from telegram import Update
from telegram.ext import CallbackQueryHandler

from bot.callbacks import ID, NAME, pattern
from bot.edits import may_change_nothing
from bot.handlers.incoming import Handlers, answer, query_of
from bot.jobs.reception import Reception
from bot.replies import exercise_buttons
from references.names import exercise_names
from references.texts import text
from storage import StorageThread, jobs, sets


class Correction:
    """Has a set judged again as the exercise that the lifter says it was."""

    def __init__(self, storage: StorageThread, reception: Reception) -> None:
        self._storage = storage
        self._reception = reception

    def handlers(self) -> Handlers:
        """Return the handlers of this subject."""
        return [
            CallbackQueryHandler(self._other, pattern("exercise", ID, NAME)),
            CallbackQueryHandler(self._offer_all, pattern("exercises", ID)),
        ]

    async def _offer_all(self, update: Update, context: Any) -> None:
        query = query_of(update)
        set_id = int(context.match[1])
        stored = await self._storage.run(sets.get, query.from_user.id, set_id)
        if stored is None:
            await answer(query, text("chat.not_your_set"))
            return
        await answer(query)
        names = [name for name in exercise_names() if name != stored.exercise]
        with may_change_nothing():
            await query.edit_message_reply_markup(exercise_buttons(set_id, names))

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
        if await self._storage.run(
            jobs.is_promised,
            query.from_user.id,
            "rejudgement",
            set_id=set_id,
            exercise=exercise,
        ):
            await answer(query, text("job.received_rejudgement"))
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
