"""Who is in a frame, as any network tells it, and what a network is to the rest of the pipeline."""

from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from pipeline.clip import Image
from pipeline.pose.closeup import CloseUp

# Keypoints on average no further apart than this, in diagonals of the box, are of one body.
_SAME_BODY: Final = 0.08


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


def without_duplicates(people: People) -> People:
    """Return everybody once, as the network is surest of them.

    Somebody half covered may be reported as a whole and as a half, in boxes too different for the
    usual suppression by overlap; their keypoints give them away (suppression by object keypoint
    similarity, Papandreou et al., "Towards accurate multi-person pose estimation in the wild",
    2017).
    """
    size = np.linalg.norm(people.boxes[:, 2:] - people.boxes[:, :2], axis=1)
    apart = np.linalg.norm(people.xy[:, None] - people.xy[None], axis=3).mean(axis=2)
    kept: list[int] = []
    for row in np.argsort(-people.scores, kind="stable"):
        if all(apart[row, other] > _SAME_BODY * size[other] for other in kept):
            kept.append(int(row))
    return People(people.boxes[kept], people.scores[kept], people.xy[kept], people.conf[kept])


def nearest_person(people: People, xy: npt.NDArray[np.floating], within: float) -> int | None:
    """Return who is nearest to keypoints (17, 2), NaN where not known; None for somebody else.

    Half of the keypoints that are known lie nearer than the distance that counts, which must be
    less than ``within``, in diagonals of the body at ``xy``.
    """
    if not len(people.scores):
        return None
    off = np.nanmedian(np.linalg.norm(people.xy - xy, axis=2), axis=1)
    nearest = int(off.argmin())
    size = float(np.linalg.norm(np.nanmax(xy, axis=0) - np.nanmin(xy, axis=0)))
    return nearest if off[nearest] < within * size else None


def overlaps(a: npt.NDArray[np.floating], b: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
    """Return the intersection over union (A, B) of boxes ``a`` (A, 4) and ``b`` (B, 4)."""
    corner = np.maximum(a[:, None, :2], b[None, :, :2])
    opposite = np.minimum(a[:, None, 2:], b[None, :, 2:])
    shared = np.clip(opposite - corner, 0, None).prod(axis=2)
    area_a = (a[:, 2:] - a[:, :2]).prod(axis=1)
    area_b = (b[:, 2:] - b[:, :2]).prod(axis=1)
    union = area_a[:, None] + area_b[None] - shared
    return np.asarray(shared / np.maximum(union, 1e-6), np.float32)


class Region(NamedTuple):
    """A part of an image in whole pixels; ``right`` and ``bottom`` are the first ones outside."""

    left: int
    top: int
    right: int
    bottom: int


class Network(Protocol):
    """Whatever finds people in an image. May be called from several threads at a time.

    ``image_size`` is the longer side in pixels at which it looks at whole frames. ``closeup`` finds
    the keypoints of somebody who was found; None for weights that it was not taught to help.
    """

    image_size: int

    @property
    def closeup(self) -> CloseUp | None:
        """See the class."""
        ...

    def people(
        self, image: Image, region: Region | None = None, image_size: int | None = None
    ) -> People:
        """Return everybody seen in ``image`` (H, W, 3) uint8 BGR, surest first.

        With a ``region`` only that part is looked at, ``image_size`` pixels on its longer side;
        what is returned is in pixels of the whole image all the same.
        """
        ...
