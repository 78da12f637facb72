"""Where a camera stands around the lifter, and what it sees of points in space."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """A camera that looks at a point.

    ``azimuth_deg`` 0 is in front of a lifter who faces -y, 90 at the lifter's left;
    ``elevation_deg`` is above the horizon; ``distance_m`` and ``target`` (metres, z up) say how far
    from what. The picture is upright.
    """

    azimuth_deg: float
    elevation_deg: float
    distance_m: float
    target: tuple[float, float, float]

    def eye(self) -> Floats:
        """Return where the camera is, (3,)."""
        azimuth, elevation = np.radians(self.azimuth_deg), np.radians(self.elevation_deg)
        outwards = np.array(
            [
                np.sin(azimuth) * np.cos(elevation),
                -np.cos(azimuth) * np.cos(elevation),
                np.sin(elevation),
            ]
        )
        return np.asarray(self.target) + self.distance_m * outwards

    def rotation(self) -> Floats:
        """Return the world in camera axes (3, 3): rows right, down and ahead."""
        ahead = np.asarray(self.target) - self.eye()
        ahead /= np.linalg.norm(ahead)
        azimuth = np.radians(self.azimuth_deg)
        right = np.array([np.cos(azimuth), np.sin(azimuth), 0.0])
        return np.stack([right, np.cross(ahead, right), ahead])

    def seen(self, points: npt.ArrayLike) -> Floats:
        """Return points (..., 3) in camera axes: right, down, ahead, in metres."""
        return (np.asarray(points, np.float64) - self.eye()) @ self.rotation().T

    def project(self, points: npt.ArrayLike) -> Floats:
        """Return points (..., 3) as a pinhole sees them, (..., 2), x right, y down.

        Normalised coordinates: a focal length of one.
        """
        seen = self.seen(points)
        return np.asarray(seen[..., :2] / seen[..., 2:])
