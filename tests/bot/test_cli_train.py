import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli.main import app
from pipeline.classify.dataset import PoseCache
from pipeline.classify.table1 import Row, Split
from pipeline.classify.weights import load
from pipeline.errors import SettingError
from pipeline.pose.track import PoseTrack
from tests.tracks import curl_track

QUICK = ["--no-synthetic", "--hidden", "8", "--steps", "2", "--members", "1", "--folds", "2"]


def watch(clip: Path) -> PoseTrack:
    return curl_track(2, bent=45.0 if clip.parent.name == "curl" else 165.0)


@pytest.fixture
def clips(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of three curls and three people who stand, each with a group of its own."""
    monkeypatch.setattr(
        "bot.cli.train.pose_cache",
        lambda folder: PoseCache(folder, watch, watched_with="a stand-in"),
    )
    folder = tmp_path / "clips"
    for exercise in ("curl", "stand"):
        (folder / exercise).mkdir(parents=True)
        for name in "abc":
            (folder / exercise / f"{name}.mp4").write_bytes(f"{exercise} {name}".encode())
    return folder


def test_train_writes_weights_and_their_card(clips: Path, tmp_path: Path) -> None:
    provenance = tmp_path / "provenance.md"
    provenance.write_text("Filmed by ourselves.")
    weights = tmp_path / "new" / "mine.onnx"
    result = CliRunner().invoke(
        app,
        ["train", "--clips", str(clips), "--cache", str(tmp_path / "poses"), *QUICK]
        + ["--results", str(tmp_path / "results")]
        + ["--provenance", str(provenance), "--out", str(weights)],
        catch_exceptions=False,
    )
    assert result.exit_code == 0
    assert load(weights).classes == ("curl", "stand", "unknown")
    card = (tmp_path / "new" / "MODEL_CARD.md").read_text()
    assert "Filmed by ourselves." in card
    assert "- curl: 3 clips" in card
    assert "Grouped cross-validation, 2 folds" in card


def test_a_card_without_measurement_says_so(clips: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(
        app,
        ["train", "--clips", str(clips), "--cache", str(tmp_path / "poses"), *QUICK]
        + ["--results", str(tmp_path / "results")]
        + ["--no-measure", "--out", str(tmp_path / "mine.onnx")],
        catch_exceptions=False,
    )
    assert result.exit_code == 0
    assert "trained without cross-validation" in (tmp_path / "MODEL_CARD.md").read_text()


def test_evaluate_ends_with_json_and_draws_the_confusion(clips: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(
        app,
        ["evaluate", "--clips", str(clips), "--cache", str(tmp_path / "poses"), *QUICK]
        + ["--results", str(tmp_path / "results")]
        + ["--out", str(tmp_path / "pictures")],
        catch_exceptions=False,
    )
    assert result.exit_code == 0
    figures = json.loads(result.stdout.splitlines()[-1])
    assert figures["clips"] == 6
    assert figures["folds"] == 2
    assert figures["right"] == sum(right for right, _ in figures["classes"].values())
    assert result.stdout.count("wrong: ") == figures["clips"] - figures["right"]
    assert (tmp_path / "pictures" / "confusion.png").exists()


def test_too_few_clips_are_refused_in_a_sentence(clips: Path, tmp_path: Path) -> None:
    for name in ("curl/a.mp4", "stand/b.mp4"):
        (clips / name).unlink()
    with pytest.raises(SettingError, match="the 3 clips"):
        CliRunner().invoke(
            app,
            ["evaluate", "--clips", str(clips), "--cache", str(tmp_path / "poses")]
            + ["--no-synthetic"],
            catch_exceptions=False,
        )


def test_a_device_that_is_not_there_is_refused_in_a_sentence(clips: Path) -> None:
    with pytest.raises(SettingError, match="abacus"):
        CliRunner().invoke(
            app, ["train", "--clips", str(clips), "--device", "abacus"], catch_exceptions=False
        )


def test_table_1_is_printed_beside_the_papers_figures_and_drawn(
    clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def untrained(row: Row, split: Split, seed: int, *_: object) -> dict[str, Any]:
        names = ("accuracy", "loss", "validation_accuracy", "validation_loss")
        curves = {name: [0.5, 0.6] for name in names}
        return {"curves": curves, "truth": [0, 1], "taken": [0, seed], "filmed": [True, False]}

    monkeypatch.setattr("pipeline.classify.table1._train", untrained)
    monkeypatch.setattr("pipeline.classify.table1.originals", lambda examples, seed: examples)
    results = tmp_path / "table"
    result = CliRunner().invoke(
        app,
        ["train", "--table1", "--clips", str(clips), "--cache", str(tmp_path / "poses")]
        + ["--seeds", "2", "--results", str(results)],
        catch_exceptions=False,
    )
    assert result.exit_code == 0
    rows = json.loads(result.stdout.splitlines()[-1])["rows"]
    assert [row["paper"] for row in rows] == [77, 67, 35, 77, 80]
    assert all(row["copies"]["mean"] == 75.0 for row in rows)
    assert "| 512 | 0.5 | yes | 35 | 75.0 ± 35.4 | 2 of 2 |" in (results / "table1.md").read_text()
    pictures = {path.name for path in results.glob("*.png")}
    assert len(pictures) == 12
    assert {"confusion-copies.png", "curves-256-0.25-attention-originals.png"} <= pictures
