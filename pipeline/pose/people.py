"""Who is in a frame, as any network tells it, and what a network is to the rest of the pipeline."""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from pipeline.clip import Image


@dataclass(frozen=True, slots=True)
class People:
    """Everybody in one frame.

    ``boxes`` (N, 4) as left, top, right, bottom and ``xy`` (N, 17, 2), both float32 pixels of the
    image; ``scores`` (N,) and ``conf`` (N, 17) float32, 0 to 1.
    """

    boxes: npt.NDArray[np.float32]
    scores: npt.NDArray[np.float32]
    xy: npt.NDArray[np.float32]
    conf: npt.NDArray[np.float32]


class Region(NamedTuple):
    """A part of an image in whole pixels; ``right`` and ``bottom`` are the first ones outside."""

    left: int
    top: int
    right: int
    bottom: int


class Network(Protocol):
    """Whatever finds people in an image. May be called from several threads at a time.

    ``image_size`` is the longer side in pixels at which it looks at whole frames.
    """

    image_size: int

    def people(
        self, image: Image, region: Region | None = None, image_size: int | None = None
    ) -> People:
        """Return everybody seen in ``image`` (H, W, 3) uint8 BGR, surest first.

        With a ``region`` only that part is looked at, ``image_size`` pixels on its longer side;
        what is returned is in pixels of the whole image all the same.
        """
        ...
