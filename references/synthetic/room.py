"""Where the lifter is filmed: gyms, a home, a yard, and a bare studio for the experts."""

from dataclasses import dataclass, replace
from functools import cache
from typing import Final, Literal

import cv2
import numpy as np
import numpy.typing as npt

from references.synthetic.mesh import Colour, Mesh, ball, box, cylinder, quad
from references.synthetic.renderer import Light
from references.viewpoint import Viewpoint

Image = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

_PAPER: Final = (0.90, 0.91, 0.92)

STUDIO_LIGHT: Final = Light(
    background=_PAPER,
    towards_sun=(-0.4, -0.6, 1.4),
    skylight=(0.42, 0.44, 0.47),
    groundlight=(0.24, 0.22, 0.21),
)

# The gym's walls: behind the lifter, at both sides and behind the camera.
_LEFT_M, _RIGHT_M, _FRONT_M, _BACK_M, _HEIGHT_M = 5.0, -5.0, -5.6, 5.0, 3.4

# As far around the middle of every room there is nothing but the lifter and other people.
_FREE_M: Final = 3.85


@dataclass(frozen=True, slots=True)
class Room:
    """Colours and furniture: ``wall`` above and ``dado`` below, the ``floor``, what ``kind``.

    A yard's wall is the hedge or fence around it, under the open sky.
    """

    wall: Colour
    dado: Colour
    floor: Colour
    light: Light
    kind: Literal["gym", "home", "yard"] = "gym"


GYMS: Final = (
    Room((0.78, 0.76, 0.71), (0.36, 0.38, 0.41), (0.20, 0.20, 0.21), Light()),
    Room(
        (0.52, 0.56, 0.60),
        (0.30, 0.20, 0.17),
        (0.33, 0.27, 0.22),
        Light(towards_sun=(0.6, -0.7, 1.3), sunlight=(1.2, 1.05, 0.85)),
    ),
    Room(
        (0.85, 0.86, 0.87),
        (0.80, 0.81, 0.82),
        (0.42, 0.43, 0.45),
        Light(towards_sun=(-0.2, -0.5, 1.5), sunlight=(0.85, 0.88, 0.95)),
    ),
    Room(
        (0.24, 0.25, 0.28),
        (0.16, 0.16, 0.18),
        (0.15, 0.15, 0.16),
        Light(
            towards_sun=(0.3, -0.9, 1.1), sunlight=(1.3, 1.15, 0.95), skylight=(0.34, 0.36, 0.41)
        ),
    ),
)

HELD_OUT: Final = (
    Room(
        (0.86, 0.80, 0.68),
        (0.86, 0.80, 0.68),
        (0.55, 0.37, 0.22),
        Light(towards_sun=(0.9, -0.3, 1.0), sunlight=(1.25, 1.12, 0.92)),
        "home",
    ),
    Room(
        (0.47, 0.25, 0.19),
        (0.47, 0.25, 0.19),
        (0.46, 0.46, 0.44),
        Light(
            towards_sun=(-0.7, -0.4, 1.1),
            sunlight=(1.6, 1.5, 1.3),
            skylight=(0.50, 0.58, 0.70),
            background=(0.60, 0.74, 0.90),
        ),
        "yard",
    ),
)
"""Rooms that no network is trained in, for measuring it; of kinds that `GYMS` does not have."""


def kept_clear(viewpoint: Viewpoint) -> Viewpoint:
    """Return a viewpoint no further out than walls and furniture let a phone stand.

    What it aims at must be within the free middle of the room.
    """
    aim = np.array(viewpoint.target[:2])
    away = viewpoint.eye()[:2] - aim
    # Where the way from the aim to the phone leaves the free circle, as a share of the way.
    along, length = aim @ away, away @ away
    share = (np.sqrt(along**2 + length * (_FREE_M**2 - aim @ aim)) - along) / length
    return replace(viewpoint, distance_m=viewpoint.distance_m * min(1.0, float(share)))


