"""Frames, rotations and the two-bone chain that arms and legs are."""

import numpy as np
import numpy.typing as npt
from scipy.spatial.transform import Rotation

Floats = npt.NDArray[np.float64]


def unit(vectors: npt.ArrayLike) -> Floats:
    """Return vectors (..., 3) scaled to length one."""
    vectors = np.asarray(vectors, np.float64)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True))


def across(direction: Floats, hint: npt.ArrayLike) -> Floats:
    """Return the unit vector perpendicular to a unit ``direction`` that is nearest to ``hint``.

    Both are (..., 3); the hint must not be parallel to the direction.
    """
    hint = np.asarray(hint, np.float64)
    return unit(hint - direction * (hint * direction).sum(axis=-1, keepdims=True))


def frame(direction: npt.ArrayLike, hint: npt.ArrayLike) -> Floats:
    """Return right-handed axes (..., 3, 3) in columns.

    They are the direction, the hint made perpendicular to it, and their cross product.
    """
    first = unit(direction)
    second = np.broadcast_to(across(first, hint), first.shape)
    return np.stack([first, second, np.cross(first, second)], axis=-1)


def turn(axis: npt.ArrayLike, degrees: npt.ArrayLike) -> Floats:
    """Return the rotations (P, 3, 3) about one axis, (3,) or (P, 3), by ``degrees`` (P,)."""
    degrees = np.atleast_1d(np.asarray(degrees, np.float64))
    axes = np.broadcast_to(unit(axis), (len(degrees), 3))
    return Rotation.from_rotvec(axes * degrees[:, None], degrees=True).as_matrix()


def halfway(rotations: Floats) -> Floats:
    """Return half of each rotation (P, 3, 3): the same axis, half the angle."""
    return Rotation.from_rotvec(Rotation.from_matrix(rotations).as_rotvec() / 2).as_matrix()


def chord(upper: float, lower: float, bend_deg: npt.ArrayLike) -> Floats:
    """Return how far apart the ends of a two-bone chain are at an included angle (law of cosines).

    ``upper`` and ``lower`` are the lengths of the bones.
    """
    bend = np.radians(np.asarray(bend_deg, np.float64))
    return np.sqrt(upper**2 + lower**2 - 2 * upper * lower * np.cos(bend))


def apex(upper: float, lower: float, distance: npt.ArrayLike) -> Floats:
    """Return the angle in degrees between a chain's upper bone and the line between its ends.

    A distance longer than the chain counts as a straight chain.
    """
    distance = np.minimum(np.asarray(distance, np.float64), upper + lower)
    cosine = (upper**2 + distance**2 - lower**2) / (2 * upper * distance)
    return np.degrees(np.arccos(np.clip(cosine, -1, 1)))


def two_bone(
    start: Floats, target: Floats, upper: float, lower: float, pole: npt.ArrayLike
) -> tuple[Floats, Floats]:
    """Return middle and end (P, 3) of a two-bone chain that reaches from ``start`` to ``target``.

    The middle joint bends towards ``pole`` (a direction). A target out of reach is approached as
    far as the straight chain goes.
    """
    span = target - start
    distance = np.linalg.norm(span, axis=-1, keepdims=True)
    along = span / distance
    distance = np.minimum(distance, upper + lower)
    angle = np.radians(apex(upper, lower, distance))
    middle = start + upper * (np.cos(angle) * along + np.sin(angle) * across(along, pole))
    return middle, start + distance * along
