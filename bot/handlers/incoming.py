"""What every handler needs to know of an update."""

from typing import Any, Final, TypeAlias

from telegram import CallbackQuery, Message, Update, User
from telegram.error import BadRequest
from telegram.ext import BaseHandler, filters

Handlers: TypeAlias = list[BaseHandler[Update, Any, Any]]

PRIVATE: Final = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
"""New messages in a chat with one person: sets are nobody else's business."""


def message_of(update: Update) -> tuple[Message, User]:
    """Return the message of an update that ``PRIVATE`` let through, and who sent it."""
    message, user = update.message, update.effective_user
    if message is None or user is None:
        raise ValueError("a handler without the PRIVATE filter got an update that is no message")
    return message, user


def query_of(update: Update) -> CallbackQuery:
    """Return the pressed button of a callback update."""
    if update.callback_query is None:
        raise ValueError("a handler of buttons got an update that is none")
    return update.callback_query


async def answer(query: CallbackQuery, words: str | None = None) -> None:
    """Stop the button's spinner, with words in a box if given; too late is no harm."""
    try:
        await query.answer(words, show_alert=words is not None)
    except BadRequest as error:
        if "too old" not in error.message.lower():
            raise
