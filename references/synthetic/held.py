"""What the lifter holds: bars, dumbbells, plates and handles that follow the hands."""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from references.synthetic.kinematics import unit
from references.synthetic.mesh import Colour, Mesh, cylinder, tube

Floats = npt.NDArray[np.float64]

Held = Callable[[Floats, Floats], list[Mesh]]
"""From the middle of the left and of the right fist, (3,) each, to what they hold."""

Plates = Sequence[tuple[float, float, Colour]]
"""Radius, thickness and colour of the plates on one side, inside first."""

STEEL: Final[Colour] = (0.62, 0.63, 0.65)
RUBBER: Final[Colour] = (0.07, 0.07, 0.075)
RED: Final[Colour] = (0.52, 0.07, 0.06)
BLUE: Final[Colour] = (0.06, 0.14, 0.42)
CABLE: Final[Colour] = (0.05, 0.05, 0.05)

BAR_RADIUS_M: Final = 0.014
PLATE_RADIUS_M: Final = 0.225
"""A full-size plate: it holds a bar 22.5 cm above the floor."""

_SLEEVE_RADIUS_M: Final = 0.025


def nothing(_left: Floats, _right: Floats) -> list[Mesh]:
    """Hold nothing."""
    return []


def barbell(length: float, sleeve: float, plates: Plates) -> Held:
    """Return a barbell through both hands; ``sleeve`` is how much of each end takes plates."""

    def held(left: Floats, right: Floats) -> list[Mesh]:
        return barbell_at((left + right) / 2, unit(left - right), length, sleeve, plates)

    return held


def barbell_at(
    centre: Floats, axis: Floats, length: float, sleeve: float, plates: Plates
) -> list[Mesh]:
    """Return a barbell at a place."""
    half = length / 2
    meshes = [rod(centre, axis, -half, half, BAR_RADIUS_M, STEEL, gloss=0.3)]
    for side in (-1, 1):
        at = half - sleeve
        meshes.append(rod(centre, axis, side * at, side * half, _SLEEVE_RADIUS_M, STEEL, gloss=0.3))
        meshes.append(rod(centre, axis, side * (at - 0.02), side * at, 0.035, STEEL))
        for radius, thickness, colour in plates:
            end = at + thickness
            meshes.append(rod(centre, axis, side * at, side * end, radius, colour, sides=40))
            at = end + 0.004
    return meshes


def dumbbells(along: Callable[[Floats, Floats], Floats], radius: float = 0.06) -> Held:
    """Return a dumbbell in each hand; ``along`` tells the direction of its handle."""

    def held(left: Floats, right: Floats) -> list[Mesh]:
        meshes = []
        for hand in (left, right):
            axis = along(hand, left + right - hand)
            meshes.append(rod(hand, axis, -0.08, 0.08, 0.015, STEEL, gloss=0.3))
            for side in (-1, 1):
                meshes.append(rod(hand, axis, side * 0.07, side * 0.15, radius, RUBBER))
        return meshes

    return held


def plate(left: Floats, right: Floats) -> list[Mesh]:
    """Return a weight plate held at its rim with both hands."""
    centre, axis = (left + right) / 2, unit(left - right)
    flat = unit(np.cross(axis, [0.0, 0.0, 1.0]))
    radius = max(0.11, float(np.linalg.norm(left - right)) / 2)
    return [rod(centre, flat, -0.02, 0.02, radius, RUBBER, sides=40)]


def cable_bar(pulley: Floats, half: float, drop: float) -> Held:
    """Return a bar on a cable, ``half`` its length, its ends bent down by ``drop``."""

    def held(left: Floats, right: Floats) -> list[Mesh]:
        centre, axis = (left + right) / 2, unit(left - right)
        meshes = [
            rod(centre, axis, -half, half, BAR_RADIUS_M, STEEL, gloss=0.3),
            cylinder(by(centre, 0, 0, BAR_RADIUS_M), pulley, 0.004, CABLE, sides=8),
            cylinder(centre, by(centre, 0, 0, 0.05), 0.012, STEEL, gloss=0.3),
        ]
        for side in (-1, 1) if drop else ():
            end = centre + side * half * axis
            tip = by(end + side * 0.10 * axis, 0, 0, -drop)
            meshes.append(tube([end - side * 0.02 * axis, end, tip], BAR_RADIUS_M, STEEL))
        return meshes

    return held


def landmine(pivot: Floats) -> Held:
    """Return a bar that turns about its far end on the floor, with plates and a handle."""

    def held(left: Floats, right: Floats) -> list[Mesh]:
        grip = (left + right) / 2
        axis = unit(grip - pivot)
        reach = float(np.linalg.norm(grip - pivot))
        return [
            rod(pivot, axis, 0, reach + 0.55, BAR_RADIUS_M, STEEL, gloss=0.3),
            rod(pivot, axis, reach + 0.22, reach + 0.55, _SLEEVE_RADIUS_M, STEEL, gloss=0.3),
            rod(pivot, axis, reach + 0.24, reach + 0.28, 0.16, RUBBER, sides=40),
            rod(pivot, axis, reach + 0.285, reach + 0.32, 0.16, BLUE, sides=40),
            cylinder(left, right, 0.013, STEEL, gloss=0.3),
        ]

    return held


def swinging_handles(axles: tuple[Floats, Floats]) -> Held:
    """Return two upright handles on arms that swing about axles above the left and right."""

    def held(left: Floats, right: Floats) -> list[Mesh]:
        meshes = []
        for hand, axle in zip((left, right), axles, strict=True):
            elbow = np.array([hand[0], hand[1], axle[2]])
            meshes.append(tube([axle, elbow, by(hand, 0, 0, -0.12)], 0.02, STEEL))
            meshes.append(cylinder(by(hand, 0, 0, -0.09), by(hand, 0, 0, 0.09), 0.019, RUBBER))
        return meshes

    return held


def rod(
    centre: Floats,
    axis: Floats,
    start: float,
    end: float,
    radius: float,
    colour: Colour,
    *,
    gloss: float = 0.05,
    sides: int = 24,
) -> Mesh:
    """Return a cylinder along an axis from ``start`` to ``end`` metres off a centre."""
    return cylinder(
        centre + start * axis, centre + end * axis, radius, colour, gloss=gloss, sides=sides
    )


def by(point: Floats, x: float, y: float, z: float) -> Floats:
    """Return a point shifted by so many metres."""
    return np.asarray(point + np.array([x, y, z]))
