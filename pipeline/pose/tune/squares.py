"""Lessons of the network that looks closely: one body each, cut out with room to turn and move."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Protocol, Self

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.clip import Clip, Image
from pipeline.filters import FilterSettings, apply_filters
from pipeline.observe import observe
from pipeline.pose.closeup import CROP_PX, NOWHERE, ROOM, Crop
from pipeline.pose.people import Network, People, nearest_person
from pipeline.pose.runtime import GREY
from pipeline.pose.tune.blazepose import Opinion
from pipeline.pose.tune.lesson import Known, Lesson
from pipeline.watch import LookSettings
from references.skeleton import KEYPOINT_INDEX, MIRROR

Floats = npt.NDArray[np.float32]

_STORED_PX: Final = 384
# Room of what is stored: enough for what `shown` takes, turned and moved.
_STORED_ROOM: Final = 2.0
_JPEG_QUALITY: Final = 95
_ARMS: Final = [
    KEYPOINT_INDEX[f"{side}_{part}"] for side in ("left", "right") for part in ("elbow", "wrist")
]
_NUMBERS: Final = ("xy", "guess", "placed", "visible", "judged")
# Somebody smaller than this in the picture, in pixels, or of whom fewer keypoints are seen, teaches
# nothing.
_LEAST_PX: Final = 50
_LEAST_SEEN: Final = 5

# Whom the network saw is whose keypoints are mostly nearer than this, in diagonals of the body.
_SAME_BODY: Final = 0.2

# Two teachers' places are averaged with this weight on BlazePose, the better one by hand labels.
_BLAZEPOSE_SHARE: Final = 0.65
# A place counts fully where the teachers are this near to each other, in diagonals of the body, and
# not at all where they are as far apart as the second; nor where one's own looks spread further.
_AGREE, _DISAGREE = 0.06, 0.14
_SPREAD: Final = 0.03
# Keypoints that the pose step lost, placed by BlazePose alone, and what it says of visibility.
_ALONE: Final = 0.3
_TOLD_VISIBILITY: Final = 0.5
# How often a picture is turned any way instead of a little, mirrored, filtered as the analysis
# does, seen from afar or out of focus, covered by something, lit in colour, noisy, grey.
_ANY_WAY, _MIRRORED, _FILTERED, _FAR, _UNSHARP = 0.05, 0.5, 0.5, 0.25, 0.2
# How often what is expected is what the pose network saw instead of made up, and of the made-up
# how often a keypoint is far off, both arms or the whole body mirrored, or nothing is expected of
# a keypoint; near and far in extents of the body.
_SEEN, _LOST, _SWAPPED, _MISSING = 0.5, 0.08, 0.03, 0.04
_NEAR, _FAR_OFF, _JITTER = 0.05, 0.2, 0.01
_COVERED, _COLOURED, _NOISY, _GREYED = 0.35, 0.5, 0.3, 0.1
# What lies out of a drawn picture is not visible, which is easily learned.
_OUTSIDE: Final = 0.3


class Teacher(Protocol):
    """Whoever else says where somebody's keypoints are: BlazePose."""

    def look(self, image: Image, expected: npt.NDArray[np.float64]) -> Opinion:
        """Return the keypoints of the body about ``expected`` (17, 2) in ``image`` (H, W, 3)."""
        ...


@dataclass(frozen=True, slots=True)
class Square:
    """One body: ``picture`` is a JPEG in which it stands upright, ``xy`` (17, 2) in its pixels.

    ``guess`` (17, 2) is where it was seen without a close look, NaN where it was not. ``placed``
    (17,) says how much each place counts, 0 for unknown ones; ``visible`` (17,) is how probably
    each is seen, and ``judged`` (17,) how much that counts.
    """

    picture: npt.NDArray[np.uint8]
    xy: Floats
    guess: Floats
    placed: Floats
    visible: Floats
    judged: Floats

    @classmethod
    def cut(
        cls,
        image: Image,
        xy: npt.NDArray[np.floating],
        guess: npt.NDArray[np.floating],
        *rest: npt.ArrayLike,
    ) -> Self:
        """Return the body at ``xy`` of ``image``; ``rest`` are the last three fields."""
        placed, visible, judged = (np.asarray(field, np.float32) for field in rest)
        crop = Crop.around(np.where(placed[:, None] > 0, xy, np.nan), _STORED_ROOM)
        _, picture = cv2.imencode(
            ".jpg", crop.cut(image, _STORED_PX), [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]
        )
        matrix = crop.matrix(_STORED_PX)
        places, guessed = (
            (points @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)
            for points in (np.nan_to_num(xy), guess)
        )
        return cls(np.asarray(picture, np.uint8), places, guessed, placed, visible, judged)


