"""Real frames, labelled by the network as it is: what it can must not be lost while it learns.

A network taught on rendered pictures alone forgets real ones (Ratcliff, "Connectionist models of
recognition memory", 1990, describes the effect and rehearsal as its cure). The network looks at
every frame several times, mirrored too, and for people who lie also with the frame turned so that
their heads point up; only keypoints on which the looks agree become labels.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.clip import Clip, Image
from pipeline.pose.people import Network, People, overlaps
from pipeline.pose.tune.lesson import Known, Lesson, Person
from references.geometry import lies, torso
from references.skeleton import MIRROR

# Two looks agree on a keypoint when they place it this close, in body sizes: half of what COCO's
# evaluation allows human annotators at the shoulder (Lin et al., 2014: sigma 0.079).
_AGREEMENT: Final = 0.04
# Boxes of one person in two looks overlap at least this much.
_SAME_PERSON: Final = 0.6
# Somebody seen this surely in one look only makes a frame unfit: they can be neither taught as a
# person nor as background.
_SURE_PERSON: Final = 0.4
# Confidences from which a keypoint counts as visible, and as placed; below the last it is absent.
_SURELY_VISIBLE: Final = 0.97
_PLACED: Final = 0.6
_ABSENT: Final = 0.1
# How far beyond somebody's box a cut-out around them reaches, in box sizes.
_MARGINS: Final = (0.05, 0.35)
# Somebody of whom a cut-out shows no more than this is not labelled in it.
_SLIVER: Final = 0.1


@dataclass(frozen=True, slots=True)
class RehearsalSettings:
    """``frames`` are taken from each clip, evenly; ``long_side`` is of the frames in pixels.

    ``cut_out`` is the share of frames of which only the surroundings of one person are kept, as the
    pose step sees them while it follows the lifter.
    """

    frames: int = 10
    long_side: int = 640
    cut_out: float = 0.5


def rehearse(
    path: Path,
    network: Network,
    rng: np.random.Generator,
    settings: RehearsalSettings = RehearsalSettings(),
) -> Iterator[Lesson]:
    """Yield labelled frames of a clip, those without people or with doubtful ones left out.

    Raises ClipError for a clip that cannot be read.
    """
    with Clip(path) as clip:
        step = max(1, clip.declared_frames // settings.frames)
        first = int(rng.integers(step))
        for index, frame in enumerate(clip.frames(settings.long_side)):
            if index % step != first:
                continue
            people = label(frame.image, network)
            if people:
                lesson = Lesson(frame.image, people)
                yield _cut_out(lesson, rng) if rng.uniform() < settings.cut_out else lesson


def label(image: Image, network: Network) -> tuple[Person, ...]:
    """Return everybody in a picture (H, W, 3) uint8 BGR, or nobody when the looks disagree."""
    plain = network.people(image)
    mirrored = _mirrored(network.people(np.ascontiguousarray(image[:, ::-1])), image.shape[1])
    pairs = _same_people(plain, mirrored)
    if len(pairs) < max(np.sum(seen.scores >= _SURE_PERSON) for seen in (plain, mirrored)):
        return ()
    turned: dict[int, list[People]] = {}
    labelled = []
    for a, b in pairs:
        looks = [(plain, a), (mirrored, b)]
        quarter = _quarter_turn(plain.xy[a])
        if quarter:
            if quarter not in turned:
                turned[quarter] = _looks_turned(image, network, quarter)
            for seen in turned[quarter]:
                again = [other for own, other in _same_people(plain, seen) if own == a]
                looks += [(seen, other) for other in again]
        labelled.append(_agreed(looks))
    return tuple(labelled)


def _agreed(looks: list[tuple[People, int]]) -> Person:
    """Return the median of the looks at somebody, keypoints without a majority unknown."""
    xy = np.stack([people.xy[row] for people, row in looks]).astype(np.float64)
    conf = np.stack([people.conf[row] for people, row in looks]).mean(axis=0)
    box = np.median([people.boxes[row] for people, row in looks], axis=0)
    middle = np.median(xy, axis=0)
    reach = _AGREEMENT * np.linalg.norm(box[2:] - box[:2])
    close = np.linalg.norm(xy - middle, axis=2) <= reach
    agreed = close.sum(axis=0) > len(looks) / 2
    known = np.full(len(middle), int(Known.NOTHING))
    known[conf <= _ABSENT] = Known.OUTSIDE
    known[agreed & (conf >= _PLACED)] = Known.PLACE_ONLY
    known[agreed & (conf >= _SURELY_VISIBLE)] = Known.VISIBLE
    return Person(np.asarray(box, np.float64), middle, known)


def _quarter_turn(xy: npt.NDArray[np.float32]) -> int:
    """Return by how many quarters counter-clockwise a picture must turn for a head to point up."""
    if not lies(xy):
        return 0
    right, down = torso(xy)
    if abs(right) > abs(down):
        return 1 if right > 0 else 3
    return 2


def _looks_turned(image: Image, network: Network, quarter: int) -> list[People]:
    """Return two looks, plain and mirrored, at a turned picture, in pixels of the upright one."""
    turned = np.ascontiguousarray(np.rot90(image, quarter))
    width = turned.shape[1]
    looks = [
        network.people(turned),
        _mirrored(network.people(np.ascontiguousarray(turned[:, ::-1])), width),
    ]
    return [_turned_back(people, quarter, image.shape[:2]) for people in looks]


def _mirrored(people: People, width: int) -> People:
    boxes = people.boxes.copy()
    boxes[:, [0, 2]] = width - 1 - people.boxes[:, [2, 0]]
    xy = people.xy[:, MIRROR].copy()
    xy[..., 0] = width - 1 - xy[..., 0]
    return People(boxes, people.scores, xy, people.conf[:, MIRROR])


def _turned_back(people: People, quarter: int, shape: tuple[int, ...]) -> People:
    def back(points: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        x, y = points[..., 0], points[..., 1]
        right, bottom = shape[1] - 1, shape[0] - 1
        upright = {1: (right - y, x), 2: (right - x, bottom - y), 3: (y, bottom - x)}[quarter]
        return np.stack(upright, axis=-1)

    corners = back(people.boxes.reshape(-1, 2, 2))
    boxes = np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)
    return People(boxes, people.scores, back(people.xy), people.conf)


def _same_people(a: People, b: People) -> list[tuple[int, int]]:
    """Return pairs of rows that show the same person, the surest first."""
    pairs: list[tuple[int, int]] = []
    overlap = overlaps(a.boxes, b.boxes)
    for row in range(len(a.boxes)):
        free = [other for other in range(len(b.boxes)) if other not in {o for _, o in pairs}]
        if free and overlap[row, free].max() >= _SAME_PERSON:
            pairs.append((row, free[int(overlap[row, free].argmax())]))
    return pairs


def _cut_out(lesson: Lesson, rng: np.random.Generator) -> Lesson:
    """Return the surroundings of the largest person, enlarged to the picture's longer side."""
    areas = [np.prod(person.box[2:] - person.box[:2]) for person in lesson.people]
    box = lesson.people[int(np.argmax(areas))].box
    height, width = lesson.image.shape[:2]
    grown = box + (rng.uniform(*_MARGINS, size=4) * [-1, -1, 1, 1]) * np.tile(box[2:] - box[:2], 2)
    left, top = np.maximum(grown[:2], 0).astype(int)
    right, bottom = np.minimum(np.ceil(grown[2:]), [width, height]).astype(int)
    scale = max(width, height) / max(right - left, bottom - top)
    image = cv2.resize(
        lesson.image[top:bottom, left:right],
        None,
        fx=scale,
        fy=scale,
        interpolation=cv2.INTER_CUBIC,
    )
    corner = np.array([left, top])
    people = [
        Person(
            (person.box - np.tile(corner, 2)) * scale, (person.xy - corner) * scale, person.known
        )
        for person in lesson.people
    ]
    inside = [person for person in people if _share_inside(person.box, image.shape[:2]) > _SLIVER]
    return Lesson(np.asarray(image, np.uint8), tuple(inside))


def _share_inside(box: npt.NDArray[np.float64], shape: tuple[int, ...]) -> float:
    """Return how much of a box lies in the picture, 0 to 1."""
    size = np.array([shape[1], shape[0]])
    kept = (np.minimum(box[2:], size) - np.maximum(box[:2], 0)).clip(0).prod()
    return float(kept / max((box[2:] - box[:2]).prod(), 1e-6))
