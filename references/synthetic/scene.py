"""People before a camera: one picture of them, and where each of them is in it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from references.lens import Lens
from references.synthetic.body import Pose
from references.synthetic.equipment import Stage
from references.synthetic.kinematics import turn
from references.synthetic.mesh import Mesh, between
from references.synthetic.mirror import Mirror
from references.synthetic.optics import optics
from references.synthetic.outfit import Lifter
from references.synthetic.renderer import Light, Renderer
from references.synthetic.visibility import visible
from references.viewpoint import Viewpoint

Floats = npt.NDArray[np.float64]
Image = npt.NDArray[np.uint8]

# What is nearer to the camera than this is not drawn.
_NEAREST_M: Final = 0.05

# A blurred picture is the mean of sharp ones: one for so many pixels of movement, up to so many.
_SMEAR_PX: Final = 3.0
_MOST_DRAWN: Final = 3
_FROM_CAMERA_M: Final = 0.4


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
    *,
    mirror: Mirror | None = None,
    shutter: float = 0.0,
) -> tuple[Image, tuple[Figure, ...]]:
    """Return a picture (H, W, 3) in BGR of people at one moment, and who is where.

    The lens may distort. A ``mirror`` brings its wall. The shutter is open, around the moment, for
    a share of the time to the next one: what moves is blurred.
    """
    glass = optics(lens)
    pinhole = lens if glass is None else glass.pinhole
    dressed = [person.meshes(moment) for person in people]
    bodies = [np.concatenate([mesh.vertices for mesh in body]) for body in dressed]
    moving = [mesh for body in dressed for mesh in body]
    moving += [mesh for person in people for mesh in person.things(moment)]

    if mirror is not None:
        surroundings = [*surroundings, *mirror.meshes()]
    plane = None if mirror is None else mirror.plane()

    shares = _shares(people, moment, viewpoint, pinhole, shutter)
    if len(shares) == 1:
        image = renderer.render([*surroundings, *moving], viewpoint, pinhole, light, mirror=plane)
    else:
        later = [mesh for person in people for mesh in person.meshes(moment + 1)]
        later += [mesh for person in people for mesh in person.things(moment + 1)]
        exposed = [
            renderer.render(
                [*surroundings, *between(moving, later, share)],
                viewpoint,
                nudged,
                light,
                mirror=plane,
                smooth=False,
            )
            for share, nudged in zip(shares, _nudged(pinhole, len(shares)), strict=True)
        ]
        image = np.asarray(np.mean(exposed, axis=0, dtype=np.float32), np.uint8)
    depth = renderer.depth([*surroundings, *moving], viewpoint, pinhole)
    figures = []
    for person, body in zip(people, bodies, strict=True):
        joints = person.joints(moment)
        xy = lens.project(viewpoint, joints)
        seen = visible(joints, depth, viewpoint, pinhole) & _inside(xy, lens)
        figures.append(Figure(xy, seen, _box(body, viewpoint, lens, pinhole)))
    return image if glass is None else glass.bend(image), tuple(figures)


def _shares(
    people: Sequence[Person], moment: int, viewpoint: Viewpoint, pinhole: Lens, shutter: float
) -> Floats:
    """Return when to draw, as shares of the way to the next moment: often where much moves."""
    if not shutter or moment + 1 >= len(people[0].pose.heads):
        return np.zeros(1)
    moved = [
        pinhole.project(viewpoint, person.joints(moment + 1))
        - pinhole.project(viewpoint, person.joints(moment))
        for person in people
        # Who is beside or behind the camera would move by any number of pixels.
        if viewpoint.seen(person.joints(moment))[:, 2].min() > _FROM_CAMERA_M
    ]
    smear_px = shutter * max((float(np.abs(xy).max()) for xy in moved), default=0.0)
    count = int(np.clip(np.ceil(smear_px / _SMEAR_PX), 1, _MOST_DRAWN))
    return np.asarray(shutter * ((np.arange(count) + 0.5) / count - 0.5))


def _nudged(pinhole: Lens, count: int) -> list[Lens]:
    """Return lenses that look past each other by parts of a pixel: their mean has smooth edges."""
    steps = (np.arange(count) + 0.5) / count - 0.5
    return [
        replace(pinhole, cx=pinhole.cx + float(x), cy=pinhole.cy + float(y))
        for x, y in zip(steps, np.roll(steps, -(count // 2)), strict=True)
    ]


def _inside(xy: Floats, lens: Lens) -> npt.NDArray[np.bool_]:
    inside = (xy >= -0.5) & (xy <= np.array([lens.width, lens.height]) - 0.5)
    return np.asarray(inside.all(axis=1))


def _box(vertices: Floats, viewpoint: Viewpoint, lens: Lens, pinhole: Lens) -> Floats:
    ahead = vertices[viewpoint.seen(vertices)[:, 2] > _NEAREST_M]
    # Far outside its picture a lens' distortion is not defined: there the pinhole decides.
    ahead = ahead[_inside(pinhole.project(viewpoint, ahead), pinhole)]
    xy = lens.project(viewpoint, ahead)
    xy = xy[_inside(xy, lens)]
    if not len(xy):
        return np.full(4, np.nan)
    return np.concatenate([xy.min(axis=0), xy.max(axis=0)])
