"""``gymbrain tune-closeup``, from lessons to a network with its card."""

from pathlib import Path

import pytest

from bot.cli import tune_closeup
from pipeline.errors import SettingError
from pipeline.pose.closeup import CloseUp
from tests.pipeline.test_tune_closeup import squares


def test_real_clips_want_a_second_teacher(tmp_path: Path) -> None:
    (tmp_path / "squat").mkdir()
    (tmp_path / "squat" / "a.mp4").touch()
    with pytest.raises(SettingError, match="--blazepose"):
        tune_closeup.tune_closeup(work=tmp_path / "work", clips=tmp_path, out=tmp_path / "a.onnx")


def test_nothing_to_learn_from_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="nothing to learn from"):
        tune_closeup.tune_closeup(work=tmp_path, drawn=0, out=tmp_path / "a.onnx")


def test_lessons_become_a_network_and_its_card(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("squat", "plank"):
        (tmp_path / "clips" / name).mkdir(parents=True)
        (tmp_path / "clips" / name / "a.mp4").touch()
    monkeypatch.setattr(tune_closeup, "BlazePose", lambda path: object())
    monkeypatch.setattr(
        tune_closeup,
        "squares_in",
        lambda path, *_: squares(2) if path.parent.name == "squat" else [],
    )
    out = tmp_path / "network.onnx"
    for _ in range(2):  # the second time from what is kept
        tune_closeup.tune_closeup(
            work=tmp_path / "work",
            clips=tmp_path / "clips",
            blazepose=tmp_path / "landmarks.tflite",
            drawn=0,
            steps=1,
            out=out,
        )
    CloseUp(out.read_bytes())
    card = out.with_suffix(".md").read_text(encoding="utf-8")
    assert "2 bodies in real clips" in card
    # Of the plank nothing was seen.
    assert "exercise: squat 1." in card
