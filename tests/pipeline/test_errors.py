import pickle
import tomllib
from collections.abc import Iterator
from importlib import resources
from typing import Any

import pytest

from pipeline.errors import ClipError, GymbrainError, SettingError
from references.texts import text


def test_an_error_speaks_to_the_person() -> None:
    error = ClipError("clip.too_long", seconds=700, limit=180)
    assert "700 seconds" in str(error)
    assert isinstance(error, GymbrainError)


def test_an_error_survives_the_process_border() -> None:
    error = pickle.loads(pickle.dumps(SettingError("camera.unreadable", path="x.json")))  # noqa: S301
    assert isinstance(error, SettingError)
    assert "x.json" in error.say()


@pytest.mark.parametrize("key", ["no.such", "clip", "clip.empty.more", ""])
def test_a_missing_text_is_a_bug_that_shows(key: str) -> None:
    with pytest.raises((KeyError, TypeError)):
        text(key)


def test_every_text_is_a_sentence_or_a_word() -> None:
    def walk(table: dict[str, Any]) -> Iterator[str]:
        for value in table.values():
            if isinstance(value, dict):
                yield from walk(value)
            else:
                yield value

    source = resources.files("references.texts") / "en.toml"
    words = list(walk(tomllib.loads(source.read_text(encoding="utf-8"))))
    assert words
    assert all(w == w.strip() and w for w in words)
