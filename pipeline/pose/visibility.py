"""Which keypoints are hidden, by the body itself or by something else.

A keypoint's own confidence tells it only half: an arm behind the trunk is told by where the rest of
the body is. A small network (two hidden layers) reads all keypoints and confidences of a frame.
``visibility.npz`` is written by ``python -m benchmarks.keypoint_errors --visibility FILE``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from pipeline.pose.smooth import SmoothSettings
from pipeline.pose.track import PoseTrack
from references.skeleton import MIRROR

Floats = npt.NDArray[np.floating]

HIDDEN_FROM: Final = 0.6
"""The probability from which a keypoint counts as hidden.

At one half more of those that are hidden would be found, and more that are seen be lost, which
keeps joints from being judged (figures in ``benchmarks/README.md``).
"""

SURELY_HIDDEN_BELOW: Final = 0.15
"""The confidence below which a keypoint counts as hidden wherever the rest of the body is.

What covers a joint in the open, a plate or a passer-by, is rare where the network learned.
"""

# The probability of being hidden from which a keypoint is out of sight. (From 0.6 on, exercises of
# synthetic lifters are named worse: `benchmarks/README.md`.)
_OUT_OF_SIGHT_FROM: Final = 0.9

# The least doubt that a confidence leaves: beyond it its logarithm of odds says nothing.
_LEAST_DOUBT: Final = 1e-4
# So that odds and places have about the same spread.
_ODDS_SCALE: Final = 3.0

# What a layer's arrays are called in the archive.
_NAMES: Final = ("weights", "biases")


@dataclass(frozen=True, slots=True)
class VisibilityModel:
    """The network's layers, each with weights (inputs, outputs) and biases (outputs,)."""

    layers: tuple[tuple[Floats, Floats], ...]

    def hidden(self, xy: Floats, conf: Floats) -> Floats:
        """Return the probabilities (T, 17) to be hidden of keypoints (T, 17, 2) and confidences.

        The mean with what a mirror shows counts, so that a mirrored clip gets the mirrored answer.
        """
        order = list(MIRROR)
        mirrored = self._told(xy[:, order] * np.array([-1, 1]), conf[:, order])[:, order]
        return np.asarray((self._told(xy, conf) + mirrored) / 2)

    def _told(self, xy: Floats, conf: Floats) -> Floats:
        values: Floats = described(xy, conf)
        for weights, biases in self.layers[:-1]:
            values = np.maximum(values @ weights + biases, 0)
        weights, biases = self.layers[-1]
        return np.asarray(expit(values @ weights + biases))

    @classmethod
    def of(cls, arrays: Mapping[str, Floats]) -> Self:
        """Return the model of what `write` wrote."""
        weights, biases = (
            [arrays[f"{name}_{n}"].astype(np.float32) for n in range(len(arrays) // len(_NAMES))]
            for name in _NAMES
        )
        return cls(tuple(zip(weights, biases, strict=True)))

    def write(self, path: Path) -> None:
        """Write the layers as an archive; half precision is plenty."""
        arrays: dict[str, Any] = {
            f"{name}_{n}": values.astype(np.float16)
            for n, layer in enumerate(self.layers)
            for name, values in zip(_NAMES, layer, strict=True)
        }
        np.savez_compressed(path, **arrays)


def described(xy: Floats, conf: Floats) -> npt.NDArray[np.float32]:
    """Return what the network reads (T, 51): places around the body's middle, then odds.

    Places are in shares of the body's spread in the picture, 0 for keypoints that are not known or
    too doubtful to be tracked; ``xy`` (T, 17, 2) in pixels, ``conf`` (T, 17).
    """
    known = np.isfinite(xy[..., 0]) & (conf >= SmoothSettings().min_confidence)
    count = np.maximum(known.sum(axis=1), 1)[:, None]
    places = np.where(known[..., None], xy, 0.0)
    places = np.where(known[..., None], places - (places.sum(axis=1) / count)[:, None], 0.0)
    spread = np.sqrt((places**2).sum(axis=(1, 2)) / count[:, 0])
    places = places / np.maximum(spread, 1e-6)[:, None, None]
    sure = np.clip(conf, _LEAST_DOUBT, 1 - _LEAST_DOUBT)
    odds = np.log(sure / (1 - sure)) / _ODDS_SCALE
    return np.concatenate([places.reshape(len(xy), 2 * xy.shape[1]), odds], axis=1).astype(
        np.float32
    )


def hidden(track: PoseTrack) -> npt.NDArray[np.bool_]:
    """Return which keypoints (T, 17) the body or something else hides."""
    told = load_visibility().hidden(track.xy, track.conf) >= HIDDEN_FROM
    return np.asarray(told | (track.conf < SURELY_HIDDEN_BELOW))


def in_sight(track: PoseTrack) -> PoseTrack:
    """Return the track without the keypoints that are out of sight: NaN, as where nothing is known.

    That is surely hidden: what hides behind the body is placed well enough to tell a movement, legs
    below the picture are not. The confidence of the others is how probably each is not hidden.
    """
    told = load_visibility().hidden(track.xy, track.conf).astype(np.float32)
    gone = told >= _OUT_OF_SIGHT_FROM
    xy = np.where(gone[..., None], np.float32(np.nan), track.xy)
    return replace(track, xy=xy, conf=1 - told)


@cache
def load_visibility() -> VisibilityModel:
    """Return what was learned from the default pose network."""
    file = resources.files(__package__) / "visibility.npz"
    with file.open("rb") as opened, np.load(opened, allow_pickle=False) as arrays:
        return VisibilityModel.of(arrays)
