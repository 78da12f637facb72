"""A calibrated camera: intrinsics and lens distortion, and the way from pixels to rays."""

import json
import math
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.errors import SettingError

_SHAPE_TOLERANCE: Final = 0.02

# The share of a photo that video of another shape keeps: 3/4 from 4:3 to 16:9, 2/3 to 2:1.
_LEAST_KEPT: Final = 0.6

# A camera file is a few hundred bytes; more is something else.
_FILE_BYTES: Final = 10_000

# OpenCV's five default rounds leave half of a wide-angle frame off by more than 0.2 px and its
# corners by thousands; fifty reach 1e-6 px wherever the distortion can be undone at all.
_UNDISTORT_ROUNDS: Final = (cv2.TERM_CRITERIA_COUNT + cv2.TERM_CRITERIA_EPS, 50, 1e-9)

# A distortion polynomial folds back on itself somewhere beyond the corners that it was fitted to.
# A pixel out there has no ray: what comes back lands elsewhere when it is distorted again.
_ROUND_TRIP_PX: Final = 0.1


@dataclass(frozen=True, slots=True)
class Camera:
    """Pinhole intrinsics with Brown-Conrady distortion, as Zhang's method finds them.

    ``fx``, ``fy``, ``cx``, ``cy`` are in pixels of a ``width`` x ``height`` frame as displayed, the
    top left pixel's centre at (0, 0) as in OpenCV; ``distortion`` is (k1, k2, p1, p2, k3) in
    OpenCV's order; ``rms_px`` is the root mean square reprojection error of the calibration and
    ``photos`` the number of photos used. Raises ValueError for what no camera is.
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

    def __post_init__(self) -> None:
        reals = (self.fx, self.fy, self.cx, self.cy, self.rms_px, *self.distortion)
        sound = (
            all(math.isfinite(value) for value in reals)
            and min(self.width, self.height, self.fx, self.fy, self.photos) > 0
            and self.rms_px >= 0
        )
        if not sound:
            raise ValueError(f"no camera is {self}")

    def scaled_to(self, width: int, height: int) -> "Camera":
        """Return this camera for frames of another size from the same lens.

        A phone takes 4:3 photos and cuts its 16:9 video out of the middle of the same sensor:
        frames of another shape are taken for the largest such part of the picture. What video
        stabilisation cuts off besides scales all rays alike and changes no drawn angle. Raises
        SettingError when less than _LEAST_KEPT of the picture would be left, as no phone does. A
        frame turned by a quarter is taken for the same phone turned as phones are: upright, it
        turns its sensor's picture clockwise.
        """
        base = self
        if (width > height) != (self.width > self.height):
            base = self.turned(1 if height > width else -1)
        sx, sy = width / base.width, height / base.height
        if abs(sx / sy - 1) > _SHAPE_TOLERANCE:
            if min(sx, sy) < _LEAST_KEPT * max(sx, sy):
                raise SettingError(
                    "camera.other_shape",
                    camera=f"{self.width}x{self.height}",
                    clip=f"{width}x{height}",
                )
            sx = sy = max(sx, sy)
        return replace(
            base,
            width=width,
            height=height,
            fx=base.fx * sx,
            fy=base.fy * sy,
            # Pixel centres lie at whole numbers, so the picture's edge is at -0.5; what is cut off
            # is cut off on both sides alike.
            cx=(base.cx + 0.5) * sx - 0.5 - (base.width * sx - width) / 2,
            cy=(base.cy + 0.5) * sy - 0.5 - (base.height * sy - height) / 2,
            rms_px=base.rms_px * (sx + sy) / 2,
        )

    def turned(self, quarter_turns: int) -> "Camera":
        """Return the camera of the same pictures turned clockwise by so many quarters."""
        camera = self
        for _ in range(quarter_turns % 4):
            # A quarter clockwise takes (x, y) to (height - 1 - y, x), and the tangential
            # coefficients turn with it; the radial ones do not care which way is up.
            k1, k2, p1, p2, k3 = camera.distortion
            camera = replace(
                camera,
                width=camera.height,
                height=camera.width,
                fx=camera.fy,
                fy=camera.fx,
                cx=camera.height - 1 - camera.cy,
                cy=camera.cx,
                distortion=(k1, k2, p2, -p1, k3),
            )
        return camera

    def normalise(self, xy: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return undistorted, normalised coordinates (..., 2), x right, y down, focal length 1.

        ``xy`` is (..., 2) in pixels of a frame of this camera's size; NaN stays NaN, and so becomes
        a pixel so far out that the distortion cannot be undone there.
        """
        flat = xy.reshape(-1, 2).astype(np.float64)
        rays = np.full_like(flat, np.nan)
        seen = np.isfinite(flat).all(axis=1)
        if seen.any():
            rays[seen] = self._undistort(flat[seen])
        return rays.reshape(xy.shape).astype(np.float32)

    def _undistort(self, pixels: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        matrix = np.array([[self.fx, 0, self.cx], [0, self.fy, self.cy], [0, 0, 1]])
        distortion = np.array(self.distortion)
        rays = cv2.undistortPoints(
            pixels[:, None], matrix, distortion, criteria=_UNDISTORT_ROUNDS
        ).reshape(-1, 2)
        still = np.zeros(3)
        again, _ = cv2.projectPoints(
            np.column_stack([rays, np.ones(len(rays))]), still, still, matrix, distortion
        )
        miss = np.linalg.norm(again.reshape(-1, 2) - pixels, axis=1)
        return np.where(miss[:, None] < _ROUND_TRIP_PX, rays, np.nan)

    def save(self, path: Path) -> None:
        """Write the camera as JSON."""
        path.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "Camera":
        """Read a camera written by ``save``. Raises SettingError when the file is not one."""
        try:
            with path.open(encoding="utf-8") as file:
                return cls._from_json(json.loads(file.read(_FILE_BYTES)))
        except (OSError, ValueError, TypeError, OverflowError, RecursionError) as error:
            raise SettingError("camera.unreadable", path=path.name) from error

    @classmethod
    def _from_json(cls, values: object) -> "Camera":
        if not isinstance(values, dict) or set(values) != {field.name for field in fields(cls)}:
            raise ValueError("not a camera's fields")
        distortion = values["distortion"]
        if not isinstance(distortion, list):
            raise TypeError("distortion is not a list")
        k1, k2, p1, p2, k3 = map(_real, distortion)
        return cls(
            width=_whole(values["width"]),
            height=_whole(values["height"]),
            fx=_real(values["fx"]),
            fy=_real(values["fy"]),
            cx=_real(values["cx"]),
            cy=_real(values["cy"]),
            distortion=(k1, k2, p1, p2, k3),
            rms_px=_real(values["rms_px"]),
            photos=_whole(values["photos"]),
        )


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{value!r} is not a whole number")
    return value


def _real(value: object) -> float:
    # float() would also read text and truth values.
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise TypeError(f"{value!r} is not a number")
    return float(value)
