"""One picture with what is known of the people in it, in the form that Ultralytics learns from."""

from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.clip import Image

_JPEG_QUALITY = 93


class Known(IntEnum):
    """What is known of a keypoint; the values stand in the label files.

    COCO has 0 for unlabelled, 1 for hidden and 2 for visible. Ultralytics sets 0 on every keypoint
    that its augmentation moves out of the picture, so 0 means that here.
    """

    OUTSIDE = 0
    HIDDEN = 1
    VISIBLE = 2
    PLACE_ONLY = 3
    NOTHING = 4


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a picture: ``box`` (4,) left, top, right, bottom and ``xy`` (17, 2), both pixels.

    ``known`` (17,) holds a `Known` for every keypoint.
    """

    box: npt.NDArray[np.float64]
    xy: npt.NDArray[np.float64]
    known: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Lesson:
    """A picture (H, W, 3) uint8 BGR and everybody in it."""

    image: Image
    people: tuple[Person, ...]


def write_lesson(lesson: Lesson, folder: Path, name: str) -> None:
    """Write ``images/NAME.jpg`` and ``labels/NAME.txt``, the label last: it marks the pair whole.

    A label line is: class, box centre and size, and x, y, known of every keypoint; lengths are
    shares of the picture's width and height (the YOLO pose format of Ultralytics).
    """
    for kind in ("images", "labels"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
    picture = folder / "images" / f"{name}.jpg"
    cv2.imwrite(str(picture), lesson.image, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    lines = [_line(person, lesson.image.shape[:2]) for person in lesson.people]
    label_path(folder, name).write_text("".join(lines), encoding="utf-8")


def label_path(folder: Path, name: str) -> Path:
    """Return where the labels of a lesson lie; the lesson is written when they do."""
    return folder / "labels" / f"{name}.txt"


def _line(person: Person, shape: tuple[int, ...]) -> str:
    size = np.array([shape[1], shape[0]])
    corners = np.clip(person.box.reshape(2, 2) / size, 0, 1)
    centre, extent = corners.mean(axis=0), corners[1] - corners[0]
    xy = person.xy / size
    inside = ((xy >= 0) & (xy <= 1)).all(axis=1)
    known = np.where(inside | (person.known == Known.NOTHING), person.known, Known.OUTSIDE)
    placed = inside & (known != Known.NOTHING)
    xy = np.where(placed[:, None], xy, 0.0)
    keypoints = " ".join(f"{x:.5f} {y:.5f} {k}" for (x, y), k in zip(xy, known, strict=True))
    box = " ".join(f"{value:.5f}" for value in (*centre, *extent))
    return f"0 {box} {keypoints}\n"
