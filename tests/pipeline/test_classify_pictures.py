from pathlib import Path

import cv2
import numpy as np

from pipeline.classify.pictures import draw_confusion, draw_curves


def test_a_confusion_is_darkest_where_most_clips_are(tmp_path: Path) -> None:
    path = tmp_path / "new" / "confusion.png"
    draw_confusion(np.array([[9, 0], [3, 3]]), ("curl", "squat"), "Clips", path)
    picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    dark = picture < 100
    assert dark[:, : dark.shape[1] // 2].sum() > 5 * dark[:, dark.shape[1] // 2 :].sum()


def test_curves_show_training_and_validation(tmp_path: Path) -> None:
    names = ("accuracy", "loss", "validation_accuracy", "validation_loss")
    curves = [{name: [0.1, 0.5, 0.9] for name in names} for _ in range(2)]
    draw_curves(curves, "GRU", tmp_path / "curves.png")
    picture = cv2.imread(str(tmp_path / "curves.png"))
    assert picture is not None
    blue, _, red = (picture[..., c].astype(int) for c in range(3))
    assert (blue - red > 60).any()
    assert (red - blue > 60).any()
