import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import av
import pytest

from pipeline.errors import VoiceError
from pipeline.voice import compose, speak
from tests.pipeline.test_report import REPORT

NOTE = compose(REPORT)
BOTH_ELBOWS = tuple(
    replace(REPORT.not_judged[0], joint=f"{side}_elbow") for side in ("left", "right")
)


def duration_s(path: Path) -> float:
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        assert stream.codec_context.name in {"opus", "libopus"}
        assert stream.codec_context.sample_rate == 48_000
        assert stream.codec_context.layout.name == "mono"
        assert container.format.name == "ogg"
        return sum(frame.samples for frame in container.decode(stream)) / 48_000


def test_a_note_says_what_matters() -> None:
    assert NOTE.startswith("barbell biceps curl, 2 repetitions.")
    assert "Lower the bar." in NOTE


def test_the_first_two_corrections_are_said() -> None:
    [_, elbows] = REPORT.corrections
    words = [elbows, *(replace(elbows, spoken=f"Mind the {x}.") for x in ("hips", "knees"))]
    note = compose(replace(REPORT, corrections=tuple(words)))
    assert note.count("Lower the bar.") == 1
    assert "Mind the hips." in note
    assert "knees" not in note


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"exercise": None}, "not sure which"),
        ({"repetitions": ()}, "no whole repetition"),
        ({"repetitions": REPORT.repetitions[:1]}, "one repetition"),
        ({"exercise": "plank", "repetitions": REPORT.repetitions[:1]}, "lank, held for 2 seconds"),
        ({"exercise": "plank", "repetitions": ()}, "nobody who held it still"),
        ({"corrections": (), "reference_angles_deg": {}}, "could not judge"),
        (
            {"exercise": "squat", "corrections": (), "reference_angles_deg": {}},
            "cannot judge your form in this exercise yet",
        ),
        # A fault known by name can be found where no single joint can be compared.
        ({"reference_angles_deg": {}}, "Stand tall."),
        ({"corrections": (), "not_judged": BOTH_ELBOWS}, "could not judge"),
        ({"corrections": ()}, "in line with the expert"),
    ],
)
def test_a_note_is_honest(changes: dict[str, object], words: str) -> None:
    assert words in compose(replace(REPORT, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "least_s", "most_s"),
    [
        (NOTE, 4, 20),
        ("Hello.", 0.3, 3),
        ("word " * 5000, 40, 120),
        ("<speak>\x00\x07 27° \ud800 🏋️ [[a]] 100%</speak>", 1, 6),
        ("Più giù, più lento.", 0.8, 5),
        ("W. " * 300, 115, 121),  # would be five minutes and more than a megabyte
    ],
)
def test_speech_is_a_voice_note(tmp_path: Path, words: str, least_s: float, most_s: float) -> None:
    speak(words, path := tmp_path / "voice.ogg")
    assert least_s <= duration_s(path) <= most_s
    assert path.stat().st_size < 1_000_000
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("words", ["", " \n\t", "🏋️", "\x00\x01", "...!?"])
def test_nothing_to_say(tmp_path: Path, words: str) -> None:
    with pytest.raises(VoiceError, match="nothing to say"):
        speak(words, tmp_path / "voice.ogg")


def test_a_slow_synthesiser_is_ended(tmp_path: Path) -> None:
    with pytest.raises(VoiceError):
        speak(NOTE, tmp_path / "voice.ogg", time_limit_s=0.001)
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(VoiceError):
        speak(NOTE, tmp_path / "file" / "voice.ogg")


def test_a_missing_interpreter_is_a_voice_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    with pytest.raises(VoiceError):
        speak(NOTE, tmp_path / "voice.ogg")


def test_many_notes_at_once(tmp_path: Path) -> None:
    paths = [tmp_path / f"{i}.ogg" for i in range(6)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda path: speak(NOTE, path), paths))
    assert len({round(duration_s(path), 2) for path in paths}) == 1
