"""Labelled movement to learn from: clips in one folder per exercise, or stored keypoints."""

import csv
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from pipeline.errors import ClipError, SettingError
from pipeline.pose.track import PoseTrack
from references.skeleton import KEYPOINTS

UNKNOWN: Final = "unknown"
"""The class of what is no exercise we know."""

MIN_CLIPS: Final = 3
"""An exercise with fewer clips cannot be learned and tested: its clips teach what is unknown."""

_SUFFIXES: Final = frozenset({".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi"})

Progress = Callable[[str, int, int], None]
"""Called with what is being worked on, how much is done and how much there is."""


@dataclass(frozen=True, slots=True)
class LabelledClip:
    """A video file, the exercise it shows and the footage it belongs to.

    Clips of one ``group`` show the same person or come from the same film: they never stand on both
    sides of a test.
    """

    path: Path
    exercise: str
    group: str


@dataclass(frozen=True, slots=True)
class Example:
    """A track with its label; ``name`` says which clip it is to a reader."""

    track: PoseTrack
    label: str
    group: str
    name: str


def find_clips(folder: Path, manifest: Path | None = None) -> tuple[LabelledClip, ...]:
    """List the clips of ``folder``, one sub-folder per exercise, in alphabetical order.

    ``manifest`` is a CSV file with the columns ``file`` (relative to the folder) and ``group``; the
    folder's own ``manifest.csv`` is taken when there is one. Clips without a group there are one
    group per exercise and family of names (``squat_1.mp4`` and ``squat_12.mp4`` are one family):
    nothing shows that they do not come from the same film. Raises SettingError for a folder without
    clips and a manifest that is not one.
    """
    if not folder.is_dir():
        raise SettingError("train.no_folder", path=folder)
    own = folder / "manifest.csv"
    groups = _read_groups(manifest or own) if manifest or own.exists() else {}
    clips = []
    for path in sorted(folder.glob("*/*")):
        if path.suffix.lower() in _SUFFIXES:
            file = path.relative_to(folder).as_posix()
            group = groups.get(file) or f"{path.parent.name}/{_family(path.stem)}"
            clips.append(LabelledClip(path, path.parent.name, group))
    if not clips:
        raise SettingError("train.no_clips", path=folder)
    return tuple(clips)


def _family(stem: str) -> str:
    return re.sub(r"[\W_]*\d+$", "", stem)


def _read_groups(manifest: Path) -> Mapping[str, str]:
    try:
        with manifest.open(newline="", encoding="utf-8") as file:
            rows = csv.DictReader(file)
            if not {"file", "group"} <= set(rows.fieldnames or ()):
                raise SettingError("train.no_manifest", path=manifest)
            return {row["file"]: (row["group"] or "").strip() for row in rows}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SettingError("train.no_manifest", path=manifest) from error


class PoseCache:
    """Tracks by the content of their clip: each clip is watched once, whatever it is called.

    ``watch`` turns a clip into its track and ``watched_with`` names how (network, frame rate,
    smoothing): with another way of watching, a track is made anew.
    """

    def __init__(
        self, folder: Path, watch: Callable[[Path], PoseTrack], *, watched_with: str
    ) -> None:
        self._folder = folder
        self._watch = watch
        self._watched_with = watched_with.encode()

    def track(self, clip: Path) -> PoseTrack:
        """Return the track of a clip. Raises ClipError when it cannot be watched."""
        digest = hashlib.sha256(self._watched_with)
        with clip.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
        stored = self._folder / f"{digest.hexdigest()}.npz"
        if not stored.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            unfinished = stored.with_suffix(".part")
            self._watch(clip).save(unfinished)
            unfinished.replace(stored)
        return PoseTrack.load(stored)


def load_clips(
    clips: Sequence[LabelledClip], cache: PoseCache, progress: Progress
) -> tuple[tuple[Example, ...], tuple[str, ...]]:
    """Return the examples of all clips, and a sentence about each clip that cannot be used."""
    examples, unusable = [], []
    for done, clip in enumerate(clips):
        progress(clip.path.name, done, len(clips))
        try:
            track = cache.track(clip.path)
        except ClipError as error:
            unusable.append(f"{clip.path.name}: {error.say()}")
        else:
            name = f"{clip.path.parent.name}/{clip.path.name}"
            examples.append(Example(track, clip.exercise, clip.group, name))
    progress("", len(clips), len(clips))
    return tuple(examples), tuple(unusable)


def choose_classes(examples: Sequence[Example], synthetic: Iterable[str] = ()) -> tuple[str, ...]:
    """Return what can be learned, in alphabetical order, then ``UNKNOWN``.

    That is every exercise of ``synthetic`` sets, and every other one with enough clips.
    """
    counts = Counter(e.label for e in examples if e.label != UNKNOWN)
    known = {name for name, count in counts.items() if count >= MIN_CLIPS}
    return (*sorted(known.union(synthetic)), UNKNOWN)


def class_of(label: str, classes: Sequence[str]) -> int:
    """Return the index of a label among the classes: that of ``UNKNOWN`` when it is none."""
    return classes.index(label if label in classes else UNKNOWN)


_OPENPOSE_RATE: Final = 30.0
"""Frames a second of stored OpenPose sequences, which do not say theirs; a phone's usual rate."""

# OpenPose's COCO model writes 18 keypoints: COCO's 17 and the neck, in this order (its
# documentation, "Output", Pose Output Format).
_OPENPOSE: Final = (
    "nose",
    "neck",
    *(f"{side}_{name}" for side in ("right", "left") for name in ("shoulder", "elbow", "wrist")),
    *(f"{side}_{name}" for side in ("right", "left") for name in ("hip", "knee", "ankle")),
    "right_eye",
    "left_eye",
    "right_ear",
    "left_ear",
)
_FROM_OPENPOSE: Final = [_OPENPOSE.index(name) for name in KEYPOINTS]


def load_openpose(folder: Path, label: str) -> tuple[Example, ...]:
    """Read OpenPose keypoints of one exercise as one group.

    Every ``.npy`` file holds a sequence (T, 18, 3) of x and y in pixels and confidence. Raises
    SettingError for a folder without one and for a file of another shape.
    """
    paths = sorted(folder.glob("*.npy"))
    if not paths:
        raise SettingError("train.no_keypoints", path=folder)
    return tuple(
        Example(_from_openpose(path), label, f"openpose/{label}", f"{label}/{path.name}")
        for path in paths
    )


def _from_openpose(path: Path) -> PoseTrack:
    try:
        poses = np.load(path, allow_pickle=False)
    except ValueError as error:
        raise SettingError("train.no_keypoints", path=path) from error
    if poses.shape[1:] != (18, 3) or not poses.size:
        raise SettingError("train.no_keypoints", path=path)
    poses = poses[:, _FROM_OPENPOSE].astype(np.float32)
    xy, conf = poses[..., :2], poses[..., 2]
    width, height = (int(np.ceil(side)) for side in xy.max(axis=(0, 1)))
    xy = np.where(conf[..., None] > 0, xy, np.float32(np.nan))
    return PoseTrack(np.arange(len(xy)) / _OPENPOSE_RATE, xy, conf, width, height)
