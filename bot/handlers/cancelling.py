"""/cancel: an end to the calibration and to the clips that are not done yet."""

from typing import Any

from telegram import Update
from telegram.ext import CommandHandler

from bot.handlers.incoming import PRIVATE, Handlers, message_of
from bot.jobs.dispatcher import Dispatcher
from references.texts import text
from storage import StorageThread, calibrations


class Cancelling:
    """Stops what a lifter has under way."""

    def __init__(self, storage: StorageThread, dispatcher: Dispatcher) -> None:
        self._storage = storage
        self._dispatcher = dispatcher

    def handlers(self) -> Handlers:
        """Return the handlers of this subject."""
        return [CommandHandler("cancel", self._cancel, PRIVATE)]

    async def _cancel(self, update: Update, _context: Any) -> None:
        message, user = message_of(update)
        calibrating = await self._storage.run(calibrations.end, user.id)
        count = await self._dispatcher.cancel(user.id)
        said = []
        if calibrating:
            said.append(text("cancel.calibration"))
        if count:
            said.append(text("cancel.one_job" if count == 1 else "cancel.jobs", count=count))
        await message.reply_text(" ".join(said) or text("cancel.nothing"))
