"""A real lens before a renderer that draws pinholes: draw a little more, then bend the picture."""

from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from references.lens import Lens

Image = npt.NDArray[np.uint8]

# Undoing a lens' distortion has no closed form; this many rounds bring it below 0.01 pixels.
_CRITERIA = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 12, 1e-6)


@dataclass(frozen=True, slots=True)
class Optics:
    """How a lens' picture is made of a pinhole's.

    ``pinhole`` has the same picture size and sees at least as much; ``columns`` and ``rows`` (H, W)
    say where in its picture every pixel of the lens looks.
    """

    pinhole: Lens
    columns: npt.NDArray[np.float32]
    rows: npt.NDArray[np.float32]

    def bend(self, image: Image) -> Image:
        """Return what the lens sees (H, W, 3) of what the pinhole sees."""
        bent = cv2.remap(
            image, self.columns, self.rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return np.asarray(bent, np.uint8)


@lru_cache(maxsize=4)
def optics(lens: Lens) -> Optics | None:
    """Return the optics of a distorted lens, None for a pinhole."""
    if not any(lens.distortion):
        return None
    x, y = np.meshgrid(np.arange(lens.width), np.arange(lens.height))
    pixels = np.stack([x, y], axis=-1).reshape(-1, 1, 2).astype(np.float64)
    straight = cv2.undistortPoints(
        pixels, lens.matrix(), np.array(lens.distortion), criteria=_CRITERIA
    )
    rays = np.asarray(straight, np.float64).reshape(lens.height, lens.width, 2)
    low, high = rays.min(axis=(0, 1)), rays.max(axis=(0, 1))
    # Pixels stay square: the direction that needs the shorter focal length decides.
    scale = min((np.array([lens.width, lens.height]) - 1) / (high - low) / (lens.fx, lens.fy))
    fx, fy = lens.fx * scale, lens.fy * scale
    pinhole = replace(
        lens.without_distortion(),
        fx=fx,
        fy=fy,
        cx=(lens.width - 1) / 2 - fx * (low[0] + high[0]) / 2,
        cy=(lens.height - 1) / 2 - fy * (low[1] + high[1]) / 2,
    )
    columns, rows = (
        (rays * (fx, fy) + (pinhole.cx, pinhole.cy)).astype(np.float32).transpose(2, 0, 1)
    )
    return Optics(pinhole, np.ascontiguousarray(columns), np.ascontiguousarray(rows))
