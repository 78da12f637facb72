"""Everything that is no clip and no command: one sentence each on what to do instead.

These handlers come last, so that they get only what nobody else wanted.
"""

from collections.abc import Callable, Coroutine
from typing import Any, Final

from telegram import Update
from telegram.ext import CallbackQueryHandler, MessageHandler, filters

from bot.handlers.incoming import PRIVATE, Handlers, answer, message_of, query_of
from references.texts import text

_SENTENCES: Final = (
    (filters.Sticker.ALL, "chat.sticker"),
    (filters.VOICE | filters.AUDIO, "chat.sound"),
    (filters.CONTACT, "chat.contact"),
    (filters.LOCATION | filters.VENUE, "chat.location"),
    (filters.COMMAND, "chat.unknown_command"),
    (filters.TEXT, "chat.chatter"),
    (~filters.StatusUpdate.ALL, "chat.something_else"),
)


class Misunderstood:
    """Says what the bot does not understand and what it would."""

    def handlers(self) -> Handlers:
        """Return the handlers of this subject."""
        return [
            *(MessageHandler(PRIVATE & kind, _saying(key)) for kind, key in _SENTENCES),
            MessageHandler(
                filters.ChatType.GROUPS & filters.UpdateType.MESSAGE & filters.COMMAND,
                _saying("chat.group"),
            ),
            CallbackQueryHandler(_old_button),
        ]


def _saying(key: str) -> Callable[[Update, Any], Coroutine[Any, Any, None]]:
    async def say(update: Update, _context: Any) -> None:
        message, _ = message_of(update)
        await message.reply_text(text(key))

    return say


async def _old_button(update: Update, _context: Any) -> None:
    await answer(query_of(update), text("chat.old_button"))
