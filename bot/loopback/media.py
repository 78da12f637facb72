"""What is in a file that somebody sends, looked at as Telegram does."""

import re
from io import BytesIO
from mimetypes import guess_type
from pathlib import PurePath
from typing import Final

import av
from av.container import InputContainer
from PIL import Image, ImageOps

from bot.loopback.errors import bad_request
from bot.loopback.messages import Attachment, File, Kind

LARGEST_UPLOAD: Final = 50_000_000
"""Bytes that a bot may send in one file (Bot API, "Sending files")."""

LARGEST_PHOTO: Final = 10_000_000
"""Bytes that a bot may send as a photo (Bot API, sendPhoto)."""

# Bot API, sendPhoto: of width and height together in pixels, and of the longer to the shorter.
_MOST_SIDES: Final = 10_000
_MOST_RATIO: Final = 20

# The longer side in pixels of the sizes in which Telegram offers a photo.
_PHOTO_SIZES: Final = (320, 1280, 2560)

# Above this Telegram shows a file instead of a voice bubble (Bot API, sendVoice).
_LARGEST_VOICE: Final = 1_000_000


def photo(content: bytes) -> Attachment:
    """Return a photo as Telegram keeps it: JPEG, upright, without what the camera noted in it.

    Raises ApiError for what is no picture or has a shape that Telegram does not take.
    """
    if len(content) > LARGEST_PHOTO:
        raise bad_request("file is too big for a photo")
    try:
        with Image.open(BytesIO(content)) as opened:
            picture = ImageOps.exif_transpose(opened).convert("RGB")
    # Pillow raises SyntaxError for some broken files.
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise bad_request("IMAGE_PROCESS_FAILED") from error
    if sum(picture.size) > _MOST_SIDES or max(picture.size) > _MOST_RATIO * min(picture.size):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    longest = max(picture.size)
    sides = [side for side in _PHOTO_SIZES if side < longest] + [min(longest, _PHOTO_SIZES[-1])]
    sizes = tuple(_scaled(picture, side) for side in dict.fromkeys(sides))
    return Attachment("photo", sizes, mime_type="image/jpeg")


def moving(kind: Kind, content: bytes, name: str) -> Attachment:
    """Return a video, video note or animation; without size and length if it cannot be opened."""
    try:
        with av.open(BytesIO(content), "r") as container:
            streams = container.streams.video
            width, height = (streams[0].width, streams[0].height) if streams else (0, 0)
            seconds = _seconds(container)
    except av.FFmpegError:
        width, height, seconds = 0, 0, 0.0
    file = File(content, _suffix(name), width, height)
    return Attachment(kind, (file,), name, _mime_type(name), seconds)


def document(content: bytes, name: str) -> Attachment:
    """Return a file of any kind."""
    return Attachment("document", (File(content, _suffix(name)),), name, _mime_type(name))


def voice(content: bytes) -> Attachment:
    """Return a voice note. Raises ApiError for what Telegram would not show as one."""
    if len(content) > _LARGEST_VOICE:
        raise bad_request("the voice note is larger than 1 MB")
    try:
        with av.open(BytesIO(content), "r") as container:
            codecs = [stream.codec_context.name for stream in container.streams]
            seconds = _seconds(container)
            is_voice = container.format.name == "ogg" and codecs in (["opus"], ["libopus"])
    except av.FFmpegError as error:
        raise bad_request("the voice note cannot be opened") from error
    if not is_voice:
        raise bad_request("the voice note is not Opus in an OGG file")
    return Attachment("voice", (File(content, ".ogg"),), mime_type="audio/ogg", seconds=seconds)


def _scaled(picture: Image.Image, side: int) -> File:
    small = picture.copy()
    small.thumbnail((side, side))
    jpeg = BytesIO()
    small.save(jpeg, "JPEG", quality=87)
    return File(jpeg.getvalue(), ".jpg", *small.size)


def _seconds(container: InputContainer) -> float:
    return (container.duration or 0) / av.time_base


def _suffix(name: str) -> str:
    """Return the ending of a name if it can stand in an address."""
    suffix = PurePath(name).suffix
    return suffix if re.fullmatch(r"\.[A-Za-z0-9]+", suffix) else ""


def _mime_type(name: str) -> str:
    return guess_type(name)[0] or "application/octet-stream"
