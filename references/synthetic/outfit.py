"""Skin, hair, shirt, shorts and shoes over a bare body."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from scipy.spatial import ConvexHull

from references.synthetic.body import Body, Pose
from references.synthetic.mesh import (
    Colour,
    Material,
    Mesh,
    ball,
    joined,
    solid,
    tube,
    vertex_normals,
)

Floats = npt.NDArray[np.float64]

# How far a garment stands off the skin in metres, and over which width that builds up at its edge.
_THICKNESS: Final = np.array([0.010, 0.014, 0.002, 0.012])
_EDGE_M: Final = 0.03

# How far up a sock goes, a shoe, and the sole of a shoe, above the floor; a shoe's thickness.
_SOCK_M: Final = 0.145
_SHOE_M: Final = 0.085
_SOLE_M: Final = 0.024
_LEATHER_M: Final = 0.006

_FAR_INSIDE: Final = 1.0

HairStyle = Literal["short", "bun", "ponytail"]

# Long hair hangs on the back of the head: points behind and above it, in metres, and a radius.
_BUN: Final = ((0.0, 0.015, 0.03), 0.042)
_TAIL: Final = (
    ((0.0, -0.01, 0.03), (0.0, 0.045, 0.01), (0.0, 0.06, -0.09), (0.0, 0.045, -0.19)),
    0.021,
)


@dataclass(frozen=True, slots=True)
class Outfit:
    """What a lifter looks like.

    ``sleeve`` is the share of the upper arm that the shirt covers; from 1 to 2 it goes on to the
    wrist. ``hem_m`` is how far above the knee the shorts end; trousers end below it. The shirt may
    have stripes in the colour ``trim``, ``stripe_m`` apart; long ``hair_style`` is worn as a bun or
    a ponytail.
    """

    skin: Colour = (0.72, 0.50, 0.40)
    hair: Colour = (0.10, 0.07, 0.05)
    shirt: Colour = (0.13, 0.22, 0.45)
    shorts: Colour = (0.10, 0.10, 0.11)
    socks: Colour = (0.84, 0.84, 0.84)
    shoes: Colour = (0.23, 0.24, 0.27)
    sleeve: float = 0.55
    hem_m: float = 0.12
    trim: Colour = (0.80, 0.80, 0.80)
    stripe_m: float | None = None
    hair_style: HairStyle = "short"


@dataclass(frozen=True, slots=True)
class Lifter:
    """A dressed body: ``bare`` for the keypoints, ``dressed`` for what is seen.

    Shoes and long hair are ``worn``: meshes at rest, by the bone that carries them.
    """

    bare: Body
    dressed: Body
    colours: Floats
    fields: Floats
    material: Material
    worn: Mapping[str, Mesh]

    def meshes(self, pose: Pose, moment: int = 0) -> list[Mesh]:
        """Return what is seen of the lifter at one moment of a pose."""
        vertices = self.dressed.skin(pose, moment)
        faces = self.dressed.faces
        normals = vertex_normals(vertices, faces)
        skin = Mesh(vertices, faces, normals, self.colours, self.fields, self.material)
        return [
            skin,
            *(self._carried(mesh, bone, pose, moment) for bone, mesh in self.worn.items()),
        ]

    def _carried(self, mesh: Mesh, bone: str, pose: Pose, moment: int) -> Mesh:
        index = self.bare.index(bone)
        turned = pose.rotations[moment, index]
        return replace(
            mesh,
            vertices=(mesh.vertices - self.bare.heads[index]) @ turned.T
            + pose.heads[moment, index],
            normals=mesh.normals @ turned.T,
        )


def dress(body: Body, outfit: Outfit) -> Lifter:
    """Return the body in an outfit."""
    regions = _Regions(body)
    fields = np.stack(
        [
            regions.shirt(outfit.sleeve),
            regions.shorts(outfit.hem_m),
            regions.socks(),
            regions.hair(),
        ],
        axis=1,
    )
    covered = np.clip(fields / _EDGE_M, 0, 1) * _THICKNESS
    normals = vertex_normals(body.vertices, body.faces)
    vertices = body.vertices + normals * covered.max(axis=1, keepdims=True)
    # The shoes have no room for the skin of the soles.
    vertices[:, 2] = np.maximum(vertices[:, 2], body.vertices[:, 2].min() + _LEATHER_M)
    return Lifter(
        bare=body,
        dressed=replace(body, vertices=vertices),
        colours=regions.complexion(outfit),
        fields=fields,
        material=Material(
            garments=(outfit.shirt, outfit.shorts, outfit.socks, outfit.hair),
            trim=outfit.trim,
            stripe_m=outfit.stripe_m,
        ),
        worn={
            **{f"foot.{side}": _shoe(body, side, outfit.shoes) for side in ("L", "R")},
            **_long_hair(outfit, regions.back_of_head()),
        },
    )


class _Regions:
    """Fields over the skin at rest, in metres, positive where a garment covers it."""

    def __init__(self, body: Body) -> None:
        self._body = body
        self._x, self._y, self._z = body.vertices.T
        self._arm = self._share("upperarm", "lowerarm", "wrist", "finger", "metacarpal")
        self._head = self._share("head", "eye", "jaw", "oris", "orbi", "levator", "tongue")
        self._waist = body.head("root")[2] + 0.085

    def _share(self, *prefixes: str) -> Floats:
        """Return how much of each vertex is moved by bones of these names, (V,)."""
        named = np.array([bone.startswith(prefixes) for bone in self._body.bones])
        return np.asarray((self._body.weights * named[self._body.influences]).sum(axis=1))

    def shirt(self, sleeve: float) -> Floats:
        neck = self._body.head("neck01")[2]
        front = np.where(self._y < 0, -0.02, 0.012)
        collar = neck + front - 0.25 * np.clip(np.abs(self._x) - 0.05, 0, 0.08)
        torso = np.minimum(collar - self._z, self._z - self._waist + 0.03)
        along = self._along_arm()
        arm = (sleeve - along) * self._body.length("upperarm01.L", "lowerarm01.L")
        on_arm = np.clip((self._arm - 0.3) / 0.4, 0, 1)
        return np.asarray(np.minimum(_far_unless(1 - on_arm, torso), _far_unless(on_arm, arm)))

    def shorts(self, hem_m: float) -> Floats:
        hem = self._body.head("lowerleg01.L")[2] + hem_m
        legs = np.minimum(self._waist - self._z, self._z - hem)
        return np.asarray(np.where(self._arm > 0.5, -_FAR_INSIDE, legs))

    def socks(self) -> Floats:
        return np.asarray(self._z.min() + _SOCK_M - self._z)

    def hair(self) -> Floats:
        forward = self._y - self._body.head("head")[1]
        eyes = self._body.head("eye.L")[2]
        line = np.interp(
            forward,
            [-0.12, -0.07, -0.045, -0.03, 0.0, 0.03, 0.06],
            [0.075, 0.062, 0.030, -0.005, -0.012, -0.05, -0.06],
        )
        ear = np.hypot(forward + 0.008, self._z - eyes - 0.005) - 0.045
        cover = np.where(np.abs(self._x) > 0.062, np.minimum(self._z - eyes - line, ear), 1.0)
        cover = np.minimum(cover, self._z - eyes - line)
        return np.asarray(np.where(self._head > 0.5, cover, -_FAR_INSIDE))

    def complexion(self, outfit: Outfit) -> Floats:
        """Return the colours of the bare skin (V, 3): face, eyes, brows, lips."""
        skin = np.asarray(outfit.skin)
        colours = np.tile(skin, (len(self._z), 1))
        face = (self._head > 0.5) & (self._y < self._body.head("head")[1] - 0.04)
        eye = self._body.head("eye.L")
        brow = face & (np.abs(self._z - eye[2] - 0.021) < 0.0055)
        brow &= (np.abs(self._x) > 0.012) & (np.abs(self._x) < 0.052)
        colours[brow] = np.asarray(outfit.hair) * 1.3
        eyeball = self._share("eye") > 0.5
        colours[eyeball] = (0.88, 0.86, 0.84)
        for side in ("L", "R"):
            ball = np.flatnonzero(eyeball & ((self._x > 0) == (side == "L")))
            tip = self._body.vertices[ball[self._y[ball].argmin()]]
            iris = np.hypot(self._x[ball] - tip[0], self._z[ball] - tip[2]) < 0.0065
            colours[ball[iris]] = (0.12, 0.07, 0.04)
        nose = self._z[face][self._y[face].argmin()]
        lips = face & (np.abs(self._z - nose + 0.036) < 0.0065) & (np.abs(self._x) < 0.024)
        colours[lips] = skin * (0.86, 0.62, 0.62)
        return np.asarray(np.clip(colours, 0, 1))

    def back_of_head(self) -> Floats:
        """Return the point (3,) of the head furthest back, at the height of the eyes."""
        eyes = self._body.head("eye.L")[2]
        level = np.flatnonzero((self._head > 0.5) & (np.abs(self._z - eyes) < 0.01))
        return np.array([0.0, self._y[level].max(), eyes])

    def _along_arm(self) -> Floats:
        """Return how far down its arm each vertex is: 0 shoulder, 1 elbow, 2 wrist."""
        along = np.empty(len(self._z))
        for side in ("L", "R"):
            bones = (f"upperarm01.{side}", f"lowerarm01.{side}", f"wrist.{side}")
            shoulder, elbow, wrist = (self._body.head(bone) for bone in bones)
            here = (self._x > 0) == (side == "L")
            vertices = self._body.vertices[here]
            upper, lower = elbow - shoulder, wrist - elbow
            beyond = (vertices - elbow) @ lower / (lower @ lower)
            before = (vertices - shoulder) @ upper / (upper @ upper)
            along[here] = np.where(beyond > 0, 1 + beyond, np.minimum(before, 1))
        return along


def _long_hair(outfit: Outfit, back: Floats) -> dict[str, Mesh]:
    match outfit.hair_style:
        case "short":
            return {}
        case "bun":
            offset, radius = _BUN
            return {"head": ball(back + offset, radius, outfit.hair, rings=10)}
        case "ponytail":
            offsets, radius = _TAIL
            points = [back + offset for offset in offsets]
            tail = tube(points, radius, outfit.hair)
            return {"head": joined([tail, ball(points[-1], radius, outfit.hair)])}


def _far_unless(share: Floats, field: Floats) -> Floats:
    """Return a field where ``share`` is one, far inside where it is zero."""
    return share * field + (1 - share) * _FAR_INSIDE


def _shoe(body: Body, side: str, colour: Colour) -> Mesh:
    """Return a shoe around the foot of one side at rest: the hull of the foot, let out a little."""
    x, _, z = body.vertices.T
    sole = z.min()
    inside = body.vertices[((x > 0) == (side == "L")) & (z < sole + _SHOE_M)]
    hull = ConvexHull(inside)
    used, corner = np.unique(hull.simplices, return_inverse=True)
    vertices, faces = inside[used], np.asarray(corner.reshape(-1, 3), np.int32)
    corners = vertices[faces]
    outwards = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    inwards = (outwards * hull.equations[:, :3]).sum(axis=1) < 0
    faces[inwards] = faces[inwards][:, ::-1]
    upper = solid(vertices, faces, colour)
    vertices = vertices + upper.normals * _LEATHER_M
    vertices[:, 2] = np.maximum(vertices[:, 2], sole)
    shoe = solid(vertices, faces, colour)
    shoe.colours[vertices[:, 2] < sole + _SOLE_M] *= 0.5
    return shoe
