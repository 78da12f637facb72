from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import train_angles
from bot.cli.main import app
from pipeline.errors import SettingError
from pipeline.space.export import save
from pipeline.space.lessons import make_lessons, watched_clips
from pipeline.space.model import asked
from pipeline.space.teller import Teller
from pipeline.space.train import TrainingSettings, train
from pipeline.space.weights import load

FEW = ("--sets", "12", "--filmed", "0", "--examined", "8", "--right", "8")


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train_angles, "_PART", 6)
    monkeypatch.setattr(train_angles, "_FITTING", 1)


@pytest.mark.usefixtures("small_parts")
def test_a_short_teaching_writes_weights_and_a_card_and_keeps_its_lessons(tmp_path: Path) -> None:
    work, out = tmp_path / "lessons", tmp_path / "angles.onnx"
    arguments = ["--work", str(work), "--out", str(out), "--steps", "2", "--batch", "4"]
    result = CliRunner().invoke(app, ["train-angles", *FEW, *arguments])
    assert result.exit_code == 0, result.output
    assert load(out).exercises()
    card = (tmp_path / "MODEL_CARD.md").read_text()
    assert "Seeds of made-up sets: 10000 to 10001; of rendered ones: none." in card
    assert sorted(path.name for path in work.iterdir()) == [
        "10000-6.npz",
        "10001-6.npz",
        "19000-8.npz",
        "19002-8.npz",
    ]


def test_weights_of_another_network_are_no_start(tmp_path: Path) -> None:
    names = ("barbell_biceps_curl",)
    settings = TrainingSettings(width=16, blocks=1, steps=1, batch=1)
    lessons = make_lessons(names, watched_clips(names, 2, 0))
    network = train(lessons, names, settings, lambda *_: None)
    other = tmp_path / "other.onnx"
    save(network, Teller.as_told(asked(network), {names[0]: ("a", "b")}), other)
    result = CliRunner().invoke(app, ["train-angles", *FEW, "--start", str(other)])
    assert isinstance(result.exception, SettingError)
    assert "another size" in str(result.exception)