def squares_of(lesson: Lesson, network: Network) -> Iterator[Square]:
    """Yield everybody in a drawn picture of whom enough is seen."""
    people = network.people(lesson.image, None, LookSettings().whole_size)
    for person in lesson.people:
        known = (person.known == Known.HIDDEN) | (person.known == Known.VISIBLE)
        seen = person.known == Known.VISIBLE
        xy = np.where(known[:, None], person.xy, np.nan)
        if seen.sum() < _LEAST_SEEN or (np.nanmax(xy, 0) - np.nanmin(xy, 0)).max() < _LEAST_PX:
            continue
        judged = np.where(person.known == Known.OUTSIDE, _OUTSIDE, 1.0)
        yield Square.cut(lesson.image, xy, _seen_as(xy, people), known, seen, judged)


def _seen_as(xy: npt.NDArray[np.floating], people: People) -> npt.NDArray[np.floating]:
    """Return the keypoints (17, 2) by which the network saw the body at ``xy``, or NaN."""
    number = nearest_person(people, xy, _SAME_BODY)
    return np.full_like(xy, np.nan) if number is None else people.xy[number]


def squares_in(path: Path, network: Network, teacher: Teacher, frames: int) -> Iterator[Square]:
    """Yield the lifter of a real clip in so many frames, placed by both teachers.

    One is ``teacher``, the other the pose step with ``network``, over time and smoothed. Raises
    ClipError for a clip that cannot be watched.
    """
    track = observe(path, network, progress=lambda _step, _done: None).track
    known = np.flatnonzero(np.isfinite(track.xy[..., 0]).sum(axis=1) >= track.xy.shape[1] - 2)
    if not len(known):
        return
    wanted = known[np.unique(np.linspace(0, len(known) - 1, frames).astype(int))]
    times = {round(float(track.t[index]), 3): index for index in wanted}
    with Clip(path) as clip:
        for frame in clip.frames():
            index = times.get(round(frame.t, 3))
            if index is None:
                continue
            xy, conf = track.xy[index].astype(np.float64), track.conf[index]
            lost = ~np.isfinite(xy[:, 0])
            xy[lost] = np.nanmean(xy, axis=0)
            opinion = teacher.look(frame.image, xy)
            size = float(np.linalg.norm(np.ptp(xy, axis=0)))
            apart = np.linalg.norm(opinion.xy - xy, axis=1) / size
            # Of what the pose step lost there is one place only.
            apart[lost] = 0
            placed = np.clip((_DISAGREE - apart) / (_DISAGREE - _AGREE), 0, 1)
            placed *= np.exp(-((opinion.spread / size / _SPREAD) ** 2))
            placed[lost] *= _ALONE
            share = np.where(lost, 1.0, _BLAZEPOSE_SHARE)[:, None]
            both = share * opinion.xy + (1 - share) * xy
            if placed.sum() < _LEAST_SEEN:
                continue
            judged = np.where(lost, 0.0, _TOLD_VISIBILITY)
            guess = np.where(lost[:, None], np.nan, xy)
            yield Square.cut(frame.image, both, guess, placed, conf, judged)


def write_squares(path: Path, squares: Iterable[Square]) -> None:
    """Write squares into one archive, complete or not at all."""
    kept = list(squares)
    pictures = [square.picture.ravel() for square in kept]
    arrays: dict[str, Any] = {
        name: np.array([getattr(square, name) for square in kept], np.float32) for name in _NUMBERS
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=path.parent) as folder:
        fresh = Path(folder) / path.name
        np.savez(
            fresh,
            pictures=np.concatenate([*pictures, np.zeros(0, np.uint8)]),
            ends=np.cumsum([len(picture) for picture in pictures], dtype=np.int64),
            **arrays,
        )
        fresh.replace(path)


def read_squares(path: Path) -> list[Square]:
    """Return the squares in an archive."""
    with np.load(path, allow_pickle=False) as arrays:
        pictures = np.split(arrays["pictures"], arrays["ends"][:-1]) if len(arrays["ends"]) else []
        numbers = [arrays[name] for name in _NUMBERS]
    return [Square(picture, *rest) for picture, *rest in zip(pictures, *numbers, strict=True)]


