"""Where the lifter is filmed: gyms of several kinds, and a bare studio for the experts."""

from dataclasses import dataclass
from functools import cache
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from references.synthetic.mesh import Colour, Mesh, box, cylinder, quad
from references.synthetic.renderer import Light

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


@dataclass(frozen=True, slots=True)
class Room:
    """A gym: ``wall`` above and ``dado`` below, ``floor`` tiles, ``clutter`` along the walls."""

    wall: Colour
    dado: Colour
    floor: Colour
    light: Light
    clutter: bool = True


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


def studio() -> list[Mesh]:
    """Return a floor that shows nothing but shadows, the colour of the studio's background."""
    half = 15.0
    return [quad([-half, -half, 0], [2 * half, 0, 0], [0, 2 * half, 0], _PAPER, backdrop=True)]


@cache
def gym(room: Room) -> tuple[Mesh, ...]:
    """Return floor, walls, ceiling and clutter of a gym."""
    rng = np.random.default_rng(5)
    wall = _wall_texture(room, rng)
    width, depth = _LEFT_M - _RIGHT_M, _BACK_M - _FRONT_M
    along_x, along_y, up = (width, 0, 0), (0, depth, 0), (0, 0, _HEIGHT_M)
    white = (1.0, 1.0, 1.0)
    shell = [
        quad(
            [_RIGHT_M, _FRONT_M, 0],
            along_x,
            along_y,
            white,
            texture=_floor_texture(room, rng),
            repeat=(width / 2, depth / 2),
        ),
        quad([_RIGHT_M, _BACK_M, 0], along_x, up, white, texture=wall, repeat=(2, 1)),
        quad([_RIGHT_M, _FRONT_M, 0], along_x, up, white, texture=wall, repeat=(2, 1)),
        quad([_RIGHT_M, _FRONT_M, 0], along_y, up, white, texture=wall, repeat=(2, 1)),
        quad([_LEFT_M, _FRONT_M, 0], along_y, up, white, texture=wall, repeat=(2, 1)),
        quad([_RIGHT_M, _FRONT_M, _HEIGHT_M], along_x, along_y, (0.85, 0.85, 0.86)),
    ]
    return (*shell, *(_clutter() if room.clutter else ()))


def _clutter() -> list[Mesh]:
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


def _disc(centre: Floats, start: float, end: float, radius: float, colour: Colour) -> Mesh:
    """Return a cylinder along x."""
    return cylinder(
        centre + np.array([start, 0, 0]), centre + np.array([end, 0, 0]), radius, colour
    )


def _floor_texture(room: Room, rng: np.random.Generator) -> Image:
    """Return two metres of rubber tiles with specks."""
    texture = _mottled(room.floor, 0.05, rng)
    specks = rng.uniform(size=texture.shape[:2]) < 0.006
    texture[specks] = np.clip(texture[specks] + 0.25, 0, 1)
    half = texture.shape[0] // 2
    texture[::half] *= 0.6
    texture[:, ::half] *= 0.6
    return _bytes(texture)


def _wall_texture(room: Room, rng: np.random.Generator) -> Image:
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
