"""One body seen closely: cut out of the picture, turned upright, and its keypoints found again.

A network that looks at whole pictures has to find people of every size and posture. One that is
shown a single body, always as large and with the trunk pointing up, has only to place joints, and
for it somebody on a bench looks like somebody who stands (top-down estimation, Xiao et al., "Simple
baselines for human pose estimation and tracking", 2018; turning the body as Bazarevsky et al.,
"BlazePose", 2020, do). ``gymbrain tune-closeup`` writes ``closeup.onnx`` and the card beside it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Self

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.clip import Image
from pipeline.pose.runtime import GREY, one_thread
from references.geometry import torso

Floats = npt.NDArray[np.floating]
Found = npt.NDArray[np.float32]

# Keypoints that moved further than this, on average and in extents of the body, moved far.
_FAR: Final = 0.025

CLOSEUP_FILE: Final = Path(__file__).with_name("closeup.onnx")
"""The network that comes with the project, with its card beside it."""

CROP_PX: Final = 256
"""The side of the square that the network looks at."""

NOWHERE: Final = -1e4
"""Where a keypoint is said to be expected, in pixels, that is not expected anywhere."""

ROOM: Final = 1.3
"""The side of the square in extents of the keypoints: hands, feet and crown lie beyond these."""


@dataclass(frozen=True, slots=True)
class Crop:
    """A square of a picture, perhaps turned: ``centre`` (2,) and ``side`` in pixels.

    Turning the picture by ``turn_rad`` about its origin, clockwise as y points down, makes the
    square stand upright.
    """

    centre: Floats
    side: float
    turn_rad: float

    @classmethod
    def around(cls, xy: Floats, room: float = ROOM) -> Self:
        """Return the square around keypoints (17, 2), in which their trunk points up.

        Keypoints that are NaN do not count; of a trunk that is not known nothing is turned. Raises
        ValueError where no keypoint is known.
        """
        if not np.isfinite(xy).any():
            raise ValueError("no keypoint is known")
        right, down = torso(xy)
        turn = -float(np.arctan2(right, -down)) if np.isfinite(right) else 0.0
        turned = _rotation(turn)
        upright = xy @ turned.T
        low, high = np.nanmin(upright, axis=0), np.nanmax(upright, axis=0)
        return cls((low + high) / 2 @ turned, room * max(float((high - low).max()), 1.0), turn)

    def matrix(self, pixels: int) -> npt.NDArray[np.float64]:
        """Return what maps (2, 3) the picture onto the upright square of so many ``pixels``."""
        linear = _rotation(self.turn_rad) * (pixels / self.side)
        middle = (pixels - 1) / 2
        return np.column_stack([linear, middle - linear @ self.centre])

    def cut(self, image: Image, pixels: int = CROP_PX) -> Image:
        """Return the square (pixels, pixels, 3) of ``image`` (H, W, 3), grey beyond its edges."""
        square = cv2.warpAffine(
            image,
            self.matrix(pixels),
            (pixels, pixels),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=GREY,
        )
        return np.asarray(square, np.uint8)


class CloseUp:
    """Finds one body's keypoints in its surroundings; ``model`` is the content of an ONNX file.

    One call computes on one thread, and any number of threads may call.
    """

    def __init__(self, model: bytes) -> None:
        self._session = one_thread(model)

    def look(
        self, image: Image, expected: Floats, prepare: Callable[[Image], Image] = lambda cut: cut
    ) -> tuple[Found, Found]:
        """Return keypoints (17, 2) of the body about ``expected`` (17, 2), and how sure each is.

        ``image`` (H, W, 3) is the whole picture, and what is cut out of it is prepared before it is
        looked at. Where keypoints had to be moved far the square around them was not a good one:
        a better one is looked at as well, and the mean counts.
        """
        xy, conf = self._look_once(image, expected, prepare)
        moved = np.nanmean(np.linalg.norm(xy - expected, axis=1))
        if moved <= _FAR * np.ptp(xy, axis=0).max():
            return xy, conf
        again, sure = self._look_once(image, xy, prepare)
        half = np.float32(0.5)
        return half * (xy + again), half * (conf + sure)

    def _look_once(
        self, image: Image, expected: Floats, prepare: Callable[[Image], Image]
    ) -> tuple[Found, Found]:
        crop = Crop.around(expected)
        return self.keypoints(prepare(crop.cut(image)), crop, expected)

    def keypoints(self, square: Image, crop: Crop, expected: Floats) -> tuple[Found, Found]:
        """Return keypoints (17, 2) in pixels of the picture, and how surely each is visible (17,).

        ``square`` is what ``crop`` cut out of the picture, ``CROP_PX`` wide; ``expected`` (17, 2)
        is about where the keypoints are, NaN where that is not known.
        """
        matrix = crop.matrix(CROP_PX)
        places = np.nan_to_num(expected @ matrix[:, :2].T + matrix[:, 2], nan=NOWHERE)
        [xy], [conf] = self._session.run(
            None,
            {
                "square": cv2.dnn.blobFromImage(square, 1 / 255, swapRB=True),
                "expected": places[None].astype(np.float32),
            },
        )
        back = cv2.invertAffineTransform(matrix)
        return np.asarray(xy @ back[:, :2].T + back[:, 2], np.float32), np.asarray(conf, np.float32)


@cache
def load_closeup(path: Path = CLOSEUP_FILE) -> CloseUp:
    """Return the network in a file, loaded once per process."""
    return CloseUp(path.read_bytes())


def _rotation(angle_rad: float) -> npt.NDArray[np.float64]:
    cos, sin = np.cos(angle_rad), np.sin(angle_rad)
    return np.array([[cos, -sin], [sin, cos]])
