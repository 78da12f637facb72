"""/progress and /history: what became of a lifter's sets."""

import asyncio
from typing import Any

from telegram import InlineKeyboardMarkup, Message, Update
from telegram.ext import CallbackQueryHandler, CommandHandler

from bot.callbacks import NAME, pattern, payload
from bot.exercise_names import understand_exercise
from bot.handlers.incoming import PRIVATE, Handlers, answer, message_of, query_of
from bot.progress_chart import draw_progress
from bot.progress_words import day, progress_words
from bot.replies import keyboard
from pipeline.titles import done_title, exercise_title
from references.exercises import exercises
from references.skeleton import SIDES
from references.texts import DEFAULT_LANGUAGE, text
from storage import StorageThread, sets


class Progress:
    """Shows how an exercise develops, and the last sets."""

    def __init__(self, storage: StorageThread) -> None:
        self._storage = storage
        # Matplotlib's caches are not made for several threads at once.
        self._pencil = asyncio.Lock()

    def handlers(self) -> Handlers:
        """Return the handlers of this subject."""
        return [
            CommandHandler("progress", self._progress, PRIVATE),
            CallbackQueryHandler(self._chosen, pattern("progress", NAME)),
            CommandHandler("history", self._history, PRIVATE),
        ]

    async def _progress(self, update: Update, context: Any) -> None:
        message, user = message_of(update)
        trained = await self._storage.run(sets.exercises, user.id)
        if not trained:
            await message.reply_text(text("progress.nothing_yet"))
            return
        if not context.args:
            await message.reply_text(text("progress.which"), reply_markup=_choices(trained))
            return
        meant = understand_exercise(" ".join(context.args), also=trained)
        # Where the words fit several exercises, those that the lifter trains are meant.
        likely = tuple(name for name in meant if name in trained) or meant
        if len(likely) == 1:
            await self._show(message, user.id, likely[0])
        else:
            key = "progress.which_of_these" if likely else "progress.unknown"
            await message.reply_text(text(key), reply_markup=_choices(likely or trained))

    async def _chosen(self, update: Update, context: Any) -> None:
        query = query_of(update)
        if not isinstance(query.message, Message):
            await answer(query, text("chat.old_button"))
            return
        await answer(query)
        await self._show(query.message, query.from_user.id, context.match[1])

    async def _show(self, message: Message, user_id: int, name: str) -> None:
        title = exercise_title(name, DEFAULT_LANGUAGE)
        known = exercises().get(name)
        joints = [f"{side}_{known.driver}" for side in SIDES] if known else []
        done = await self._storage.run(sets.progress, user_id, name, joints=joints)
        if not done:
            await message.reply_text(text("progress.none_of_this", exercise=title))
            return
        async with self._pencil:
            chart = await asyncio.to_thread(draw_progress, name, done)
        await message.reply_photo(chart, caption=progress_words(name, done))

    async def _history(self, update: Update, _context: Any) -> None:
        message, user = message_of(update)
        lines = [
            text(
                "history.line",
                day=day(line.filmed_at),
                exercise=exercise_title(line.exercise, DEFAULT_LANGUAGE),
                repetitions=done_title(
                    line.exercise, line.repetitions, line.longest_s, DEFAULT_LANGUAGE
                ),
                form=_form(line),
            )
            for line in await self._storage.run(sets.history, user.id)
        ]
        await message.reply_text("\n".join(lines) or text("history.nothing_yet"))


def _form(line: sets.SetSummary) -> str:
    if line.corrections is None or not line.repetitions:
        return text("history.not_judged")
    return text("history.off" if line.corrections else "history.good", count=line.corrections)


def _choices(names: tuple[str, ...]) -> InlineKeyboardMarkup:
    return keyboard(
        [(exercise_title(name, DEFAULT_LANGUAGE), payload("progress", name)) for name in names]
    )
