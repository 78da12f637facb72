"""People before a camera: one picture of them, and where each of them is in it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from references.lens import Lens
from references.synthetic.body import Pose
from references.synthetic.equipment import Stage
from references.synthetic.kinematics import turn
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
    """A dressed body, how it moves, what it uses, and where in the room.

    Pose and stage face -y around the origin; ``heading_deg`` then turns them to the left, and
    ``place`` (x, y) shifts them, in metres.
    """

    lifter: Lifter
    pose: Pose
    stage: Stage | None = None
    place: tuple[float, float] = (0.0, 0.0)
    heading_deg: float = 0.0

    def meshes(self, moment: int) -> list[Mesh]:
        """Return body and clothes at one moment."""
        return self._placed(self.lifter.meshes(self.pose, moment))

    def things(self, moment: int) -> list[Mesh]:
        """Return what the person uses at one moment."""
        if self.stage is None:
            return []
        return self._placed(self.stage.meshes(self.lifter.bare, self.pose, moment))

    def joints(self, moment: int) -> Floats:
        """Return the COCO keypoints (17, 3) at one moment."""
        rotation, offset = self._frame()
        keypoints = self.lifter.bare.keypoints(self.pose.at(moment))[0]
        return np.asarray(keypoints @ rotation.T + offset)

    def _placed(self, meshes: list[Mesh]) -> list[Mesh]:
        rotation, offset = self._frame()
        return [mesh.placed(rotation, offset) for mesh in meshes]

    def _frame(self) -> tuple[Floats, Floats]:
        return turn([0.0, 0.0, 1.0], self.heading_deg)[0], np.array([*self.place, 0.0])


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
    surroundings: Sequence[Mesh],
    moment: int,
    viewpoint: Viewpoint,
    lens: Lens,
    light: Light,
) -> tuple[Image, tuple[Figure, ...]]:
    """Return a picture (H, W, 3) in BGR of people at one moment, and who is where."""
    dressed = [person.meshes(moment) for person in people]
    used = [person.things(moment) for person in people]
    meshes = [*surroundings, *(mesh for one in (*dressed, *used) for mesh in one)]
    image = renderer.render(meshes, viewpoint, lens, light)
    depth = renderer.depth(meshes, viewpoint, lens)
    figures = []
    for person, body in zip(people, dressed, strict=True):
        joints = person.joints(moment)
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
