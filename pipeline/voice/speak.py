"""How the words are spoken: espeak-ng through pyttsx3, encoded as Telegram's voice notes are."""

import re
import shutil
import subprocess
import sys
import unicodedata
import wave
from itertools import takewhile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import av
from av.audio.resampler import AudioResampler

from pipeline.errors import VoiceError

_CHILD: Final = Path(__file__).with_name("espeak.py")

_WORDS_PER_MINUTE: Final = 165

# A minute of speech; a lifter listens to far less between two sets.
_MOST_CHARACTERS: Final = 900

# The slowest the machine may be: a note takes a twentieth of a second, a busy core some seconds.
_TIME_LIMIT_S: Final = 20.0

# Even hurried speech takes this long for each letter; a shorter file was cut off.
_LEAST_S_PER_LETTER: Final = 0.03

# Digits and foreign letters can be read out at length; this much speech takes half the megabyte
# up to which Telegram shows a voice bubble.
_LONGEST_S: Final = 120.0

_SAMPLE_RATE: Final = 48_000
_BIT_RATE: Final = 32_000

# The encoder tries hardest by default, which takes three times as long and is not heard in the
# speech of a synthesiser.
_ENCODING: Final = {"vbr": "constrained", "compression_level": "5"}

# Markup, and the mark that asks for an emoji in colour.
_UNSPOKEN: Final = "<>[]{}\\|\ufe0f"

_WORDS_FOR_SIGNS: Final = {"°": " degrees", "%": " per cent", "–": ", ", "&": " and "}


def speak(words: str, path: Path, *, time_limit_s: float = _TIME_LIMIT_S) -> None:
    """Write ``words`` as speech to ``path``: OGG/Opus, 48 kHz, mono, about 4 kB a second.

    Characters that cannot be spoken are left out, and what takes longer than two minutes is cut, so
    that a note stays below 1 MB. Raises VoiceError, leaving no file, when nothing can be spoken,
    the synthesiser fails or exceeds ``time_limit_s``, or ``path`` cannot be written.
    """
    speakable = _speakable(words)
    if not any(c.isalnum() for c in speakable):
        raise VoiceError("voice.nothing_to_say")
    with TemporaryDirectory() as folder:
        speech = Path(folder) / "speech.wav"
        encoded = Path(folder) / "speech.ogg"
        _synthesise(speakable, speech, time_limit_s)
        _encode(speech, encoded)
        try:
            # Into place in one step: a disk that fills up leaves no half a note.
            beside = path.with_name(f".{path.name}")
            shutil.copyfile(encoded, beside)
            beside.replace(path)
        except OSError as error:
            raise VoiceError("voice.failed") from error


def _speakable(words: str) -> str:
    for sign, spoken in _WORDS_FOR_SIGNS.items():
        words = words.replace(sign, spoken)
    # Letters, marks, digits, punctuation and spaces are spoken; markup, control characters,
    # emoji and unpaired surrogates are not.
    kept = "".join(
        c if unicodedata.category(c)[0] in "LMNPZ" and c not in _UNSPOKEN else " " for c in words
    )
    return re.sub(r"\s+", " ", kept).strip()[:_MOST_CHARACTERS]


def _synthesise(words: str, speech: Path, time_limit_s: float) -> None:
    try:
        subprocess.run(  # noqa: S603 (our own script; the words go through standard input)
            [sys.executable, str(_CHILD), str(speech), str(_WORDS_PER_MINUTE)],
            input=words.encode(),
            capture_output=True,
            timeout=time_limit_s,
            check=True,
        )
        with wave.open(str(speech), "rb") as sound:
            seconds = sound.getnframes() / sound.getframerate()
    except (subprocess.SubprocessError, OSError, EOFError, wave.Error) as error:
        raise VoiceError("voice.failed") from error
    if seconds < _LEAST_S_PER_LETTER * sum(c.isalnum() for c in words):
        raise VoiceError("voice.failed")


def _within_limit(frame: av.AudioFrame) -> bool:
    return frame.time is not None and frame.time < _LONGEST_S


def _encode(speech: Path, encoded: Path) -> None:
    resampler = AudioResampler(format="s16", layout="mono", rate=_SAMPLE_RATE)
    try:
        with av.open(str(speech)) as source, av.open(str(encoded), "w", format="ogg") as target:
            stream = target.add_stream(
                "libopus", rate=_SAMPLE_RATE, layout="mono", options=_ENCODING
            )
            stream.bit_rate = _BIT_RATE
            for frame in takewhile(_within_limit, source.decode(audio=0)):
                for resampled in resampler.resample(frame):
                    target.mux(stream.encode(resampled))
            for resampled in resampler.resample(None):
                target.mux(stream.encode(resampled))
            target.mux(stream.encode(None))
    except av.FFmpegError as error:
        raise VoiceError("voice.failed") from error
