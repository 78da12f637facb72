from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from scipy.ndimage import label

from pipeline.draw import LYING, UPRIGHT, Angle, Panel, draw_panels
from references.skeleton import KEYPOINT_INDEX
from tests.tracks import curl_pose

GREY = 128


def drawn(tmp_path: Path, *panels: Panel) -> npt.NDArray[np.uint8]:
    path = tmp_path / "drawn.png"
    draw_panels(panels, path)
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def panel(
    angles: Sequence[Angle] = (),
    image: bool = True,
    pose: npt.NDArray[np.float64] | None = None,
) -> Panel:
    frame = np.full((1280, 720, 3), GREY, np.uint8) if image else None
    return Panel("you: top", curl_pose(90) if pose is None else pose, angles, frame)


def has(picture: npt.NDArray[np.uint8], colour: tuple[int, int, int]) -> bool:
    return bool((picture == colour).all(axis=2).any())


GOOD, OFF = (0, 158, 115), (213, 94, 0)


def test_panels_stand_side_by_side(tmp_path: Path) -> None:
    picture = drawn(tmp_path, panel(), panel(image=False))
    assert picture.shape[1] == 2 * UPRIGHT[0]
    assert picture.shape[0] > UPRIGHT[1]


def lying_pose() -> npt.NDArray[np.float64]:
    """Return somebody lying across the whole width of a picture 854 pixels wide."""
    upright = curl_pose(90)
    turned = upright[:, ::-1] - upright[:, ::-1].min(axis=0)
    return np.asarray(turned * 854 / turned[:, 0].max() * (1, 0.5) + (0, 100))


def test_panels_of_a_lying_body_stand_above_each_other(tmp_path: Path) -> None:
    picture = drawn(tmp_path, panel(pose=lying_pose()), panel(image=False))
    assert picture.shape[1] == LYING[0]
    assert picture.shape[0] > 2 * LYING[1]


@pytest.mark.parametrize("pose", [curl_pose(90), lying_pose()])
@pytest.mark.parametrize("shape", [(480, 854), (854, 480), (480, 480)])
def test_the_whole_body_is_in_the_picture(
    tmp_path: Path, pose: npt.NDArray[np.float64], shape: tuple[int, int]
) -> None:
    low, high = pose.min(axis=0), pose.max(axis=0)
    fitting = (pose - low) * min(np.array(shape[::-1]) / (high - low))
    frame = np.full((*shape, 3), GREY, np.uint8)
    outermost = fitting[[*fitting.argmin(axis=0), *fitting.argmax(axis=0)]].astype(int)
    colours = [(255, 0, 255), (0, 255, 255), (255, 255, 0), (0, 0, 255)]
    for (x, y), colour in zip(outermost, colours, strict=True):
        frame[max(y - 20, 0) : y + 20, max(x - 20, 0) : x + 20] = colour[::-1]
    picture = drawn(tmp_path, Panel("x", fitting, [], frame))
    for colour in colours:
        assert has(picture, colour)


@pytest.mark.parametrize(("off", "seen", "unseen"), [(True, OFF, GOOD), (False, GOOD, OFF)])
def test_a_joint_has_the_colour_of_its_verdict(
    tmp_path: Path, off: bool, seen: tuple[int, int, int], unseen: tuple[int, int, int]
) -> None:
    picture = drawn(tmp_path, panel([Angle("left_elbow", 90, off)]))
    assert has(picture, seen)
    assert not has(picture, unseen)


@pytest.mark.parametrize("image", [True, False])
def test_hidden_keypoints_draw_nothing_and_break_nothing(tmp_path: Path, image: bool) -> None:
    pose = curl_pose(90)
    pose[7:] = np.nan
    angles = [Angle("left_elbow", 90, True), Angle("left_shoulder", 20, False)]
    picture = drawn(tmp_path, panel(angles, image, pose))
    assert not has(picture, OFF)


def test_a_joint_without_a_limb_draws_nothing(tmp_path: Path) -> None:
    pose = curl_pose(90)
    alone = np.full_like(pose, np.nan)
    alone[[KEYPOINT_INDEX["left_wrist"], KEYPOINT_INDEX["right_hip"]]] = pose[[9, 12]]
    picture = drawn(tmp_path, panel(pose=alone))
    below_title = picture[64:]
    assert np.all(below_title == below_title[0, 0])


@pytest.mark.parametrize("image", [True, False])
def test_nobody_at_all_is_drawn_as_the_bare_picture(tmp_path: Path, image: bool) -> None:
    angles = [Angle("left_elbow", 90, True)]
    picture = drawn(tmp_path, panel(angles, image, np.full((17, 2), np.nan)))
    assert not has(picture, OFF)
    assert picture.shape[1] == UPRIGHT[0]


@pytest.mark.parametrize("hidden", ["right_shoulder", "right_hip", "left_hip"])
def test_a_figure_has_a_trunk_although_a_corner_of_it_is_hidden(
    tmp_path: Path, hidden: str
) -> None:
    pose = curl_pose(90)
    pose[KEYPOINT_INDEX[hidden]] = np.nan
    picture = drawn(tmp_path, panel(image=False, pose=pose))
    figure = (abs(picture.astype(int) - (190, 198, 210)) <= 16).all(axis=2)
    areas = np.bincount(label(figure)[0].ravel())[1:]
    # The head, if it touches nothing, and all the rest in one piece.
    assert (areas > 300).sum() in {1, 2}


def test_a_figure_replaces_a_missing_picture(tmp_path: Path) -> None:
    with_figure = drawn(tmp_path, panel(image=False))
    assert len(np.unique(with_figure.reshape(-1, 3), axis=0)) > 5


@pytest.mark.parametrize("size", [(64, 48), (4000, 300), (300, 4000)])
def test_any_frame_shape_fits(tmp_path: Path, size: tuple[int, int]) -> None:
    frame = np.full((*size, 3), GREY, np.uint8)
    pose = curl_pose(90) / 1000 * min(size)
    picture = drawn(tmp_path, Panel("x", pose, [Angle("left_elbow", 90, None)], frame))
    assert picture.shape[1] == UPRIGHT[0]


def test_many_angles_do_not_cover_each_other(tmp_path: Path) -> None:
    names = [
        f"{side}_{kind}" for side in ("left", "right") for kind in ("elbow", "shoulder", "hip")
    ]
    one = drawn(tmp_path, panel([Angle("left_elbow", 90, True)]))
    many = drawn(tmp_path, panel([Angle(name, 90, True) for name in names]))
    orange = [int((p == OFF).all(axis=2).sum()) for p in (one, many)]
    assert orange[1] > 4 * orange[0]
