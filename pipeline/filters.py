"""Step 2, filter: a Gaussian against noise, then sharpening (the paper's section 4.1)."""

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.clip import Image


@dataclass(frozen=True, slots=True)
class FilterSettings:
    """How frames are filtered before pose estimation.

    ``sigma_px`` is the standard deviation of the Gaussian in pixels of the frame that the network
    sees; 0 leaves it out. ``sharpening`` is the weight of the unsharp mask (Gonzalez and Woods,
    "Digital Image Processing", section 3.6: 1 is unsharp masking, above is high-boost filtering)
    whose own Gaussian is ``sharpening_sigma_px``; 0 leaves it out.

    The defaults were chosen by ``python -m benchmarks.filters``; its table stands in
    ``benchmarks/README.md``.
    """

    sigma_px: float = 0.5
    sharpening: float = 1.0
    sharpening_sigma_px: float = 1.0


def apply_filters(image: Image, settings: FilterSettings) -> Image:
    """Return ``image`` (H, W, 3) uint8 smoothed, then sharpened."""
    if settings.sigma_px:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), settings.sigma_px), np.uint8)
    if settings.sharpening:
        blurred = cv2.GaussianBlur(image, (0, 0), settings.sharpening_sigma_px)
        weight = settings.sharpening
        image = np.asarray(cv2.addWeighted(image, 1 + weight, blurred, -weight, 0), np.uint8)
    return image
