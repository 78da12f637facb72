"""Real frames with keypoints labelled by hand: the truth that poses are measured against."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.clip import Clip, Image
from references.skeleton import KEYPOINT_INDEX, KEYPOINTS

LABELS: Final = Path(__file__).with_name("pose_labels.csv")
PHOTOS: Final = Path(__file__).with_name("lying_photo_labels.csv")
LIFTERS: Final = Path(__file__).with_name("lifter_labels.csv")

# Times are written to the millisecond, and phones film at most 240 frames a second.
_SAME_TIME_S: Final = 0.002


@dataclass(frozen=True, slots=True)
class FrameLabel:
    """The keypoints of the one who lifts, in one frame of one clip.

    ``file`` is the clip's path inside the folder of clips and ``t`` the frame's timestamp in
    seconds. ``xy`` (17, 2) float32 are pixels of the frame as displayed, ``width`` by ``height``;
    NaN where a keypoint is out of the picture or its place cannot be known. ``visible`` (17,) is
    true where it is seen, ``hidden`` (17,) where it is covered and its place was estimated.
    ``group`` is the same for footage of one person or place.
    """

    file: str
    group: str
    exercise: str
    t: float
    width: int
    height: int
    xy: npt.NDArray[np.float32]
    visible: npt.NDArray[np.bool_]
    hidden: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class LabelledFrame:
    """What is known of a frame beside its decoded ``image`` (H, W, 3) uint8 BGR."""

    label: FrameLabel
    image: Image


@dataclass(frozen=True, slots=True)
class LifterBox:
    """Where the one who lifts is, in one frame of a clip that shows other people or mirrors too.

    ``box`` is left, top, right, bottom in pixels of the frame as displayed, ``width`` by
    ``height``, round everything seen of them; the other fields are those of ``FrameLabel``.
    """

    file: str
    group: str
    exercise: str
    t: float
    width: int
    height: int
    box: tuple[int, int, int, int]


def lifter_boxes(table: Path = LIFTERS) -> tuple[LifterBox, ...]:
    """Return the boxes in ``table``, by file and time."""
    with table.open(newline="", encoding="utf-8") as file:
        boxes = [
            LifterBox(
                file=row["file"],
                group=row["group"],
                exercise=row["exercise"],
                t=float(row["t"]),
                width=int(row["width"]),
                height=int(row["height"]),
                box=(int(row["left"]), int(row["top"]), int(row["right"]), int(row["bottom"])),
            )
            for row in csv.DictReader(file)
        ]
    return tuple(sorted(boxes, key=lambda label: (label.file, label.t)))


def frame_labels(table: Path = LABELS) -> tuple[FrameLabel, ...]:
    """Return the labels in ``table``, by file and time.

    Raises ValueError for a frame that does not name each keypoint once.
    """
    with table.open(newline="", encoding="utf-8") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: (row["file"], float(row["t"])))
    frames = groupby(rows, key=lambda row: (row["file"], row["t"]))
    return tuple(_frame_label(list(keypoints)) for _, keypoints in frames)


def labelled_frames(clips: Path, table: Path = LABELS) -> Iterator[LabelledFrame]:
    """Decode and yield every labelled frame; each clip in the folder ``clips`` is read once.

    Raises ValueError when a clip has no frame at a labelled time or is of another size, as it is
    after having been cut or encoded anew, and FileNotFoundError when it is missing.
    """
    for file, labels in groupby(frame_labels(table), key=lambda label: label.file):
        yield from _decoded(clips / file, list(labels))


def labelled_photos(photos: Path, table: Path = PHOTOS) -> Iterator[LabelledFrame]:
    """Read and yield every labelled photo in the folder ``photos``.

    Raises FileNotFoundError when one is missing or cannot be read, ValueError when it is of another
    size.
    """
    for label in frame_labels(table):
        image = cv2.imread(str(photos / label.file))
        if image is None:
            raise FileNotFoundError(photos / label.file)
        if image.shape[:2] != (label.height, label.width):
            raise ValueError(f"{label.file} is {image.shape[1]}x{image.shape[0]}")
        yield LabelledFrame(label, np.asarray(image, np.uint8))


def _decoded(path: Path, labels: list[FrameLabel]) -> Iterator[LabelledFrame]:
    waiting = list(labels)
    with Clip(path) as clip:
        for frame in clip.frames():
            if abs(frame.t - waiting[0].t) > _SAME_TIME_S:
                continue
            label = waiting.pop(0)
            if (clip.width, clip.height) != (label.width, label.height):
                raise ValueError(
                    f"{label.file} is {clip.width}x{clip.height}, "
                    f"labelled at {label.width}x{label.height}"
                )
            yield LabelledFrame(label, frame.image)
            if not waiting:
                return
    raise ValueError(f"{waiting[0].file} has no frame at {waiting[0].t} s")


def _frame_label(rows: list[dict[str, str]]) -> FrameLabel:
    first = rows[0]
    if sorted(row["keypoint"] for row in rows) != sorted(KEYPOINTS):
        raise ValueError(f"{first['file']} at {first['t']} s: not each keypoint once")
    xy = np.full((len(KEYPOINTS), 2), np.nan, np.float32)
    visible = np.zeros(len(KEYPOINTS), np.bool_)
    hidden = np.zeros(len(KEYPOINTS), np.bool_)
    for row in rows:
        index = KEYPOINT_INDEX[row["keypoint"]]
        if row["visibility"] != "absent":
            xy[index] = float(row["x"]), float(row["y"])
        visible[index] = row["visibility"] == "visible"
        hidden[index] = row["visibility"] == "hidden"
    return FrameLabel(
        file=first["file"],
        group=first["group"],
        exercise=first["exercise"],
        t=float(first["t"]),
        width=int(first["width"]),
        height=int(first["height"]),
        xy=xy,
        visible=visible,
        hidden=hidden,
    )
