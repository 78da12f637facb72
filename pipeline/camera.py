"""A calibrated camera: intrinsics and lens distortion, and the way from pixels to rays."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.errors import SettingError


@dataclass(frozen=True, slots=True)
class Camera:
    """Pinhole intrinsics with Brown-Conrady distortion, as Zhang's method finds them.

    ``fx``, ``fy``, ``cx``, ``cy`` are in pixels of a ``width`` x ``height`` frame as displayed;
    ``distortion`` is (k1, k2, p1, p2, k3) in OpenCV's order; ``rms_px`` is the root mean square
    reprojection error of the calibration and ``photos`` the number of photos used.
    """

    width: int
    height: int
    fx: float
    fy: float
    cx: float
    cy: float
    distortion: tuple[float, float, float, float, float]
    rms_px: float
    photos: int

    def scaled_to(self, width: int, height: int) -> "Camera":
        """Return this camera for frames of another size from the same lens.

        Raises SettingError when the frame has another shape: phones crop video differently from
        photos, and which part they crop cannot be known. A quarter turn is undone first.
        """
        turned = (width > height) != (self.width > self.height)
        base = self._quarter_turned() if turned else self
        sx, sy = width / base.width, height / base.height
        if abs(sx / sy - 1) > _SHAPE_TOLERANCE:
            raise SettingError(
                "camera.other_shape",
                camera=f"{self.width}x{self.height}",
                clip=f"{width}x{height}",
            )
        return Camera(
            width,
            height,
            base.fx * sx,
            base.fy * sy,
            base.cx * sx,
            base.cy * sy,
            base.distortion,
            base.rms_px * (sx + sy) / 2,
            base.photos,
        )

    def _quarter_turned(self) -> "Camera":
        # Turning a picture by 90 degrees clockwise takes (x, y) to (height - y, x); the tangential
        # coefficients turn with it. The radial ones do not care which way is up.
        k1, k2, p1, p2, k3 = self.distortion
        return Camera(
            self.height,
            self.width,
            self.fy,
            self.fx,
            self.height - self.cy,
            self.cx,
            (k1, k2, p2, -p1, k3),
            self.rms_px,
            self.photos,
        )

    def normalise(self, xy: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return undistorted, normalised coordinates (..., 2) at unit focal length.

        x points right and y down. ``xy`` is (..., 2) in pixels of a frame of this camera's size;
        NaN stays NaN.
        """
        flat = xy.reshape(-1, 2).astype(np.float64)
        seen = np.isfinite(flat).all(axis=1)
        rays = np.full_like(flat, np.nan)
        if seen.any():
            matrix = np.array([[self.fx, 0, self.cx], [0, self.fy, self.cy], [0, 0, 1]])
            points = cv2.undistortPoints(
                flat[seen].reshape(-1, 1, 2), matrix, np.array(self.distortion)
            )
            rays[seen] = points.reshape(-1, 2)
        return rays.reshape(xy.shape).astype(np.float32)

    def save(self, path: Path) -> None:
        """Write the camera as JSON."""
        path.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "Camera":
        """Read a camera written by ``save``. Raises SettingError when the file is not one."""
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            distortion = tuple(float(k) for k in values.pop("distortion"))
            camera = cls(**values, distortion=distortion)  # type: ignore[arg-type]
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise SettingError("camera.unreadable", path=path.name) from error
        return camera


_SHAPE_TOLERANCE = 0.02
