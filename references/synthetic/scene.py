"""People before a camera: one picture of them, and where each of them is in it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from references.lens import Lens
from references.synthetic.body import Pose
from references.synthetic.mesh import Mesh
from references.synthetic.outfit import Lifter
from references.synthetic.renderer import Light, Renderer
from references.synthetic.visibility import visible
from references.viewpoint import Viewpoint

Floats = npt.NDArray[np.float64]
Image = npt.NDArray[np.uint8]

# What is nearer to the camera than this is not drawn.
_NEAREST_M = 0.05


@dataclass(frozen=True, slots=True)
class Person:
    """A dressed body and how it moves."""

    lifter: Lifter
    pose: Pose


@dataclass(frozen=True, slots=True)
class Figure:
    """Where a person is in a picture.

    ``xy`` (17, 2) are the COCO keypoints in pixels, ``visible`` (17,) tells which of them are seen,
    ``box`` (4,) is left, top, right and bottom of the whole person inside the picture in pixels:
    hidden parts count, and NaN stands for somebody outside the picture.
    """

    xy: Floats
    visible: npt.NDArray[np.bool_]
    box: Floats


def photograph(
    renderer: Renderer,
    people: Sequence[Person],
    things: Sequence[Mesh],
    moment: int,
    viewpoint: Viewpoint,
    lens: Lens,
    light: Light,
) -> tuple[Image, tuple[Figure, ...]]:
    """Return a picture (H, W, 3) in BGR of people among things at one moment, and who is where."""
    dressed = [person.lifter.meshes(person.pose, moment) for person in people]
    meshes = [*things, *(mesh for one in dressed for mesh in one)]
    image = renderer.render(meshes, viewpoint, lens, light)
    depth = renderer.depth(meshes, viewpoint, lens)
    figures = []
    for person, body in zip(people, dressed, strict=True):
        joints = person.lifter.bare.keypoints(person.pose.at(moment))[0]
        figures.append(
            Figure(
                lens.project(viewpoint, joints),
                visible(joints, depth, viewpoint, lens),
                _box(np.concatenate([mesh.vertices for mesh in body]), viewpoint, lens),
            )
        )
    return image, tuple(figures)


def _box(vertices: Floats, viewpoint: Viewpoint, lens: Lens) -> Floats:
    ahead = vertices[viewpoint.seen(vertices)[:, 2] > _NEAREST_M]
    xy = lens.project(viewpoint, ahead)
    inside = (xy >= -0.5).all(axis=1) & (xy <= np.array([lens.width, lens.height]) - 0.5).all(
        axis=1
    )
    if not inside.any():
        return np.full(4, np.nan)
    return np.concatenate([xy[inside].min(axis=0), xy[inside].max(axis=0)])
