"""What a phone makes of the light: exposure, colours, softness, noise and compression."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Exposure:
    """How a phone records a picture.

    ``gain`` brightens, ``gamma`` bends and ``contrast`` stretches around middle grey; ``warmth``
    moves white from blue (negative) to red. ``softness_px`` is the standard deviation of the blur,
    ``grain`` that of the noise in grey levels, ``jpeg_quality`` that of a photo (None in a film).
    """

    gain: float = 1.0
    gamma: float = 1.0
    contrast: float = 1.0
    warmth: float = 0.0
    softness_px: float = 0.0
    grain: float = 1.5
    jpeg_quality: int | None = None

    def develop(self, image: Image, rng: np.random.Generator) -> Image:
        """Return the picture (H, W, 3) in BGR as the phone records it."""
        developed = np.asarray(cv2.LUT(image, self._curves()), np.uint8)
        if self.softness_px > 0:
            blurred = cv2.GaussianBlur(developed, (0, 0), self.softness_px)
            developed = np.asarray(blurred, np.uint8)
        noise = np.float32(self.grain) * rng.standard_normal(image.shape, np.float32)
        recorded = np.asarray(np.clip(developed + noise, 0, 255), np.uint8)
        if self.jpeg_quality is None:
            return recorded
        _, file = cv2.imencode(".jpg", recorded, [cv2.IMWRITE_JPEG_QUALITY, self.jpeg_quality])
        return np.asarray(cv2.imdecode(file, cv2.IMREAD_COLOR), np.uint8)

    def _curves(self) -> Image:
        """Return what becomes of each grey level of blue, green and red, (1, 256, 3)."""
        level = np.linspace(0, 1, 256)[:, None] * (1 - self.warmth, 1.0, 1 + self.warmth)
        level = np.clip(self.gain * level, 0, 1) ** self.gamma
        level = 0.5 + self.contrast * (level - 0.5)
        return np.asarray(np.clip(level, 0, 1) * 255 + 0.5, np.uint8)[None]


GOOD_LIGHT: Final = Exposure()


def random_exposure(rng: np.random.Generator, *, photo: bool = False) -> Exposure:
    """Return a phone and light of chance; a ``photo`` is compressed as JPEG."""
    return Exposure(
        gain=float(rng.uniform(0.75, 1.3)),
        gamma=float(rng.uniform(0.8, 1.25)),
        contrast=float(rng.uniform(0.8, 1.2)),
        warmth=float(rng.normal(0, 0.05)),
        softness_px=float(rng.choice([0.0, rng.uniform(0.3, 1.1)])),
        grain=float(rng.uniform(0.5, 6.0)),
        jpeg_quality=int(rng.integers(40, 96)) if photo else None,
    )
