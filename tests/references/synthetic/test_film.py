"""What is drawn. Needs a machine that can draw; elsewhere these tests are skipped."""

import json
import resource
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from references.lens import Lens
from references.skeleton import KEYPOINT_INDEX
from references.synthetic.demo import demo_performance, demo_shot
from references.synthetic.film import film, truth, write_take
from references.synthetic.mesh import ball
from references.synthetic.renderer import Light, Renderer
from references.synthetic.room import studio
from references.synthetic.scene import Figure
from references.synthetic.takes import chance_take
from references.viewpoint import Viewpoint
from tests.references.synthetic.drawing import renderer_or_skip


@pytest.fixture
def renderer() -> Iterator[Renderer]:
    with renderer_or_skip(200, 300) as drawing:
        yield drawing


def test_a_ball_is_drawn_where_the_lens_says(renderer: Renderer) -> None:
    viewpoint = Viewpoint(30.0, 10.0, 3.0, (0.0, 0.0, 1.0))
    lens = Lens(200, 300, 260.0, 250.0, 90.0, 160.0)
    centre = np.array([0.2, -0.1, 1.3])
    picture = renderer.render(
        [*studio(), ball(centre, 0.05, (0.9, 0.0, 0.0), rings=16)], viewpoint, lens, Light()
    )
    blue, green, red = np.moveaxis(picture.astype(int), -1, 0)
    rows, columns = np.nonzero(red > np.maximum(blue, green) + 60)
    seen = np.array([columns.mean(), rows.mean()])
    assert seen == pytest.approx(lens.project(viewpoint, centre), abs=0.6)


def test_two_renderers_do_not_disturb_each_other(renderer: Renderer) -> None:
    viewpoint = Viewpoint(0.0, 5.0, 3.0, (0.0, 0.0, 1.0))
    meshes = [*studio(), ball([0.0, 0.0, 1.0], 0.3, (0.1, 0.6, 0.1))]
    lens = Lens.of_phone(200, 300)
    before = renderer.render(meshes, viewpoint, lens, Light())
    with Renderer(320, 180) as other:
        other.render(meshes, viewpoint, Lens.of_phone(320, 180), Light())
        after = renderer.render(meshes, viewpoint, lens, Light())
    assert np.array_equal(before, after)


@pytest.mark.usefixtures("renderer")
def test_a_renderer_draws_the_same_after_another_was_closed() -> None:
    viewpoint = Viewpoint(0.0, 5.0, 3.0, (0.0, 0.0, 1.0))
    meshes = [*studio(), ball([0.0, 0.0, 1.0], 0.3, (0.1, 0.6, 0.1))]
    lens = Lens.of_phone(200, 300)
    pictures = []
    for _ in range(3):
        with Renderer(200, 300) as drawing:
            pictures.append(drawing.render(meshes, viewpoint, lens, Light()))
    assert np.array_equal(pictures[0], pictures[1])
    assert np.array_equal(pictures[0], pictures[2])


def test_what_was_drawn_is_freed(renderer: Renderer) -> None:
    viewpoint = Viewpoint(0.0, 5.0, 3.0, (0.0, 0.0, 1.0))
    meshes = [ball([0.0, 0.0, 1.0], 0.3, (0.1, 0.6, 0.1), rings=120)]
    lens = Lens.of_phone(200, 300)

    def peak_mb_after(pictures: int) -> float:
        for _ in range(pictures):
            renderer.render(meshes, viewpoint, lens, Light())
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    before = peak_mb_after(4)
    # Its vertices take 1.5 MB each time.
    assert peak_mb_after(40) < before + 20


def test_a_lens_of_another_size_is_refused(renderer: Renderer) -> None:
    viewpoint = Viewpoint(0.0, 5.0, 3.0, (0.0, 0.0, 1.0))
    with pytest.raises(ValueError, match="draws"):
        renderer.render([], viewpoint, Lens.of_phone(320, 180), Light())


@pytest.mark.usefixtures("renderer")
def test_a_filmed_set_becomes_a_clip(tmp_path: Path) -> None:
    performance, shot = chance_take("lat_pulldown", seed=4, repetitions=1, fps=5.0)
    shot = replace(shot, lens=Lens.of_phone(180, 320))
    frames = film(performance, shot, np.random.default_rng(0))
    write_take(frames, performance, shot, 5.0, tmp_path / "clip.mp4")
    with av.open(str(tmp_path / "clip.mp4")) as container:
        decoded = list(container.decode(video=0))
    assert len(decoded) == len(performance.t)
    assert (decoded[0].width, decoded[0].height) == (shot.lens.width, shot.lens.height)
    facts = json.loads((tmp_path / "clip.json").read_text(encoding="utf-8"))
    assert np.shape(facts["visible"]) == (len(performance.t), 17)


def test_the_truth_is_that_of_the_demonstration() -> None:
    performance, shot = demo_performance(), demo_shot()
    joints = shot.lifter.bare.keypoints(performance.pose(shot.lifter.bare))
    seen = np.ones(17, np.bool_)
    people = [(Figure(xy, seen, np.zeros(4)),) for xy in shot.lens.project(shot.viewpoint, joints)]
    facts = json.loads(json.dumps(truth(performance, shot, people)))
    assert facts["exercise"] == "barbell_biceps_curl"
    starts = [r["angles_deg"]["start"]["left_elbow"] for r in facts["repetitions"]]
    turns = [r["angles_deg"]["turn"]["left_elbow"] for r in facts["repetitions"]]
    # The planted fault: all but the first repetition start with bent arms.
    assert starts[0] > 155
    assert all(110 < start < 135 for start in starts[1:])
    assert all(turn < 60 for turn in turns)
    xy = np.array(facts["xy"])
    assert xy.shape == (len(performance.t), 17, 2)
    assert (xy >= 0).all()
    assert (xy < (shot.lens.width, shot.lens.height)).all()
    # Filmed from the lifter's left, who looks to the left of the picture.
    nose, ear = (xy[0, KEYPOINT_INDEX[n], 0] for n in ("nose", "left_ear"))
    assert nose < ear


def test_some_phones_are_held_and_sway_a_little() -> None:
    sways = [chance_take("squat", seed=seed, repetitions=1)[1].sway for seed in range(12)]
    held = [sway for sway in sways if sway is not None]
    assert 0 < len(held) < len(sways)
    assert all(0.0005 < sway.std() < 0.03 for sway in held)


def test_the_phone_moves_with_the_hand() -> None:
    shot = replace(demo_shot(), sway=np.array([[0.0, 0.0, 0.0], [0.01, -0.02, 0.005]]))
    assert shot.viewpoint_at(0) == shot.viewpoint
    moved = shot.viewpoint_at(1).eye() - shot.viewpoint.eye()
    assert moved == pytest.approx([0.01, -0.02, 0.005])
