"""Looking closely at one body."""

import json
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from pipeline.clip import Clip, Image
from pipeline.pose.closeup import CROP_PX, ROOM, CloseUp, Crop, load_closeup
from references.skeleton import KEYPOINT_INDEX
from tests.tracks import curl_pose

PREPARED = 7
UPRIGHT = curl_pose(90.0)[:, :2].astype(np.float64)


def turned(xy: np.ndarray, degrees: float) -> np.ndarray:
    angle = np.radians(degrees)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = xy.mean(axis=0)
    return np.asarray((xy - middle) @ rotation.T + middle)


@pytest.mark.parametrize("degrees", [0, 37, 90, 180, 271])
@pytest.mark.parametrize("pixels", [CROP_PX, 100])
def test_a_square_holds_the_body_with_its_trunk_up(degrees: float, pixels: int) -> None:
    xy = turned(UPRIGHT, degrees)
    matrix = Crop.around(xy).matrix(pixels)
    seen = xy @ matrix[:, :2].T + matrix[:, 2]
    shoulders, hips = (
        seen[[KEYPOINT_INDEX[f"{side}_{part}"] for side in ("left", "right")]].mean(axis=0)
        for part in ("shoulder", "hip")
    )
    assert shoulders[0] == pytest.approx(hips[0], abs=1e-6)
    assert shoulders[1] < hips[1]
    extent = np.ptp(seen, axis=0).max()
    assert extent * ROOM == pytest.approx(pixels, rel=1e-6)
    middle = (seen.min(axis=0) + seen.max(axis=0)) / 2
    assert middle == pytest.approx([(pixels - 1) / 2] * 2, abs=1e-6)


def test_keypoints_that_are_not_known_do_not_count() -> None:
    some = UPRIGHT.copy()
    some[KEYPOINT_INDEX["left_hip"]] = np.nan
    crop = Crop.around(some)
    assert np.isfinite([*crop.centre, crop.side]).all()
    assert crop.turn_rad == 0


def test_of_nobody_there_is_no_square() -> None:
    with pytest.raises(ValueError, match="no keypoint"):
        Crop.around(np.full((17, 2), np.nan))


def test_what_is_cut_lies_where_the_matrix_says() -> None:
    image = np.zeros((200, 300, 3), np.uint8)
    image[80:83, 120:123] = 255
    crop = Crop(np.array([130.0, 90.0]), 128.0, 0.3)
    square = crop.cut(image)
    rows, columns = np.nonzero(square[..., 0] > 128)
    matrix = crop.matrix(CROP_PX)
    expected = matrix[:, :2] @ [121, 81] + matrix[:, 2]
    assert [columns.mean(), rows.mean()] == pytest.approx(expected.tolist(), abs=0.5)


def test_a_body_is_found_again_from_a_rough_guess() -> None:
    folder = resources.files("references") / "clips"
    truth = json.loads((folder / "barbell_biceps_curl.json").read_text(encoding="utf-8"))
    true_xy = np.array(truth["xy"])
    rng = np.random.default_rng(0)
    off = []
    with resources.as_file(folder / "barbell_biceps_curl.mp4") as path, Clip(Path(path)) as clip:
        for number, frame in enumerate(clip.frames()):
            if number % 60:
                continue
            xy = true_xy[number]
            size = np.ptp(xy, axis=0).max()
            for degrees in (0, 10):
                guess = turned(xy, degrees) + rng.normal(0, 0.04 * size, xy.shape)
                crop = Crop.around(guess)
                guess[KEYPOINT_INDEX["left_wrist"]] = np.nan
                found, conf = load_closeup().keypoints(crop.cut(frame.image), crop, guess)
                assert found.shape == (17, 2)
                assert ((conf >= 0) & (conf <= 1)).all()
                off += (np.linalg.norm(found - xy, axis=1) / size).tolist()
    assert np.median(off) < 0.02
    assert np.quantile(off, 0.9) < 0.05


class Mover(CloseUp):
    """Moves every keypoint to where the body is, half of the way in the first look."""

    def __init__(self, xy: np.ndarray) -> None:
        self.looks = 0
        self._xy = xy

    def keypoints(
        self, square: Image, crop: Crop, expected: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        self.looks += 1
        assert (square == PREPARED).all()
        there = (expected + self._xy) / 2 if self.looks == 1 else self._xy
        return there.astype(np.float32), np.full(17, 0.5 * self.looks, np.float32)


@pytest.mark.parametrize(("off", "looks"), [(0.02, 1), (0.2, 2)])
def test_a_body_that_is_elsewhere_is_looked_at_again(off: float, looks: int) -> None:
    mover = Mover(UPRIGHT)
    aside = UPRIGHT + [off * np.ptp(UPRIGHT, axis=0).max(), 0]
    xy, conf = mover.look(
        np.zeros((9, 9, 3), np.uint8), aside, lambda cut: np.full_like(cut, PREPARED)
    )
    assert mover.looks == looks
    assert conf == pytest.approx([0.5 if looks == 1 else 0.75] * 17)
    # Halfway, and the mean of halfway and there.
    share = 0.5 if looks == 1 else 0.25
    assert xy == pytest.approx(UPRIGHT + share * (aside - UPRIGHT), rel=1e-5)
