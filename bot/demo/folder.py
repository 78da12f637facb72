"""The folder that a demonstration leaves behind."""

from pathlib import Path
from typing import Final

from bot.loopback import Message
from pipeline.errors import SettingError

_MARK: Final = ".gymbrain-demo"

REPORT: Final = "report.json"
SUMMARY: Final = "report.md"
TRANSCRIPT: Final = "transcript.txt"

# What a demonstration may leave, and so what the next one may replace.
_LEFT: Final = (
    *("start.jpg", "end.jpg", "picture.jpg", "chart.jpg", "voice.ogg"),
    *(REPORT, SUMMARY, TRANSCRIPT),
)


def prepare(folder: Path) -> None:
    """Make the folder, or clear away what an earlier demonstration left in it.

    Nothing else is ever deleted. Raises SettingError for a folder that holds something and was not
    made by a demonstration, and for one that cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        mark = folder / _MARK
        if any(folder.iterdir()) and not mark.exists():
            raise SettingError("demo.folder_taken", path=folder)
        mark.touch()
        for name in _LEFT:
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise SettingError("demo.folder_unusable", path=folder, problem=error.strerror) from error


def file_names(messages: tuple[Message, ...]) -> list[str]:
    """Return under which names the files of an album or of a single message are kept."""
    kinds = [message.attachment.kind for message in messages if message.attachment]
    match kinds:
        case ["photo", "photo"]:
            return ["start.jpg", "end.jpg"]
        case ["photo"]:
            return ["picture.jpg" if messages[0].reply_to else "chart.jpg"]
        case ["voice"]:
            return ["voice.ogg"]
    return []
