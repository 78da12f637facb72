import json
from io import StringIO
from pathlib import Path

import av
import pytest
from PIL import Image
from rich.console import Console

from bot.demo.conversation import DemoError, demonstrate
from references.texts import text
from tests.bot.demo.pictured_work import WORK


async def play(folder: Path, script: str = "a set") -> str:
    """Let a demonstration play with a scripted clip and return what the terminal showed."""
    clip = folder.parent / "set.mp4"
    clip.write_text(script)
    shown = StringIO()
    await demonstrate(clip, folder, Console(file=shown, width=100), WORK)
    return shown.getvalue()


def position(conversation: str, *words: str) -> list[int]:
    return [conversation.index(word) for word in words]


async def test_a_newcomer_gets_everything(tmp_path: Path) -> None:
    out = tmp_path / "out"
    shown = await play(out)
    transcript = (out / "transcript.txt").read_text(encoding="utf-8")
    for conversation in (shown, transcript):
        places = position(
            conversation,
            *("/start", "How to film", "video: set.mp4", "Got your clip", "Done. Here is your set"),
            *("start.jpg", "First correction", "voice.ogg, 2 s", "Was it not a bench press?"),
            *("[ lat pulldown ]", "/progress", "chart.jpg", "/history", "to correct: 3"),
        )
        assert places == sorted(places)
    for name, size in (("start.jpg", (300, 200)), ("end.jpg", (300, 200)), ("chart.jpg", None)):
        with Image.open(out / name) as image:
            assert size is None or image.size == size
    with av.open(str(out / "voice.ogg")) as sound:
        assert sound.streams.audio[0].codec_context.name in {"opus", "libopus"}
    assert json.loads((out / "report.json").read_text())["exercise"] == "bench_press"
    summary = (out / "report.md").read_text()
    assert "First correction." in summary
    assert "(start.jpg)" in summary


async def test_a_demonstration_replaces_what_the_last_one_left_and_nothing_else(
    tmp_path: Path,
) -> None:
    out = tmp_path / "out"
    await play(out)
    (out / "mine.txt").write_text("keep")
    with pytest.raises(DemoError):
        await play(out, "nobody")
    assert {path.name for path in out.iterdir()} == {
        *(".gymbrain-demo", "mine.txt", "transcript.txt"),
    }


async def test_a_refused_clip_is_a_failure_that_shows_why(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(DemoError, match="could not judge this clip"):
        await play(out, "nobody")
    transcript = (out / "transcript.txt").read_text(encoding="utf-8")
    assert text("pose.nobody")[:40] in transcript


async def test_a_missing_voice_note_is_a_failure(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(DemoError, match="did not send a voice note"):
        await play(out, "speechless")
    assert (out / "start.jpg").exists()
    assert not (out / "voice.ogg").exists()
