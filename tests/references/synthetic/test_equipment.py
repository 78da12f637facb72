"""What a lifter uses is around the body, not in it."""

import numpy as np
import numpy.typing as npt
import pytest
from scipy.spatial import cKDTree

from references.motions import motions
from references.synthetic.body import BODIES, load_body
from references.synthetic.equipment import AS_USUAL, PAINTED, build_stage
from references.synthetic.held import BLUE
from references.synthetic.mesh import Mesh, vertex_normals
from references.synthetic.performance import NO_FAULTS
from references.synthetic.posture import pose_values
from references.synthetic.variation import random_paints

Floats = npt.NDArray[np.float64]

FAULTS = [(name, fault.name) for name, motion in motions().items() for fault in motion.faults]

# Flesh and cushions give way this much.
GIVE_M = 0.04
# Skin further away than this says nothing about inside and outside.
NEAR_M = 0.15
POINTS = 1500
HOLDING = ("wrist", "finger", "metacarpal", "lowerarm")


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("exercise", motions())
def test_no_equipment_is_in_the_body(exercise: str, body: str) -> None:
    assert deepest(exercise, body, "") < GIVE_M


@pytest.mark.parametrize(("exercise", "fault"), FAULTS)
def test_no_equipment_is_in_a_body_that_errs(exercise: str, fault: str) -> None:
    assert deepest(exercise, "woman", fault) < GIVE_M


def deepest(exercise: str, name: str, fault: str) -> float:
    """Return how far equipment is under the skin at most, in metres; hands and forearms hold it."""
    motion, body = motions()[exercise], load_body(name)
    faults = {fault: motion.fault(fault).magnitude_deg} if fault else NO_FAULTS
    pose = pose_values(body, motion, motion.values([0.0, 0.5, 1.0], faults))
    stage = build_stage(body, motion, pose)
    holding = [bone for bone in body.bones if bone.startswith(HOLDING)]
    free = ~body.mostly_moved_by(holding)
    depth = 0.0
    for moment in range(3):
        skin = body.skin(pose, moment)
        normals, skin = vertex_normals(skin, body.faces)[free], skin[free]
        tree = cKDTree(skin)
        for mesh in stage.meshes(body, pose, moment):
            points = surface(mesh)
            distance, index = tree.query(points, distance_upper_bound=NEAR_M)
            close = np.isfinite(distance)
            nearest = np.asarray(index)[close]
            outside = ((points[close] - skin[nearest]) * normals[nearest]).sum(axis=1)
            depth = max(depth, float(-outside.min(initial=0.0)))
    return depth


def surface(mesh: Mesh) -> Floats:
    """Return points (N, 3) spread over a mesh."""
    rng = np.random.default_rng(0)
    a, b, c = np.moveaxis(mesh.vertices[mesh.faces], 1, 0)
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    chosen = rng.choice(len(area), POINTS, p=area / area.sum())
    u, v = rng.uniform(size=(2, POINTS, 1))
    u, v = np.where(u + v > 1, 1 - u, u), np.where(u + v > 1, 1 - v, v)
    return np.asarray(a[chosen] + u * (b - a)[chosen] + v * (c - a)[chosen])


def test_paint_changes_colours_alone() -> None:
    motion, body = motions()["bench_press"], load_body("man")
    pose = pose_values(body, motion, motion.values([0.0]))
    gold = (0.8, 0.6, 0.1)
    usual, gilded = (
        build_stage(body, motion, pose, paints).meshes(body, pose)
        for paints in (AS_USUAL, {BLUE: gold})
    )
    repainted = 0
    for before, after in zip(usual, gilded, strict=True):
        assert np.array_equal(before.vertices, after.vertices)
        if tuple(before.colours[0]) == BLUE:
            repainted += 1
            assert (after.colours == gold).all()
        else:
            assert np.array_equal(before.colours, after.colours)
    assert repainted == 2


def test_gyms_differ_in_colours() -> None:
    paints = [random_paints(np.random.default_rng(seed)) for seed in range(20)]
    assert {colour for paint in paints for colour in paint} == set(PAINTED)
    shades = [shade for paint in paints for colour in paint.values() for shade in colour]
    assert 0 <= min(shades) < 0.2
    assert 0.6 < max(shades) <= 0.95
