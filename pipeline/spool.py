"""Frames that wait until it is known who lifts and where to look."""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.clip import Frame, Image

# Keypoints found in frames of this quality lie where they lay before (benchmarks/README.md).
_QUALITY: Final = (cv2.IMWRITE_JPEG_QUALITY, 95)

# What waits as it is, in bytes: the frames of the first 12 s of 360x640. Making and reading JPEGs
# of them takes as long as four more looks at whole frames.
_ROOM: Final = 128_000_000


class Spool:
    """The sampled frames of one clip in memory: the first as they are, those after them as JPEGs.

    As a JPEG a frame of 360x640 takes about 45 kB, so three minutes at 15 frames a second take
    another 120 MB, where decoding the clip a second time would take as long as looking at it.
    """

    def __init__(self) -> None:
        self._t: list[float] = []
        # Whole frames (H, W, 3), then JPEGs (bytes,).
        self._pictures: list[npt.NDArray[np.uint8]] = []
        self._room = _ROOM
        self.scale = 1.0
        self.size = (0, 0)

    def __len__(self) -> int:
        return len(self._t)

    @property
    def t(self) -> npt.NDArray[np.float64]:
        """Return the frames' times (T,) in seconds from the first frame of the clip."""
        return np.array(self._t, np.float64)

    def append(self, frame: Frame) -> None:
        """Keep a frame; all must be of one size."""
        self._t.append(frame.t)
        self._room -= frame.image.nbytes
        if self._room < 0:
            _, picture = cv2.imencode(".jpg", frame.image, _QUALITY)
            self._pictures.append(np.asarray(picture, np.uint8))
        else:
            self._pictures.append(frame.image)
        self.scale = frame.scale
        self.size = (frame.image.shape[1], frame.image.shape[0])

    def image(self, index: int) -> Image:
        """Return the frame ``index``, (H, W, 3) uint8 BGR."""
        picture = self._pictures[index]
        if picture.ndim > 1:
            return picture
        return np.asarray(cv2.imdecode(picture, cv2.IMREAD_COLOR), np.uint8)
