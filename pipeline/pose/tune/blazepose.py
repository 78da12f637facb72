"""A second teacher, independent of the first: BlazePose, which sees one body in a turned square.

Its file is not part of the project. ``pose_landmark_heavy.tflite`` comes in the npm package
``@mediapipe/pose`` (Apache-2.0; ``npm pack @mediapipe/pose`` fetches it); what runs it comes with
the extra ``teacher``. Bazarevsky et al., "BlazePose: on-device real-time body pose tracking", 2020.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.clip import Image
from pipeline.errors import SettingError
from pipeline.pose.closeup import Crop
from references.skeleton import KEYPOINT_INDEX, MIRROR

Floats = npt.NDArray[np.float64]

_SIDE_PX: Final = 256
# The 17 COCO keypoints among BlazePose's 33.
_COCO: Final = [0, 2, 5, 7, 8, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28]
# Two more points say where to look next: the middle of the hips, and the rim of the circle that
# holds the body; a square of this many radii is looked at (MediaPipe's own pose graph).
_MIDDLE, _RIM = 33, 34
_RADII: Final = 2.5
_LANDMARKS: Final = (1, 195)
# Looks are repeated so much larger, and turned by so many radians, each mirrored as well.
_LOOKS: Final = ((1.0, 0.0), (0.9, 0.25), (1.1, -0.25))
_HIPS: Final = [KEYPOINT_INDEX["left_hip"], KEYPOINT_INDEX["right_hip"]]


@dataclass(frozen=True, slots=True)
class Opinion:
    """Where BlazePose sees somebody: ``xy`` (17, 2) pixels, the mean of several looks.

    ``spread`` (17,) is how far these looks are apart, the standard deviation in pixels.
    """

    xy: Floats
    spread: Floats


class BlazePose:
    """BlazePose's landmark network, ``path`` being its TensorFlow Lite file.

    Raises SettingError when the file is missing or is no such network, or when what runs it is.
    """

    def __init__(self, path: Path) -> None:
        try:
            from ai_edge_litert.interpreter import Interpreter  # noqa: PLC0415 (an extra)
        except ImportError as error:
            raise SettingError("tune.no_teacher") from error
        try:
            self._network: Any = Interpreter(str(path), num_threads=1)
            self._network.allocate_tensors()
            self._input = self._network.get_input_details()[0]["index"]
            outputs = self._network.get_output_details()
            [self._output] = [o["index"] for o in outputs if tuple(o["shape"]) == _LANDMARKS]
        except (OSError, ValueError, RuntimeError) as error:
            raise SettingError("pose.weights_unusable", path=path.name) from error

    def look(self, image: Image, expected: Floats) -> Opinion:
        """Return the keypoints of the body about ``expected`` (17, 2) in ``image`` (H, W, 3)."""
        middle = expected[_HIPS].mean(axis=0)
        radius = float(np.linalg.norm(expected - middle, axis=1).max())
        turn = Crop.around(expected).turn_rad
        points = self._landmarks(image, Crop(middle, _RADII * radius, turn), mirrored=False)
        up = points[_RIM] - points[_MIDDLE]
        side = _RADII * float(np.linalg.norm(up))
        turn = -float(np.arctan2(up[0], -up[1]))
        places = []
        for larger, further in _LOOKS:
            for mirrored in (False, True):
                crop = Crop(points[_MIDDLE], larger * side, turn + further)
                seen = self._landmarks(image, crop, mirrored=mirrored)[_COCO]
                places.append(seen[list(MIRROR)] if mirrored else seen)
        return Opinion(np.mean(places, axis=0), np.std(places, axis=0).mean(axis=-1))

    def _landmarks(self, image: Image, crop: Crop, *, mirrored: bool) -> Floats:
        """Return 39 points (39, 2) in pixels of the image."""
        square = crop.cut(image, _SIDE_PX)
        if mirrored:
            square = np.ascontiguousarray(square[:, ::-1])
        rgb = cv2.cvtColor(square, cv2.COLOR_BGR2RGB).astype(np.float32) / 255
        self._network.set_tensor(self._input, rgb[None])
        self._network.invoke()
        rows = self._network.get_tensor(self._output).reshape(-1, 5).astype(np.float64)
        if mirrored:
            rows[:, 0] = _SIDE_PX - 1 - rows[:, 0]
        back = cv2.invertAffineTransform(crop.matrix(_SIDE_PX))
        return np.asarray(rows[:, :2] @ back[:, :2].T + back[:, 2])
