"""Lenses that bend the picture, and shutters that take time."""

from dataclasses import replace

import numpy as np
import pytest

from references.lens import Lens
from references.motions import motions
from references.synthetic.body import load_body
from references.synthetic.exposure import GOOD_LIGHT, Exposure, random_exposure
from references.synthetic.mesh import ball
from references.synthetic.optics import optics
from references.synthetic.outfit import Outfit, dress
from references.synthetic.posture import pose_motion
from references.synthetic.renderer import Light, Renderer
from references.synthetic.room import studio
from references.synthetic.scene import Person, photograph
from references.viewpoint import Viewpoint
from tests.references.synthetic.drawing import renderer_or_skip

_LENS = Lens.of_phone(270, 480, 75.0)
_GREY = np.full((40, 30, 3), 128, np.uint8)


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return renderer_or_skip(_LENS.width, _LENS.height)


@pytest.mark.parametrize(
    "distortion",
    [(-0.06, 0.0, 0.0, 0.0), (0.06, 0.0, 0.0, 0.0), (0.05, -0.02, 0.002, -0.003)],
)
@pytest.mark.parametrize("place", [(0.0, 0.0, 1.0), (0.75, 0.0, 2.1), (-0.8, -0.3, 0.1)])
def test_a_ball_is_where_the_distorted_lens_says(
    renderer: Renderer,
    distortion: tuple[float, float, float, float],
    place: tuple[float, float, float],
) -> None:
    viewpoint = Viewpoint(0.0, 0.0, 2.5, (0.0, 0.0, 0.9))
    lens = replace(_LENS, distortion=distortion)
    glass = optics(lens)
    assert glass is not None
    meshes = [*studio(), ball(place, 0.04, (0.9, 0.0, 0.0), rings=16)]
    drawn = glass.bend(renderer.render(meshes, viewpoint, glass.pinhole, Light()))
    blue, green, red = np.moveaxis(drawn.astype(int), -1, 0)
    rows, columns = np.nonzero(red > np.maximum(blue, green) + 60)
    seen = np.array([columns.mean(), rows.mean()])
    assert seen == pytest.approx(lens.project(viewpoint, place), abs=0.5)
    # Without the bending it would be elsewhere.
    if place[0]:
        straight = lens.without_distortion().project(viewpoint, place)
        assert np.linalg.norm(straight - seen) > 1.0


def test_the_whole_picture_of_a_lens_is_drawn() -> None:
    for k1 in (-0.07, 0.07):
        glass = optics(replace(_LENS, distortion=(k1, 0.0, 0.0, 0.0)))
        assert glass is not None
        assert glass.columns.min() > -0.01
        assert glass.columns.max() < _LENS.width - 0.99
        assert glass.rows.min() > -0.01
        assert glass.rows.max() < _LENS.height - 0.99


def test_a_pinhole_needs_no_bending() -> None:
    assert optics(_LENS) is None


def test_an_open_shutter_blurs_what_moves_alone(renderer: Renderer) -> None:
    lifter = dress(load_body("man"), Outfit())
    person = Person(lifter, pose_motion(lifter.bare, motions()["lateral_raise"], [0.4, 0.5]))
    viewpoint = Viewpoint(0.0, 5.0, 2.6, (0.0, 0.0, 0.9))
    sharp, still_figures = photograph(renderer, [person], studio(), 0, viewpoint, _LENS, Light())
    blurred, figures = photograph(
        renderer, [person], studio(), 0, viewpoint, _LENS, Light(), shutter=1.0
    )
    # Smooth edges are made another way when the shutter is open: they differ by less than this.
    changed = np.abs(sharp.astype(int) - blurred).max(axis=-1) > 60
    wrist, knee = (figures[0].xy[joint].astype(int) for joint in (9, 13))
    assert changed[wrist[1] - 12 : wrist[1] + 12, wrist[0] - 12 : wrist[0] + 12].any()
    assert not changed[knee[1] - 12 : knee[1] + 12, knee[0] - 12 : knee[0] + 12].any()
    assert np.array_equal(figures[0].xy, still_figures[0].xy)


@pytest.mark.parametrize(
    ("exposure", "blue", "red"),
    [
        (Exposure(grain=0), 128, 128),
        (Exposure(gain=1.25, grain=0), 160, 160),
        (Exposure(gamma=2.0, grain=0), 64, 64),
        (Exposure(gain=1.2, contrast=0.5, grain=0), 140.5, 140.5),
        (Exposure(warmth=0.1, grain=0), 115, 141),
    ],
)
def test_exposure(exposure: Exposure, blue: float, red: float) -> None:
    developed = exposure.develop(_GREY, np.random.default_rng(0))
    assert developed[5, 5, 0] == pytest.approx(blue, abs=1)
    assert developed[5, 5, 2] == pytest.approx(red, abs=1)


def test_noise_is_as_strong_as_said() -> None:
    noisy = replace(GOOD_LIGHT, grain=5.0).develop(_GREY, np.random.default_rng(0))
    assert noisy.std() == pytest.approx(5.0, rel=0.1)


def test_an_exposure_of_chance_keeps_the_picture_recognisable() -> None:
    for seed in range(8):
        rng = np.random.default_rng(seed)
        exposure = random_exposure(rng, photo=True)
        assert exposure.jpeg_quality is not None
        assert 70 < exposure.develop(_GREY, rng).mean() < 190


@pytest.mark.parametrize("shape", [(0, 3), (4, 0, 3)])
def test_no_points_are_nowhere(shape: tuple[int, ...]) -> None:
    """Of somebody behind the camera nothing is left to project."""
    viewpoint = Viewpoint(0.0, 0.0, 2.5, (0.0, 0.0, 0.9))
    assert _LENS.project(viewpoint, np.empty(shape)).shape == (*shape[:-1], 2)
