"""/calibrate, chessboard photos, /done: a camera for a lifter's later clips."""

from typing import Any, Final

from telegram import InlineKeyboardMarkup, Message, Update, User
from telegram.constants import FileSizeLimit
from telegram.ext import CallbackQueryHandler, CommandHandler, MessageHandler, filters

from bot.callbacks import ID, pattern, payload
from bot.handlers.incoming import PRIVATE, Handlers, answer, message_of, query_of
from bot.jobs.reception import Reception
from bot.live_message import LiveMessage
from bot.replies import keyboard
from bot.settings import BotSettings
from references.texts import text
from storage import StorageThread, calibrations, jobs

# Ten photos give rays to half a percent; the first few are refused by the calibration itself.
ENOUGH_PHOTOS: Final = 10

# More add nothing but time.
_MOST_PHOTOS: Final = 40


class Calibration:
    """Collects photos and has a camera calibrated from them.

    An album's photos come one by one and without an end, so one message counts them all.
    """

    def __init__(self, storage: StorageThread, reception: Reception, settings: BotSettings) -> None:
        self._storage = storage
        self._reception = reception
        self._pause_s = settings.edit_pause_s
        self._counters: dict[int, LiveMessage] = {}

    def handlers(self) -> Handlers:
        """Return the handlers of this subject."""
        photos = filters.PHOTO | filters.Document.IMAGE
        return [
            CommandHandler("calibrate", self._begin, PRIVATE),
            CommandHandler("done", self._done, PRIVATE),
            CallbackQueryHandler(self._done_pressed, pattern("calibrated", ID)),
            MessageHandler(PRIVATE & photos, self._photo),
        ]

    async def stop(self) -> None:
        """Leave the counting messages as they stand."""
        for counter in self._counters.values():
            await counter.stop()

    async def _begin(self, update: Update, _context: Any) -> None:
        message, user = message_of(update)
        await self._storage.run(calibrations.begin, user.id)
        await self._stop_counting(user)
        await message.reply_text(text("calibration.begin", enough=ENOUGH_PHOTOS))

    async def _photo(self, update: Update, _context: Any) -> None:
        message, user = message_of(update)
        if not await self._storage.run(calibrations.collecting, user.id):
            await message.reply_text(text("chat.photo"))
            return
        # Telegram offers a photo in several sizes, the largest last.
        photo = message.photo[-1] if message.photo else message.document
        if photo is None or (photo.file_size or 0) > FileSizeLimit.FILESIZE_DOWNLOAD:
            await message.reply_text(text("calibration.too_large"))
            return
        if await self._storage.run(calibrations.count_photos, user.id) >= _MOST_PHOTOS:
            await message.reply_text(text("calibration.plenty", most=_MOST_PHOTOS))
            return
        count = await self._storage.run(
            calibrations.add_photo,
            user.id,
            message_id=message.message_id,
            file_id=photo.file_id,
            name=message.document.file_name if message.document else None,
        )
        await self._count(message, user, count or 0)

    async def _count(self, message: Message, user: User, count: int) -> None:
        key = "calibration.enough" if count >= ENOUGH_PHOTOS else "calibration.more"
        words, buttons = text(key, count=count, enough=ENOUGH_PHOTOS), _done_button(user.id)
        counter = self._counters.get(user.id)
        if counter is not None:
            counter.show(words, buttons)
            return
        sent = await message.reply_text(words, reply_markup=buttons)
        self._counters[user.id] = LiveMessage(
            message.get_bot(), sent.chat_id, sent.message_id, pause_s=self._pause_s
        )

    async def _stop_counting(self, user: User) -> None:
        counter = self._counters.pop(user.id, None)
        if counter is not None:
            await counter.stop()

    async def _done(self, update: Update, _context: Any) -> None:
        message, user = message_of(update)
        await self._calibrate(message, user)

    async def _done_pressed(self, update: Update, context: Any) -> None:
        query = query_of(update)
        if int(context.match[1]) != query.from_user.id or not isinstance(query.message, Message):
            await answer(query, text("chat.old_button"))
            return
        await answer(query)
        await self._calibrate(query.message, query.from_user)

    async def _calibrate(self, message: Message, user: User) -> None:
        if not await self._storage.run(calibrations.collecting, user.id):
            await message.reply_text(text("calibration.not_begun"))
            return
        if not await self._storage.run(calibrations.count_photos, user.id):
            await message.reply_text(text("calibration.no_photos", enough=ENOUGH_PHOTOS))
            return
        if await self._storage.run(jobs.is_promised, user.id, "calibration"):
            await message.reply_text(text("job.received_calibration"))
            return
        # Photos sent from here on are counted in a message of their own, below this one.
        await self._stop_counting(user)
        await self._reception.accept(
            user.id,
            chat_id=message.chat_id,
            message_id=message.message_id,
            kind="calibration",
            sent_at=message.date,
        )


def _done_button(user_id: int) -> InlineKeyboardMarkup:
    return keyboard([(text("calibration.button"), payload("calibrated", user_id))])
