"""/reference EXERCISE NAME with a clip: a coach's own set becomes one to compare lifters with."""

import re
from collections.abc import Collection, Sequence
from typing import Any, Final

from telegram import Message, Update
from telegram.constants import FileSizeLimit
from telegram.ext import CommandHandler, MessageHandler, filters

from bot.exercise_names import understand_exercise
from bot.handlers.clips import Clip, clip_of
from bot.handlers.incoming import PRIVATE, Handlers, message_of
from bot.jobs.performer import too_large
from bot.jobs.reception import Reception
from references.exercises import exercises, find_exercise
from references.experts.coaches import clean_name
from references.texts import text

_COMMAND: Final = re.compile(r"^/reference(?![a-z])", re.IGNORECASE)


class Referring:
    """Takes on clips of coaches as references.

    The words stand below the clip, or in a reply to a clip of one's own.
    """

    def __init__(self, reception: Reception, coaches: Collection[int]) -> None:
        self._reception = reception
        self._coaches = coaches

    def handlers(self) -> Handlers:
        """Return the handlers of this subject."""
        return [
            CommandHandler("reference", self._refer, PRIVATE),
            MessageHandler(PRIVATE & filters.CaptionRegex(_COMMAND), self._refer),
        ]

    async def _refer(self, update: Update, _context: Any) -> None:
        message, user = message_of(update)
        if user.id not in self._coaches:
            await message.reply_text(text("reference.coaches_only"))
            return
        clip = _clip_meant(message, user.id)
        words = (message.text or message.caption or "").split()[1:]
        if clip is None or not words:
            await message.reply_text(text("reference.how"))
            return
        if (clip.file_size or 0) > FileSizeLimit.FILESIZE_DOWNLOAD:
            await message.reply_text(too_large().say())
            return
        meant = _meant(words)
        if meant is None:
            known = ", ".join(exercise.title() for exercise in exercises().values())
            await message.reply_text(text("reference.which", known=known))
            return
        exercise, coach = meant[0], clean_name(meant[1])
        if coach is None:
            await message.reply_text(text("reference.bad_name"))
            return
        await self._reception.accept(
            user.id,
            chat_id=message.chat_id,
            message_id=message.message_id,
            kind="reference",
            sent_at=message.date,
            file_id=clip.file_id,
            exercise=exercise,
            coach=coach,
        )


def _clip_meant(message: Message, user_id: int) -> Clip | None:
    """Return the clip that comes with the words, or the lifter's own that they reply to."""
    earlier = message.reply_to_message
    if earlier is None or earlier.from_user is None or earlier.from_user.id != user_id:
        return clip_of(message)
    return clip_of(message) or clip_of(earlier)


def _meant(words: Sequence[str]) -> tuple[str, str] | None:
    """Return the exercise that the first words name, as many as possible, and the name after it."""
    for count in range(len(words) - 1, 0, -1):
        exercise = find_exercise(" ".join(words[:count]))
        if exercise is not None:
            return exercise, " ".join(words[count:])
    similar = understand_exercise(words[0]) if len(words) > 1 else ()
    return (similar[0], " ".join(words[1:])) if len(similar) == 1 else None