def studio() -> list[Mesh]:
    """Return a floor that shows nothing but shadows, the colour of the studio's background."""
    half = 15.0
    return [quad([-half, -half, 0], [2 * half, 0, 0], [0, 2 * half, 0], _PAPER, backdrop=True)]


@cache
def scenery(room: Room) -> tuple[Mesh, ...]:
    """Return floor, walls, ceiling and furniture of a room."""
    rng = np.random.default_rng(5)
    make_floor, make_wall, furniture, height = {
        "gym": (_rubber, _painted_wall, _gym_equipment, _HEIGHT_M),
        # Higher than phones are held up: from above a ceiling nothing is seen.
        "home": (_planks, _papered_wall, _sofa_and_shelf, 3.0),
        "yard": (_concrete, _bricks, _bench_and_tree, 1.5),
    }[room.kind]
    wall = make_wall(room, rng)
    width, depth = _LEFT_M - _RIGHT_M, _BACK_M - _FRONT_M
    along_x, along_y, up = (width, 0, 0), (0, depth, 0), (0, 0, height)
    white = (1.0, 1.0, 1.0)
    shell = [
        quad(
            [_RIGHT_M, _FRONT_M, 0],
            along_x,
            along_y,
            white,
            texture=make_floor(room, rng),
            repeat=(width / 2, depth / 2),
        ),
        quad([_RIGHT_M, _BACK_M, 0], along_x, up, white, texture=wall, repeat=(2, 1)),
        quad([_RIGHT_M, _FRONT_M, 0], along_x, up, white, texture=wall, repeat=(2, 1)),
        quad([_RIGHT_M, _FRONT_M, 0], along_y, up, white, texture=wall, repeat=(2, 1)),
        quad([_LEFT_M, _FRONT_M, 0], along_y, up, white, texture=wall, repeat=(2, 1)),
    ]
    if room.kind != "yard":
        shell.append(quad([_RIGHT_M, _FRONT_M, height], along_x, along_y, (0.85, 0.85, 0.86)))
    return (*shell, *furniture())


def _gym_equipment() -> list[Mesh]:
    """Return dumbbells on a rack at one wall, plates on a tree and a mirror frame at the other."""
    steel, black, red = (0.55, 0.56, 0.58), (0.08, 0.08, 0.09), (0.45, 0.08, 0.07)
    x = _RIGHT_M + 0.35
    meshes = []
    for shelf in (0.45, 0.85):
        meshes.append(box([x, -0.2, shelf], [0.4, 2.4, 0.04], black))
        for i, y in enumerate(np.arange(-1.25, 0.9, 0.26)):
            radius = 0.05 + 0.008 * (i % 5)
            at = np.array([x, y, shelf + 0.02 + radius])
            for end in (-0.11, 0.07):
                meshes.append(_disc(at, end, end + 0.05, radius, black))
            meshes.append(_disc(at, -0.1, 0.1, 0.014, steel))
    for y in (-1.4, 1.0):
        meshes.append(box([x, y, 0.45], [0.36, 0.05, 0.9], black))
    y = _BACK_M - 0.4
    meshes.append(cylinder([-1.6, y, 0], [-1.6, y, 1.2], 0.03, steel))
    for z, radius, colour in ((0.35, 0.225, black), (0.75, 0.18, red), (1.1, 0.12, black)):
        meshes.append(cylinder([-1.6, y - 0.14, z], [-1.6, y - 0.04, z], radius, colour))
    for x in (0.3, 2.0):
        meshes.append(box([x, y, 1.15], [0.07, 0.07, 2.3], steel))
    meshes.append(box([1.15, y, 2.27], [1.77, 0.06, 0.06], steel))
    meshes.append(cylinder([0.1, y - 0.1, 1.2], [2.2, y - 0.1, 1.2], 0.014, steel))
    return meshes


