"""A clip, however it was sent, becomes a job."""

from pathlib import PurePath
from typing import Any, Final

from telegram import Animation, Document, Message, Update, Video, VideoNote
from telegram.constants import FileSizeLimit
from telegram.ext import MessageHandler, filters

from bot.handlers.incoming import PRIVATE, Handlers, message_of
from bot.jobs.performer import too_large
from bot.jobs.reception import Reception
from references.exercises import find_exercise
from references.texts import text

# Apps that do not know a file's kind call it a stream of octets; what is in it, the decoder sees.
_UNKNOWN_KINDS: Final = frozenset({None, "", "application/octet-stream", "binary/octet-stream"})
_VIDEO_ENDINGS: Final = frozenset(
    {".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".3gp", ".mts", ".ts", ".gif"}
)


class Clips:
    """Takes clips on."""

    def __init__(self, reception: Reception) -> None:
        self._reception = reception

    def handlers(self) -> Handlers:
        """Return the handlers of this subject."""
        videos = filters.VIDEO | filters.VIDEO_NOTE | filters.ANIMATION
        return [
            MessageHandler(PRIVATE & videos, self._clip),
            MessageHandler(PRIVATE & filters.Document.ALL & ~filters.Document.IMAGE, self._file),
        ]

    async def _file(self, update: Update, context: Any) -> None:
        message, _ = message_of(update)
        if message.document is not None and _may_be_video(message.document):
            await self._clip(update, context)
        else:
            await message.reply_text(text("chat.other_file"))

    async def _clip(self, update: Update, _context: Any) -> None:
        message, user = message_of(update)
        clip = _clip_of(message)
        if (clip.file_size or 0) > FileSizeLimit.FILESIZE_DOWNLOAD:
            await message.reply_text(too_large().say())
            return
        await self._reception.accept(
            user.id,
            chat_id=message.chat_id,
            message_id=message.message_id,
            kind="analysis",
            sent_at=message.date,
            file_id=clip.file_id,
            exercise=find_exercise((message.caption or "").strip(" .!?")),
        )


def _clip_of(message: Message) -> Animation | Document | Video | VideoNote:
    # An animation is also its own document, so the document comes last.
    clip = message.video or message.video_note or message.animation or message.document
    if clip is None:
        raise ValueError("a message without a clip came through the filters of clips")
    return clip


def _may_be_video(document: Document) -> bool:
    kind = document.mime_type
    ending = PurePath(document.file_name or "").suffix.lower()
    return kind in _UNKNOWN_KINDS or str(kind).startswith("video/") or ending in _VIDEO_ENDINGS
