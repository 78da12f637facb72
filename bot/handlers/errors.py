"""When a handler fails: a log line without a word about the lifter, and an apology to them."""

import logging
from typing import Any

from telegram import Update
from telegram.error import BadRequest, Forbidden, NetworkError, TelegramError

from references.texts import text

_logger = logging.getLogger(__name__)


async def apologise(update: object, context: Any) -> None:
    """Log what happened and, if a lifter waits for an answer, apologise."""
    error = context.error
    if isinstance(error, Forbidden):
        _logger.info("a lifter has left the chat")
        return
    # A bad request, which counts as a network error, is our bug.
    if isinstance(error, NetworkError) and not isinstance(error, BadRequest):
        _logger.warning("Telegram was not reached: %s", error.message)
    else:
        _logger.error("a handler failed", exc_info=error)
    if not isinstance(update, Update) or update.effective_chat is None:
        return
    try:
        await context.bot.send_message(update.effective_chat.id, text("chat.failed"))
    except TelegramError as again:
        _logger.warning("the apology was not sent either: %s", again.message)
