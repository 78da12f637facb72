"""Lifters nobody taught, in all 22 exercises: what the shipped network makes of pairs of photos.

    python -m benchmarks.recognition_photos PHOTOS

``PHOTOS`` has a folder for each exercise with pairs ``NAME_0.jpg`` and ``NAME_1.jpg``: a lifter at
either end of a repetition. The pose step looks at both, and between them limbs turn and stretch
evenly, three times to and fro. Which end comes first is not known, so both orders are shown, each
as a set of its own, and the mean answer counts. A stand-in for clips: of most exercises there is
one real clip or none. The last line is one JSON object.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import cv2
import numpy as np
import numpy.typing as npt
import typer
from rich.console import Console
from rich.table import Table

from benchmarks.stills import largest_in_still
from bot.cli.console import progress_bar
from pipeline.classify import look_alike
from pipeline.classify.calibration import wilson
from pipeline.classify.recognise import Recogniser, answer, settled
from pipeline.classify.weights import SHIPPED, load
from pipeline.pose.loading import load_network
from pipeline.pose.people import Network
from pipeline.pose.proportions import ARMS_AND_LEGS
from pipeline.pose.track import PoseTrack

Floats = npt.NDArray[np.float64]

_REPETITIONS: Final = 3
_REPETITION_S: Final = 2.5
_FPS: Final = 15.0


@dataclass(frozen=True, slots=True)
class Pose:
    """A lifter in a photo: keypoints ``xy`` (17, 2) in pixels, and how sure each is (17,)."""

    xy: Floats
    conf: Floats


@dataclass(frozen=True, slots=True)
class Pair:
    """Both ends of a repetition, in photos of ``size``, width and height in pixels."""

    exercise: str
    name: str
    ends: tuple[Pose, Pose]
    size: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Named:
    """What a pair was taken for, with the probabilities of that and of the truth."""

    pair: Pair
    taken_for: str
    probability: float
    probability_of_truth: float


def main(
    photos: Annotated[Path, typer.Argument(exists=True, file_okay=False)],
) -> None:
    """Look at the photos and name what they show."""
    network, recogniser = load_network(), load(SHIPPED)
    names = sorted(photos.glob("*/*_0.jpg"))
    named, unseen = [], []
    with progress_bar(Console(stderr=True)) as report:
        for number, first in enumerate(names):
            report("photos", number, len(names))
            pair = look(network, first)
            if pair is None:
                unseen.append(f"{first.parent.name}/{first.stem}")
            else:
                named.append(name(recogniser, pair))
    Console().print(table(named))
    for one in (each for each in named if each.taken_for != each.pair.exercise):
        print(
            f"wrong: {one.pair.exercise}/{one.pair.name} taken for {one.taken_for} "
            f"({one.probability:.2f}; truth {one.probability_of_truth:.2f})"
        )
    right = sum(one.taken_for == one.pair.exercise for one in named)
    low, high = wilson(right, len(named))
    figures = {
        "pairs": len(named),
        "right": right,
        "low": round(low, 4),
        "high": round(high, 4),
        "alike": sum(look_alike(one.taken_for, one.pair.exercise) for one in named),
        "unseen": unseen,
    }
    print(json.dumps(figures))


def look(network: Network, first: Path) -> Pair | None:
    """Return the pair that begins with a photo, None where nobody is seen in one of the two.

    Raises FileNotFoundError where one of the photos is missing or cannot be read.
    """
    stem = first.stem.removesuffix("_0")
    poses, size = [], (0, 0)
    for path in (first, first.with_name(f"{stem}_1.jpg")):
        image = cv2.imread(str(path))
        if image is None:
            raise FileNotFoundError(path)
        seen = largest_in_still(network, np.asarray(image, np.uint8))
        if seen is None:
            return None
        poses.append(Pose(*seen))
        size = (image.shape[1], image.shape[0])
    return Pair(first.parent.name, stem, (poses[0], poses[1]), size)


def name(recogniser: Recogniser, pair: Pair) -> Named:
    """Return what a pair is taken for."""
    shares = np.mean([answer(recogniser, each) for each in sets_of(pair)], axis=0)
    honest = settled(shares, recogniser.classes, recogniser.temperature)
    taken_for = recogniser.classes[int(honest.argmax())]
    truth = honest[recogniser.classes.index(pair.exercise)]
    return Named(pair, taken_for, float(honest.max()), float(truth))


def sets_of(pair: Pair) -> Iterator[PoseTrack]:
    """Yield a set that begins at either end."""
    t = np.arange(0, _REPETITIONS * _REPETITION_S, 1 / _FPS)
    away = (1 - np.cos(2 * np.pi * t / _REPETITION_S)) / 2
    for start, turn in (pair.ends, pair.ends[::-1]):
        conf = np.minimum(start.conf, turn.conf)
        yield PoseTrack(
            t,
            between(start.xy, turn.xy, away).astype(np.float32),
            np.tile(conf, (len(t), 1)).astype(np.float32),
            *pair.size,
        )


def between(start: Floats, turn: Floats, share: Floats) -> Floats:
    """Return keypoints (T, 17, 2) at shares (T,) of the way between two poses (17, 2).

    Head and trunk move straight; arms and legs turn about the joint they hang from, the short way
    round, and change their length evenly.
    """
    xy = start + share[:, None, None] * (turn - start)
    for upper, lower in ARMS_AND_LEGS:
        ways = [pose[lower] - pose[upper] for pose in (start, turn)]
        angles = np.unwrap([np.arctan2(y, x) for x, y in ways])
        lengths = np.linalg.norm(ways, axis=1)
        angle = angles[0] + share * (angles[1] - angles[0])
        length = lengths[0] + share * (lengths[1] - lengths[0])
        way = np.stack([np.cos(angle), np.sin(angle)], axis=1) * length[:, None]
        xy[:, lower] = xy[:, upper] + way
    return xy


def table(named: list[Named]) -> Table:
    """Return a row for each exercise."""
    shown = Table("exercise", "pairs", "right", "alike")
    for exercise in sorted({one.pair.exercise for one in named}):
        of_it = [one.taken_for for one in named if one.pair.exercise == exercise]
        alike = sum(look_alike(taken, exercise) for taken in of_it)
        shown.add_row(exercise, str(len(of_it)), str(of_it.count(exercise)), str(alike))
    return shown


if __name__ == "__main__":
    typer.run(main)
