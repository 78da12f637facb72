"""What can go wrong with what a person sent, each with a sentence they can act on.

GymbrainError
├── ClipError          the clip cannot be analysed
├── CalibrationError   the photos cannot calibrate a camera
├── VoiceError         the voice note could not be made; text alone goes out
└── SettingError       a setting, a file on this machine or a command line is wrong
"""

from references.texts import DEFAULT_LANGUAGE, text


class GymbrainError(Exception):
    """An expected failure, told to the person in the words that ``key`` has in their language.

    ``key`` is a dotted path into ``references/texts``; ``fields`` fill its braces.
    """

    def __init__(self, key: str, /, **fields: object) -> None:
        super().__init__(key)
        self.key = key
        self.fields = fields

    def say(self, language: str = DEFAULT_LANGUAGE) -> str:
        """Return the sentence for the person."""
        return text(self.key, language, **self.fields)

    def __str__(self) -> str:
        return self.say()

    def __reduce__(self) -> tuple[object, ...]:
        # Keyword arguments would be lost on the way back from a worker process otherwise.
        return _rebuild, (type(self), self.key, self.fields)


def _rebuild(kind: type[GymbrainError], key: str, fields: dict[str, object]) -> GymbrainError:
    return kind(key, **fields)


class ClipError(GymbrainError):
    """The clip cannot be analysed."""


class CalibrationError(GymbrainError):
    """The chessboard photos cannot calibrate a camera."""


class VoiceError(GymbrainError):
    """The voice note could not be made."""


class SettingError(GymbrainError):
    """A setting, a file of this installation or a command line is wrong."""
