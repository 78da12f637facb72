"""Which keypoints are seen."""

from collections.abc import Iterator

import numpy as np
import pytest

from references.lens import Lens
from references.motions import motions
from references.skeleton import KEYPOINT_INDEX
from references.synthetic.body import load_body
from references.synthetic.mesh import ball, box
from references.synthetic.outfit import Outfit, dress
from references.synthetic.posture import pose_motion
from references.synthetic.renderer import Light, Renderer
from references.synthetic.room import studio
from references.synthetic.scene import Person, photograph
from references.synthetic.visibility import visible
from references.viewpoint import Viewpoint
from tests.references.synthetic.drawing import renderer_or_skip

_LENS = Lens.of_phone(180, 320, 45.0)
_TARGET = (0.0, 0.0, 0.9)


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    with renderer_or_skip(_LENS.width, _LENS.height) as drawing:
        yield drawing


@pytest.fixture(scope="module")
def lifter() -> Person:
    worn = dress(load_body("man"), Outfit())
    return Person(worn, pose_motion(worn.bare, motions()["lateral_raise"], [0.0]))


def test_depth_is_measured_along_the_viewing_axis(renderer: Renderer) -> None:
    viewpoint = Viewpoint(20.0, 15.0, 3.0, _TARGET)
    depth = renderer.depth([ball(_TARGET, 0.25, (1, 1, 1), rings=24)], viewpoint, _LENS)
    assert depth.shape == (320, 180)
    assert depth[160, 90] == pytest.approx(2.75, abs=0.005)
    assert depth[0, 0] == pytest.approx(40.0, rel=1e-3)


@pytest.mark.parametrize(
    ("azimuth", "seen", "hidden"),
    [
        (0, ("nose", "left_ear", "right_ear", "left_hip", "right_knee"), ()),
        (90, ("left_shoulder", "left_ear", "left_hip"), ("right_shoulder", "right_ear")),
        (180, ("left_shoulder", "right_shoulder", "right_hip"), ("nose", "left_eye", "right_eye")),
        (270, ("right_shoulder", "right_ear", "right_hip"), ("left_shoulder", "left_ear")),
    ],
)
def test_a_body_hides_its_far_side(
    renderer: Renderer,
    lifter: Person,
    azimuth: float,
    seen: tuple[str, ...],
    hidden: tuple[str, ...],
) -> None:
    viewpoint = Viewpoint(azimuth, 8.0, 2.7, _TARGET)
    _, (figure,) = photograph(renderer, [lifter], studio(), 0, viewpoint, _LENS, Light())
    told = {name: bool(figure.visible[KEYPOINT_INDEX[name]]) for name in (*seen, *hidden)}
    assert told == {name: name in seen for name in told}


def test_what_stands_in_front_hides(renderer: Renderer, lifter: Person) -> None:
    viewpoint = Viewpoint(0.0, 0.0, 2.7, _TARGET)
    wall = box([0, -1.0, 0.35], [2.0, 0.1, 0.7], (0.5, 0.5, 0.5))
    _, (figure,) = photograph(renderer, [lifter], [wall], 0, viewpoint, _LENS, Light())
    assert figure.visible[KEYPOINT_INDEX["nose"]]
    assert not figure.visible[KEYPOINT_INDEX["left_knee"] :].any()


def test_what_is_outside_the_picture_is_not_seen(lifter: Person) -> None:
    joints = lifter.lifter.bare.keypoints(lifter.pose)[0]
    viewpoint = Viewpoint(0.0, 0.0, 1.2, (0.0, 0.0, 1.5))
    empty = np.full((_LENS.height, _LENS.width), 40.0, np.float32)
    seen = visible(joints, empty, viewpoint, _LENS)
    assert seen[KEYPOINT_INDEX["nose"]]
    assert not seen[KEYPOINT_INDEX["left_ankle"]]


def test_the_box_holds_the_person_and_ends_at_the_picture(
    renderer: Renderer, lifter: Person
) -> None:
    whole = Viewpoint(0.0, 8.0, 2.7, _TARGET)
    _, (figure,) = photograph(renderer, [lifter], studio(), 0, whole, _LENS, Light())
    left, top, right, bottom = figure.box
    x, y = figure.xy.T
    assert left < x.min()
    assert top < y.min()
    assert right > x.max()
    assert bottom > y.max()
    close = Viewpoint(0.0, 0.0, 1.2, (0.0, 0.0, 1.5))
    _, (figure,) = photograph(renderer, [lifter], studio(), 0, close, _LENS, Light())
    assert figure.box[3] == pytest.approx(_LENS.height, abs=2)
