"""Triangles to draw: what the renderer takes, and the solids that equipment is made of."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from references.synthetic.kinematics import frame, unit

Floats = npt.NDArray[np.float64]
Faces = npt.NDArray[np.int32]
Image = npt.NDArray[np.uint8]
Colour = tuple[float, float, float]

GARMENTS: Final = ("shirt", "shorts", "socks", "hair")
"""Clothes are fields over the skin, in metres: positive inside the garment."""


@dataclass(frozen=True, slots=True)
class Material:
    """How a surface looks.

    ``gloss`` is the strength of its highlight. It may have a ``texture`` (H, W, 3) RGB over its uv,
    or the colours of ``garments``, the first of which may have stripes in the colour ``trim``,
    ``stripe_m`` apart, or be a ``backdrop`` that shows nothing but shadows. What does
    not cast a ``shadow`` is outside the reach of the sun: floors, walls, ceilings.
    """

    gloss: float = 0.05
    texture: Image | None = None
    garments: tuple[Colour, Colour, Colour, Colour] | None = None
    trim: Colour = (0.0, 0.0, 0.0)
    stripe_m: float | None = None
    backdrop: bool = False
    shadow: bool = True


@dataclass(frozen=True, slots=True)
class Mesh:
    """Triangles: ``vertices``, ``normals`` and ``colours`` (V, 3), ``faces`` (F, 3).

    ``extra`` (V, 4) holds the garment fields, or the texture coordinates in its first two columns.
    Colours are sRGB from 0 to 1.
    """

    vertices: Floats
    faces: Faces
    normals: Floats
    colours: Floats
    extra: Floats
    material: Material = Material()

    def placed(self, rotation: Floats, offset: Floats) -> "Mesh":
        """Return the mesh turned by a rotation (3, 3), then shifted by an offset (3,) in metres."""
        return replace(
            self,
            vertices=self.vertices @ rotation.T + offset,
            normals=self.normals @ rotation.T,
        )


def between(meshes: Sequence[Mesh], later: Sequence[Mesh], share: float) -> list[Mesh]:
    """Return meshes on their way to the same meshes ``later``: 0 is here, 1 there."""
    return [
        replace(here, vertices=here.vertices + share * (there.vertices - here.vertices))
        for here, there in zip(meshes, later, strict=True)
    ]


def vertex_normals(vertices: Floats, faces: Faces) -> Floats:
    """Return the unit normals (V, 3) of a smooth surface, weighted by the area of the faces."""
    corners = vertices[faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    summed = np.zeros_like(vertices)
    for axis in range(3):
        for corner in faces.T:
            summed[:, axis] += np.bincount(corner, normals[:, axis], len(vertices))
    return np.asarray(summed / np.maximum(np.linalg.norm(summed, axis=1, keepdims=True), 1e-12))


def solid(
    vertices: Floats, faces: Faces, colour: Colour, *, gloss: float = 0.05, smooth: bool = True
) -> Mesh:
    """Return a mesh of one colour; without ``smooth`` every face is flat."""
    if not smooth:
        vertices = vertices[faces].reshape(-1, 3)
        faces = np.arange(len(vertices), dtype=np.int32).reshape(-1, 3)
    return Mesh(
        vertices,
        faces,
        vertex_normals(vertices, faces),
        np.tile(np.asarray(colour, np.float64), (len(vertices), 1)),
        np.zeros((len(vertices), 4)),
        Material(gloss=gloss),
    )


def cylinder(
    start: npt.ArrayLike,
    end: npt.ArrayLike,
    radius: float,
    colour: Colour,
    *,
    gloss: float = 0.05,
    sides: int = 24,
) -> Mesh:
    """Return a closed cylinder between two points."""
    start, end = np.asarray(start, np.float64), np.asarray(end, np.float64)
    ring = _ring(end - start, sides) * radius
    walls = np.concatenate([start + ring, end + ring])
    # The caps have vertices of their own, so that the rim stays sharp.
    caps = np.concatenate([start + ring, end + ring, [start], [end]])
    here = np.arange(sides)
    there = (here + 1) % sides
    faces = np.concatenate(
        [
            np.stack([here, there, sides + there], 1),
            np.stack([here, sides + there, sides + here], 1),
            np.stack([2 * sides + there, 2 * sides + here, np.full(sides, 4 * sides)], 1),
            np.stack([3 * sides + here, 3 * sides + there, np.full(sides, 4 * sides + 1)], 1),
        ]
    )
    return solid(np.concatenate([walls, caps]), faces.astype(np.int32), colour, gloss=gloss)


def tube(
    points: Sequence[npt.ArrayLike], radius: float, colour: Colour, *, gloss: float = 0.05
) -> Mesh:
    """Return cylinders along a line of points (N, 3), with round joints."""
    line = np.array([np.asarray(point, np.float64) for point in points])
    pieces = [cylinder(a, b, radius, colour, gloss=gloss, sides=14) for a, b in pairwise(line)]
    return joined([*pieces, *(ball(p, radius, colour, gloss=gloss) for p in line[1:-1])])


def box(
    centre: npt.ArrayLike,
    size: npt.ArrayLike,
    colour: Colour,
    *,
    axes: npt.ArrayLike | None = None,
    gloss: float = 0.05,
) -> Mesh:
    """Return a box; the columns of ``axes`` (3, 3) are the directions of its sides."""
    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) / 2
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    faces = [(a, b, c) for a, b, c, _ in quads] + [(a, c, d) for a, _, c, d in quads]
    turned = corners * np.asarray(size) @ np.asarray(np.eye(3) if axes is None else axes).T
    vertices = turned + np.asarray(centre, np.float64)
    return solid(vertices, np.array(faces, np.int32), colour, gloss=gloss, smooth=False)


def ball(
    centre: npt.ArrayLike, radius: float, colour: Colour, *, gloss: float = 0.05, rings: int = 8
) -> Mesh:
    """Return a sphere."""
    polar, around = np.meshgrid(
        np.linspace(0, np.pi, rings + 1),
        np.linspace(0, 2 * np.pi, 2 * rings, endpoint=False),
        indexing="ij",
    )
    shell = np.stack(
        [np.sin(polar) * np.cos(around), np.sin(polar) * np.sin(around), np.cos(polar)], axis=-1
    )
    index = np.arange(shell[..., 0].size).reshape(polar.shape)
    a, b = index[:-1], index[1:]
    c, d = np.roll(b, -1, axis=1), np.roll(a, -1, axis=1)
    faces = np.concatenate([np.stack([a, b, c], -1), np.stack([a, c, d], -1)]).reshape(-1, 3)
    vertices = shell.reshape(-1, 3) * radius + np.asarray(centre, np.float64)
    mesh = solid(vertices, faces.astype(np.int32), colour, gloss=gloss)
    return replace(mesh, normals=shell.reshape(-1, 3))


def quad(
    corner: npt.ArrayLike,
    along: npt.ArrayLike,
    up: npt.ArrayLike,
    colour: Colour,
    *,
    texture: Image | None = None,
    repeat: tuple[float, float] = (1, 1),
    backdrop: bool = False,
) -> Mesh:
    """Return a part of a room: a rectangle from a corner along two sides, its texture repeated."""
    corner, along, up = (np.asarray(v, np.float64) for v in (corner, along, up))
    vertices = np.array([corner, corner + along, corner + along + up, corner + up])
    faces = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    extra = np.zeros((4, 4))
    extra[:, :2] = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * repeat
    return replace(
        solid(vertices, faces, colour),
        normals=np.tile(unit(np.cross(along, up)), (4, 1)),
        extra=extra,
        material=Material(0.02, texture, backdrop=backdrop, shadow=False),
    )


def joined(meshes: list[Mesh]) -> Mesh:
    """Return several meshes as one, drawn in the material of the first."""
    starts = np.cumsum([0, *(len(m.vertices) for m in meshes[:-1])])
    return Mesh(
        np.concatenate([m.vertices for m in meshes]),
        np.concatenate([m.faces + s for m, s in zip(meshes, starts, strict=True)]).astype(np.int32),
        np.concatenate([m.normals for m in meshes]),
        np.concatenate([m.colours for m in meshes]),
        np.concatenate([m.extra for m in meshes]),
        meshes[0].material,
    )


def _ring(axis: Floats, sides: int) -> Floats:
    """Return a unit circle (sides, 3) around an axis."""
    steep = abs(unit(axis)[2]) > 0.9
    around = frame(axis, [1.0, 0.0, 0.0] if steep else [0.0, 0.0, 1.0])
    angle = np.linspace(0, 2 * np.pi, sides, endpoint=False)[:, None]
    return np.asarray(np.cos(angle) * around[:, 1] + np.sin(angle) * around[:, 2])
