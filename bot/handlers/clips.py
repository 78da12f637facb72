"""A clip, however it was sent, becomes a job."""

from pathlib import PurePath
from typing import Any, Final, TypeAlias

from telegram import Animation, Document, Message, Update, Video, VideoNote
from telegram.constants import FileSizeLimit
from telegram.ext import MessageHandler, filters

from bot.exercise_names import captioned_exercise
from bot.handlers.incoming import PRIVATE, Handlers, message_of
from bot.jobs.performer import too_large
from bot.jobs.reception import Reception
from references.texts import text

# Apps that do not know a file's kind call it a stream of octets; what is in it, the decoder sees.
_UNKNOWN_KINDS: Final = frozenset({None, "", "application/octet-stream", "binary/octet-stream"})
_VIDEO_ENDINGS: Final = frozenset(
    {".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".3gp", ".mts", ".ts", ".gif"}
)

Clip: TypeAlias = Animation | Document | Video | VideoNote


class Clips:
    """Takes clips on."""

    def __init__(self, reception: Reception) -> None:
        self._reception = reception

    def handlers(self) -> Handlers:
        """Return the handlers of this subject."""
        videos = filters.VIDEO | filters.VIDEO_NOTE | filters.ANIMATION
        files = filters.Document.ALL & ~filters.Document.IMAGE
        return [MessageHandler(PRIVATE & (videos | files), self._clip)]

    async def _clip(self, update: Update, _context: Any) -> None:
        message, user = message_of(update)
        clip = clip_of(message)
        if clip is None:
            await message.reply_text(text("chat.other_file"))
            return
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
            exercise=captioned_exercise(message.caption or ""),
        )


def clip_of(message: Message) -> Clip | None:
    """Return the clip that a message carries, however it was sent."""
    if message.video or message.video_note or message.animation:
        # An animation is also its own document.
        return message.video or message.video_note or message.animation
    document = message.document
    return document if document is not None and _may_be_video(document) else None


def _may_be_video(document: Document) -> bool:
    kind = document.mime_type
    ending = PurePath(document.file_name or "").suffix.lower()
    return kind in _UNKNOWN_KINDS or str(kind).startswith("video/") or ending in _VIDEO_ENDINGS
