"""The poses of one lifter through a clip."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class PoseTrack:
    """COCO-17 keypoints of one person over time.

    ``t`` (T,) float64 seconds from the first frame, each frame's own timestamp; ``xy`` (T, 17, 2)
    float32 pixels of the frame as displayed, origin at the top left, NaN where there is none;
    ``conf`` (T, 17) float32 confidence 0 to 1; ``width`` and ``height`` of the displayed frame.
    """

    t: npt.NDArray[np.float64]
    xy: npt.NDArray[np.float32]
    conf: npt.NDArray[np.float32]
    width: int
    height: int

    def __post_init__(self) -> None:
        frames = len(self.t)
        if self.xy.shape != (frames, 17, 2) or self.conf.shape != (frames, 17):
            raise ValueError(f"{self.t.shape}, {self.xy.shape}, {self.conf.shape} do not belong")

    def __len__(self) -> int:
        return len(self.t)

    def save(self, path: Path, **beside: npt.NDArray[np.generic]) -> None:
        """Write the track, and what is known ``beside`` it, as a compressed NumPy archive."""
        arrays: dict[str, Any] = {
            "t": self.t,
            "xy": self.xy,
            "conf": self.conf,
            "width": self.width,
            "height": self.height,
            **beside,
        }
        with path.open("wb") as file:
            np.savez_compressed(file, **arrays)

    @classmethod
    def load(cls, path: Path) -> "PoseTrack":
        """Read a track written by ``save``; never unpickles."""
        with np.load(path, allow_pickle=False) as data:
            return cls(
                data["t"].astype(np.float64),
                data["xy"].astype(np.float32),
                data["conf"].astype(np.float32),
                int(data["width"]),
                int(data["height"]),
            )