def _sofa_and_shelf() -> list[Mesh]:
    """Return a sofa and a lamp at one wall, a bookcase at the other, a television in front."""
    cloth, wood, black = (0.30, 0.38, 0.36), (0.42, 0.28, 0.17), (0.05, 0.05, 0.06)
    y = _BACK_M - 0.6
    meshes = [
        box([0.6, y, 0.22], [2.1, 0.85, 0.44], cloth),
        box([0.6, y + 0.35, 0.55], [2.1, 0.2, 0.7], cloth),
        *(box([x, y, 0.35], [0.2, 0.85, 0.6], cloth) for x in (-0.45, 1.65)),
        cylinder([2.3, y, 0], [2.3, y, 1.5], 0.015, black),
        cylinder([2.3, y, 1.45], [2.3, y, 1.75], 0.17, (0.92, 0.86, 0.70)),
    ]
    x = _RIGHT_M + 0.2
    for shelf in np.arange(0.1, 2.1, 0.38):
        meshes.append(box([x, 0.3, shelf], [0.32, 1.6, 0.03], wood))
        for i, at in enumerate(np.arange(-0.4, 0.95, 0.07)):
            height = 0.2 + 0.02 * ((i * 7 + round(shelf * 10)) % 6)
            colour = ((i * 37 % 70) / 100 + 0.1, (i * 53 % 60) / 100 + 0.1, (i * 29 % 50) / 100)
            meshes.append(box([x, at, shelf + height / 2], [0.2, 0.05, height], colour))
    x = _LEFT_M - 0.25
    meshes.append(box([x, -0.2, 0.25], [0.4, 1.6, 0.5], (0.82, 0.82, 0.80)))
    meshes.append(box([x, -0.2, 0.95], [0.05, 1.4, 0.8], black, gloss=0.4))
    return meshes


def _bench_and_tree() -> list[Mesh]:
    """Return a bench, a tree and a bin along the walls of a yard."""
    wood, green, bark = (0.50, 0.36, 0.22), (0.16, 0.33, 0.12), (0.26, 0.19, 0.14)
    y = _BACK_M - 0.7
    meshes = [box([-1.2, y + dy, 0.45], [1.8, 0.1, 0.04], wood) for dy in (-0.15, 0, 0.15)]
    meshes += [box([x, y, 0.21], [0.06, 0.4, 0.42], (0.2, 0.2, 0.2)) for x in (-1.9, -0.5)]
    meshes.append(cylinder([2.4, y, 0], [2.4, y, 1.9], 0.11, bark))
    crowns = ((2.4, 0, 2.4, 0.8), (1.9, -0.2, 2.1, 0.5), (2.9, 0.1, 2.0, 0.55), (2.5, 0, 3.0, 0.5))
    meshes += [ball([x, y + dy, z], radius, green) for x, dy, z, radius in crowns]
    meshes.append(cylinder([_RIGHT_M + 0.5, -1, 0], [_RIGHT_M + 0.5, -1, 0.9], 0.28, green))
    meshes += [ball([_LEFT_M - 0.5, at, 0.4], 0.55, green) for at in (-2.2, -1.2, 0.1, 1.3)]
    return meshes


def _disc(centre: Floats, start: float, end: float, radius: float, colour: Colour) -> Mesh:
    """Return a cylinder along x."""
    return cylinder(
        centre + np.array([start, 0, 0]), centre + np.array([end, 0, 0]), radius, colour
    )


def _rubber(room: Room, rng: np.random.Generator) -> Image:
    """Return two metres of rubber tiles with specks."""
    texture = _mottled(room.floor, 0.05, rng)
    specks = rng.uniform(size=texture.shape[:2]) < 0.006
    texture[specks] = np.clip(texture[specks] + 0.25, 0, 1)
    half = texture.shape[0] // 2
    texture[::half] *= 0.6
    texture[:, ::half] *= 0.6
    return _bytes(texture)


