from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import bot.cli.demo
from pipeline.errors import GymbrainError

app = typer.Typer()
app.command()(bot.cli.demo.demo)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, Path]]:
    """Return where the clips and folders of demonstrations that nobody plays will be noted."""
    noted: list[tuple[Path, Path]] = []

    async def note(clip: Path, out: Path, console: object) -> None:
        noted.append((clip, out))

    monkeypatch.setattr(bot.cli.demo, "demonstrate", note)
    monkeypatch.setattr(bot.cli.demo, "configure_logging", lambda *_: None)
    return noted


def test_the_bundled_clip_is_sent_and_the_folder_is_named_last(
    asked: list[tuple[Path, Path]], tmp_path: Path
) -> None:
    result = CliRunner().invoke(app, ["--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    [(clip, out)] = asked
    assert clip.is_file()
    assert out == tmp_path
    assert result.output.splitlines()[-1] == str(tmp_path)


@pytest.mark.parametrize("clip", ["missing.mp4", "."])
def test_a_clip_that_is_not_there(
    asked: list[tuple[Path, Path]], tmp_path: Path, clip: str
) -> None:
    result = CliRunner().invoke(app, ["--clip", str(tmp_path / clip)])
    assert result.exit_code == 2
    assert not asked


def test_somebody_elses_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.cli.demo, "configure_logging", lambda *_: None)
    (tmp_path / "mine.txt").touch()
    result = CliRunner().invoke(app, ["--out", str(tmp_path)])
    assert isinstance(result.exception, GymbrainError)
    assert result.exception.key == "demo.folder_taken"
