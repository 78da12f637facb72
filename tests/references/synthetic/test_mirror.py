"""Mirrors: what is before one is seen once more behind it."""

import json

import numpy as np
import numpy.typing as npt
import pytest

from references.lens import Lens
from references.synthetic.film import truth
from references.synthetic.mesh import ball
from references.synthetic.mirror import Mirror
from references.synthetic.renderer import Light
from references.synthetic.room import studio
from references.synthetic.takes import chance_take
from references.viewpoint import Viewpoint
from tests.references.synthetic.drawing import renderer_or_skip


@pytest.mark.parametrize(
    ("azimuth", "point", "image"),
    [
        (0, (0.3, 0.2, 1.0), (0.3, -4.2, 1.0)),
        (90, (0.3, 0.2, 1.0), (3.7, 0.2, 1.0)),
        (180, (0.3, 0.2, 1.0), (0.3, 3.8, 1.0)),
        (270, (0.3, 0.2, 1.0), (-4.3, 0.2, 1.0)),
    ],
)
def test_a_point_is_reflected(
    azimuth: float, point: tuple[float, float, float], image: tuple[float, float, float]
) -> None:
    mirror = Mirror(azimuth, 2.0)
    assert mirror.reflected(point) == pytest.approx(image)
    assert mirror.before(image) == pytest.approx(-mirror.before(point))
    assert mirror.before(point) > 0


def test_the_wall_is_where_the_mirror_hangs_and_open_there() -> None:
    mirror = Mirror(90.0, 1.5, width_m=3.0, height_m=2.0)
    corners = np.concatenate([mesh.vertices for mesh in mirror.meshes()])
    assert corners[:, 0] == pytest.approx(1.5, abs=0.02)
    glass = np.array([1.5, 0.0, 1.1])
    for mesh in mirror.meshes():
        low, high = mesh.vertices.min(axis=0) - 0.02, mesh.vertices.max(axis=0) + 0.02
        assert not ((glass > low) & (glass < high)).all()


def test_the_picture_shows_the_image_behind_the_mirror_alone() -> None:
    viewpoint = Viewpoint(30.0, 4.0, 3.0, (0.0, 0.0, 1.0))
    lens, mirror = Lens.of_phone(300, 200, 70.0), Mirror(180.0, 1.2)
    centre, behind = np.array([-0.4, 0.1, 1.1]), np.array([-0.2, 1.6, 1.0])
    red, green = (0.9, 0.0, 0.0), (0.0, 0.8, 0.0)
    meshes = [*studio(), *mirror.meshes(), ball(centre, 0.08, red), ball(behind, 0.08, green)]
    with renderer_or_skip(300, 200) as renderer:
        picture = renderer.render(meshes, viewpoint, lens, Light(), mirror=mirror.plane())
        plain = renderer.render([*studio(), ball(centre, 0.08, red)], viewpoint, lens, Light())
    assert _seen(picture, 2, lens.project(viewpoint, centre))
    assert _seen(plain, 2, lens.project(viewpoint, centre))
    assert _seen(picture, 2, lens.project(viewpoint, mirror.reflected(centre)))
    assert not _seen(plain, 2, lens.project(viewpoint, mirror.reflected(centre)))
    # What is behind the wall shows neither through the glass nor before it.
    for place in (behind, mirror.reflected(behind)):
        assert not _seen(picture, 1, lens.project(viewpoint, place))


def _seen(picture: npt.NDArray[np.uint8], channel: int, at: npt.NDArray[np.float64]) -> bool:
    """Tell whether a colour, 2 red or 1 green, is at a place of a picture in BGR."""
    column, row = np.rint(at).astype(int)
    colours = picture[row, column].astype(int)
    return bool(colours[channel] > np.delete(colours, channel).max() + 60)


@pytest.mark.parametrize("exercise", ["bench_press", "lat_pulldown", "barbell_biceps_curl"])
def test_a_mirror_of_chance_hangs_behind_and_changes_nothing_else(exercise: str) -> None:
    plain = chance_take(exercise, seed=3, bystanders=2)
    performance, shot = chance_take(exercise, seed=3, bystanders=2, mirror=True)
    assert shot.mirror is not None
    assert shot.viewpoint == plain[1].viewpoint
    about = {other.place for other in plain[1].bystanders}
    assert {other.place for other in shot.bystanders} <= about
    joints = shot.lifter.bare.keypoints(performance.pose(shot.lifter.bare))
    assert shot.mirror.before(joints).min() > 0.2
    assert shot.mirror.before(shot.viewpoint.eye()) > shot.mirror.before(joints).min()
    for other in shot.bystanders:
        assert shot.mirror.before(other.joints(0)).min() > 0.2


def test_the_truth_tells_where_the_reflection_is() -> None:
    performance, shot = chance_take("squat", seed=5, mirror=True, repetitions=1)
    facts = json.loads(json.dumps(truth(performance, shot, [])))
    assert np.shape(facts["reflection_xy"]) == (len(performance.t), 17, 2)
    assert "reflection_xy" not in truth(*chance_take("squat", seed=5, repetitions=1), [])
