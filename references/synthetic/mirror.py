"""A wall with a mirror in it: what is before it is seen once more behind it."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from references.synthetic.mesh import Colour, Mesh, box, quad

Floats = npt.NDArray[np.float64]

# The wall, and the glass in it from a little above the floor, in metres.
_WALL_M: Final = (16.0, 3.4)
_LOW_M: Final = 0.12
_FRAME_M: Final = 0.04
_STEEL: Final[Colour] = (0.45, 0.46, 0.48)


@dataclass(frozen=True, slots=True)
class Mirror:
    """A mirror of ``width_m`` and ``height_m`` on a wall that stands beside the origin.

    ``azimuth_deg`` says on which side, counted as for `references.viewpoint.Viewpoint`, and
    ``distance_m`` how far away; ``wall`` is the colour around the glass.
    """

    azimuth_deg: float
    distance_m: float
    width_m: float = 4.0
    height_m: float = 2.0
    wall: Colour = (0.70, 0.69, 0.66)

    def plane(self) -> Floats:
        """Return (4,): a unit normal into the room and an offset.

        A point before the mirror has a positive product with the normal plus offset.
        """
        x, y, _ = self._outwards()
        return np.array([-x, -y, 0.0, self.distance_m])

    def before(self, points: npt.ArrayLike) -> Floats:
        """Return how far before the mirror points (..., 3) are, in metres, negative behind it."""
        plane = self.plane()
        return np.asarray(np.asarray(points, np.float64) @ plane[:3] + plane[3])

    def reflected(self, points: npt.ArrayLike) -> Floats:
        """Return where points (..., 3) are seen in the mirror."""
        points = np.asarray(points, np.float64)
        return points - 2 * self.before(points)[..., None] * self.plane()[:3]

    def meshes(self) -> list[Mesh]:
        """Return the wall, open where the glass is, and the frame around the opening."""
        out = self._outwards()
        along = np.array([-out[1], out[0], 0.0])
        up = np.array([0.0, 0.0, 1.0])
        foot = self.distance_m * out
        width, height = _WALL_M
        half, low, high = self.width_m / 2, _LOW_M, _LOW_M + self.height_m

        def part(left: float, bottom: float, right: float, top: float) -> Mesh:
            corner = foot + left * along + bottom * up
            return quad(corner, (right - left) * along, (top - bottom) * up, self.wall)

        def bar(x: float, z: float, wide: float, tall: float) -> Mesh:
            axes = np.stack([along, out, up], axis=1)
            return box(
                foot + x * along + z * up, [wide, _FRAME_M / 2, tall], _STEEL, axes=axes, gloss=0.3
            )

        middle, across, upright = (low + high) / 2, self.width_m + _FRAME_M, self.height_m
        return [
            part(-width / 2, 0.0, -half, height),
            part(half, 0.0, width / 2, height),
            part(-half, 0.0, half, low),
            part(-half, high, half, height),
            *(bar(x, middle, _FRAME_M, upright) for x in (-half, half)),
            *(bar(0.0, z, across, _FRAME_M) for z in (low, high)),
        ]

    def _outwards(self) -> Floats:
        azimuth = np.radians(self.azimuth_deg)
        return np.array([np.sin(azimuth), -np.cos(azimuth), 0.0])