def shown(
    square: Square, rng: np.random.Generator, others: list[Square]
) -> tuple[npt.NDArray[np.uint8], Floats, Floats, Floats, Floats, Floats]:
    """Return a square as the network is shown it once: turned, moved, mirrored, covered, lit.

    The picture (256, 256, 3) uint8 BGR, where keypoints are expected in its pixels, ``xy``,
    ``placed``, ``visible`` and ``judged``. ``others`` lend patches that cover something.
    """
    stored = np.asarray(cv2.imdecode(square.picture, cv2.IMREAD_COLOR), np.uint8)
    turn = rng.uniform(-np.pi, np.pi) if rng.uniform() < _ANY_WAY else rng.normal(0, 0.3)
    extent = _STORED_PX / _STORED_ROOM
    centre = (_STORED_PX - 1) / 2 + rng.normal(0, 0.06, 2) * extent
    matrix = Crop(centre, extent * rng.uniform(ROOM - 0.2, ROOM + 0.3), turn).matrix(CROP_PX)
    order = list(range(len(MIRROR)))
    if rng.uniform() < _MIRRORED:
        matrix[0] = -matrix[0]
        matrix[0, 2] += CROP_PX - 1
        order = list(MIRROR)
    xy = square.xy[order] @ matrix[:, :2].T + matrix[:, 2]
    expected = _expected(square, rng)[order] @ matrix[:, :2].T + matrix[:, 2]
    placed, visible, judged = (
        field[order] for field in (square.placed, square.visible, square.judged)
    )
    picture = np.asarray(
        cv2.warpAffine(stored, matrix, (CROP_PX, CROP_PX), borderValue=GREY), np.uint8
    )
    if rng.uniform() < _FILTERED:
        picture = apply_filters(picture, FilterSettings())
    picture = _blurred(picture, rng)
    if rng.uniform() < _COVERED:
        for _ in range(int(rng.integers(1, 4))):
            low, high = _cover(picture, rng, others)
            covered = ((xy >= low) & (xy < high)).all(axis=1)
            visible = np.where(covered, 0, visible)
            # What is covered is to be placed as well as the rest of the body tells.
            placed = np.where(covered, placed / 2, placed)
    inside = ((xy >= 0) & (xy < CROP_PX)).all(axis=1)
    return (
        _lit(picture, rng),
        np.nan_to_num(expected, nan=NOWHERE).astype(np.float32),
        xy.astype(np.float32),
        (placed * inside).astype(np.float32),
        (visible * inside).astype(np.float32),
        judged,
    )


def _expected(square: Square, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Return where keypoints (17, 2) are expected, NaN for nowhere, in pixels of the square.

    It is what the pose network saw, or the truth with errors: all keypoints a little off, together
    and each for itself, some far off, sides exchanged.
    """
    extent = _STORED_PX / _STORED_ROOM
    known = square.placed > 0
    if rng.uniform() < _SEEN and np.isfinite(square.guess).any():
        return square.guess + rng.normal(0, _JITTER * extent, square.guess.shape)
    off = rng.uniform(0, _NEAR) * extent
    xy = square.xy + rng.normal(0, off / 2, 2) + rng.normal(0, off, square.xy.shape)
    lost = rng.uniform(size=len(xy)) < _LOST
    xy[lost] += rng.normal(0, _FAR_OFF * extent, (int(lost.sum()), 2))
    mirrored = xy[list(MIRROR)]
    if rng.uniform() < _SWAPPED:
        xy = mirrored
    elif rng.uniform() < _SWAPPED:
        xy[_ARMS] = mirrored[_ARMS]
    xy[~known | (rng.uniform(size=len(xy)) < _MISSING)] = np.nan
    return xy


def _blurred(picture: Image, rng: np.random.Generator) -> Image:
    if rng.uniform() < _FAR:
        small = int(CROP_PX * rng.uniform(0.3, 0.8))
        shrunk = cv2.resize(picture, (small, small), interpolation=cv2.INTER_AREA)
        picture = np.asarray(cv2.resize(shrunk, (CROP_PX, CROP_PX)), np.uint8)
    if rng.uniform() < _UNSHARP:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.5, 1.5)), np.uint8)
    return picture


def _cover(
    picture: Image, rng: np.random.Generator, others: list[Square]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Cover a box of the picture, in place, with a colour or a piece of another; return corners."""
    size = (rng.uniform(0.05, 0.3, 2) * CROP_PX).astype(np.int64)
    low = rng.integers(0, CROP_PX - size)
    high = low + size
    if rng.uniform() < _COLOURED:
        patch: npt.NDArray[np.uint8] = rng.integers(0, 255, 3).astype(np.uint8)
    else:
        lent = others[int(rng.integers(len(others)))].picture
        other = np.asarray(cv2.imdecode(lent, cv2.IMREAD_COLOR), np.uint8)
        left, top = rng.integers(0, _STORED_PX - size)
        patch = other[top : top + size[1], left : left + size[0]]
    picture[low[1] : high[1], low[0] : high[0]] = patch
    return low, high


def _lit(picture: Image, rng: np.random.Generator) -> Image:
    light = picture.astype(np.float32) * rng.uniform(0.6, 1.4) + rng.uniform(-30, 30)
    if rng.uniform() < _COLOURED:
        light *= rng.uniform(0.85, 1.15, 3).astype(np.float32)
    if rng.uniform() < _NOISY:
        light += rng.normal(0, rng.uniform(2, 12), light.shape).astype(np.float32)
    if rng.uniform() < _GREYED:
        light[:] = light.mean(axis=2, keepdims=True)
    return np.asarray(np.clip(light, 0, 255), np.uint8)
