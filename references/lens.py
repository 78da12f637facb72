"""A lens in pixels: what turns a viewpoint into a picture."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from references.viewpoint import Viewpoint

Floats = npt.NDArray[np.float64]
Image = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Lens:
    """Intrinsics: picture size, focal lengths and principal point in pixels, distortion.

    Pixels are counted from the centre of the top left one, as OpenCV does.
    ``distortion`` is OpenCV's (k1, k2, p1, p2).
    """

    width: int
    height: int
    fx: float
    fy: float
    cx: float
    cy: float
    distortion: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)

    @classmethod
    def of_phone(cls, width: int, height: int, field_of_view_deg: float = 66.0) -> "Lens":
        """Return an undistorted lens by the field of view of the picture's longer side.

        The main camera of a phone sees about 66 degrees (26 mm equivalent).
        """
        focal = max(width, height) / 2 / np.tan(np.radians(field_of_view_deg) / 2)
        return cls(width, height, focal, focal, (width - 1) / 2, (height - 1) / 2)

    def scaled(self, factor: int) -> "Lens":
        """Return the lens of the same picture with ``factor`` times the pixels each way."""
        return replace(
            self,
            width=self.width * factor,
            height=self.height * factor,
            fx=self.fx * factor,
            fy=self.fy * factor,
            cx=self.cx * factor,
            cy=self.cy * factor,
        )

    def without_distortion(self) -> "Lens":
        """Return the pinhole with the same matrix."""
        return replace(self, distortion=(0.0, 0.0, 0.0, 0.0))

    def matrix(self) -> Floats:
        """Return the camera matrix (3, 3)."""
        return np.array([[self.fx, 0, self.cx], [0, self.fy, self.cy], [0, 0, 1]])

    def project(self, viewpoint: Viewpoint, points: npt.ArrayLike) -> Floats:
        """Return where points (..., 3) appear, (..., 2) in pixels."""
        points = np.asarray(points, np.float64)
        if not points.size:  # OpenCV takes no empty arrays.
            return np.empty((*points.shape[:-1], 2))
        pixels, _ = cv2.projectPoints(
            viewpoint.seen(points).reshape(-1, 3),
            np.zeros(3),
            np.zeros(3),
            self.matrix(),
            np.array(self.distortion),
        )
        return np.asarray(pixels, np.float64).reshape(*points.shape[:-1], 2)
