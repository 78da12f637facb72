"""``gymbrain calibrate`` on photos of boards and on mistaken command lines."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from bot.cli.calibrate import calibrate
from pipeline.camera import Camera
from pipeline.errors import GymbrainError
from tests.photos import PHONE, Studio, save

app = typer.Typer()
app.command()(calibrate)


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder, studio = tmp_path_factory.mktemp("photos"), Studio()
    return [
        str(save(folder / f"[b]{n}.jpg", studio.photo(pose)))
        for n, pose in enumerate(studio.poses(5))
    ]


def test_a_camera_file_is_written(photos: list[str], tmp_path: Path) -> None:
    out, note = tmp_path / "camera.json", tmp_path / "[b]note.jpg"
    note.write_text("not a photo")
    result = CliRunner().invoke(app, [*photos, str(note), "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert Camera.load(out).fx == pytest.approx(PHONE.fx, rel=0.01)
    assert "[b]note.jpg: I cannot open it as a photo" in result.output
    assert "Calibrated from 5 photos" in result.output


def test_a_file_that_cannot_be_written_is_said(photos: list[str], tmp_path: Path) -> None:
    out = tmp_path / "missing" / "camera.json"
    result = CliRunner().invoke(app, [*photos, "--out", str(out)])
    assert isinstance(result.exception, GymbrainError)
    assert result.exception.key == "camera.unwritable"


@pytest.mark.parametrize("board", ["", "9", "9x", "x6", "9x6x3", "-9x6", "2x2", "nine", "9x600"])
def test_a_board_that_is_none_is_refused(board: str) -> None:
    result = CliRunner().invoke(app, ["a.jpg", f"--board={board}", "--out", "camera.json"])
    assert isinstance(result.exception, GymbrainError)
    assert result.exception.key == "calibrate.bad_size"
