"""Child process: reads words from standard input and writes them as speech into a WAV file.

    python espeak.py OUT.wav WORDS_PER_MINUTE

pyttsx3 drives a native library with global state, which can hang, print, and forget what it was
told: a process of its own for each note keeps all of that away from everything else.
"""

import ctypes
import os
import sys
import time
from pathlib import Path
from typing import Final

import espeakng_loader

_POLL_S: Final = 0.01


def main(out: Path, words_per_minute: int) -> int:
    """Speak standard input into ``out``; return 0 when pyttsx3 reports the utterance complete."""
    # pyttsx3 looks for a library that the system would have installed; this one comes with pip.
    ctypes.CDLL(espeakng_loader.get_library_path(), ctypes.RTLD_GLOBAL)
    os.environ["ESPEAK_DATA_PATH"] = espeakng_loader.get_data_path()
    import pyttsx3  # noqa: PLC0415 (loads the library at once)

    outcome: list[bool] = []

    # pyttsx3 calls back by these names.
    def finished(name: object, completed: bool) -> None:
        outcome.append(completed)

    engine = pyttsx3.init("espeak")
    engine.setProperty("voice", "gmw/en")
    engine.setProperty("rate", words_per_minute)
    engine.connect("finished-utterance", finished)
    engine.save_to_file(sys.stdin.read(), str(out))
    engine.runAndWait()
    # It may return before the file exists; the parent bounds how long this takes.
    while not outcome:
        time.sleep(_POLL_S)
    return 0 if all(outcome) else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))