def _painted_wall(room: Room, rng: np.random.Generator) -> Image:
    """Return a painted wall with a dado, a window and a poster, so that it is not empty."""
    texture = _mottled(room.wall, 0.02, rng)
    size = texture.shape[0]
    dado = int(size * 0.68)
    texture[dado:] = _mottled(room.dado, 0.03, rng)[dado:]
    texture[dado : dado + 6] *= 0.7

    def fill(left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
        corners = [(int(size * x), int(size * y)) for x, y in ((left, top), (right, bottom))]
        cv2.rectangle(texture, corners[0], corners[1], colour, -1)

    fill(0.10, 0.18, 0.42, 0.52, (0.25, 0.25, 0.26))
    for left in (0.11, 0.265):
        fill(left, 0.19, left + 0.145, 0.51, (0.60, 0.68, 0.74))
    fill(0.66, 0.22, 0.80, 0.50, (0.50, 0.22, 0.17))
    fill(0.68, 0.40, 0.78, 0.42, (0.88, 0.84, 0.76))
    fill(0.68, 0.44, 0.75, 0.455, (0.88, 0.84, 0.76))
    return _bytes(texture)


def _planks(room: Room, rng: np.random.Generator) -> Image:
    """Return two metres of a wooden floor."""
    texture = _mottled(room.floor, 0.04, rng)
    size = texture.shape[0]
    for plank, row in enumerate(range(0, size, size // 14)):
        board = texture[row : row + size // 14]
        board *= rng.uniform(0.8, 1.15)
        board[:3] *= 0.5
        at = (plank * 397) % size
        board[:, at : at + 3] *= 0.5
    return _bytes(texture)


def _papered_wall(room: Room, rng: np.random.Generator) -> Image:
    """Return a wall with stripes, a skirting board, a door and two pictures."""
    texture = _mottled(room.wall, 0.01, rng)
    size = texture.shape[0]
    texture[:, (np.arange(size) // 32) % 2 == 0] *= 0.93
    texture[int(size * 0.96) :] = 0.9
    cv2.rectangle(texture, (80, 230), (250, size), (0.75, 0.72, 0.66), -1)
    cv2.rectangle(texture, (80, 230), (250, size), (0.45, 0.42, 0.38), 5)
    cv2.rectangle(texture, (420, 330), (600, 540), (0.20, 0.16, 0.12), -1)
    cv2.rectangle(texture, (435, 345), (585, 525), (0.45, 0.60, 0.58), -1)
    cv2.circle(texture, (800, 420), 70, (0.85, 0.55, 0.30), -1)
    return _bytes(texture)


def _concrete(room: Room, rng: np.random.Generator) -> Image:
    """Return two metres of paving slabs."""
    texture = _mottled(room.floor, 0.12, rng)
    quarter = texture.shape[0] // 4
    for row in range(4):
        for column in range(4):
            slab = np.s_[
                row * quarter : (row + 1) * quarter, column * quarter : (column + 1) * quarter
            ]
            texture[slab] *= rng.uniform(0.85, 1.1)
    texture[::quarter] = texture[:, ::quarter] = 0.2
    return _bytes(texture)


def _bricks(room: Room, rng: np.random.Generator) -> Image:
    """Return a wall of bricks."""
    texture = _mottled(room.wall, 0.10, rng)
    size = texture.shape[0]
    for course in range(20):
        top, bottom = size * course // 20, size * (course + 1) // 20
        for edge in range(-30 * (course % 2), size, 60):
            texture[top:bottom, max(edge, 0) : edge + 60] *= rng.uniform(0.7, 1.2)
            texture[top:bottom, max(edge, 0) : max(edge, 0) + 4] = 0.62
        texture[top : top + 6] = 0.62
    return _bytes(texture)


def _mottled(colour: Colour, strength: float, rng: np.random.Generator) -> Floats:
    """Return a square of a colour with soft stains of several sizes."""
    size = 1024
    stains = np.zeros((size, size))
    for cells in (4, 16, 64, 256):
        noise = rng.normal(size=(cells, cells))
        stains += cv2.resize(noise, (size, size), interpolation=cv2.INTER_CUBIC) / np.log2(cells)
    return np.asarray(np.clip(np.asarray(colour) * (1 + strength * stains[..., None]), 0, 1))


def _bytes(texture: Floats) -> Image:
    return np.asarray(np.clip(texture, 0, 1) * 255, np.uint8)
