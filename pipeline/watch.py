"""Looking at a clip: at whole frames while it is decoded, then around the lifter in between."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from os import cpu_count
from threading import Lock
from time import perf_counter
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.clip import Clip, Frame, Image, decoded_ahead
from pipeline.filters import FilterSettings, apply_filters
from pipeline.pose.attend import Sightings, is_cut_off
from pipeline.pose.between import Course
from pipeline.pose.closeup import CloseUp
from pipeline.pose.people import Network, People, Region
from pipeline.spool import Spool

Floats = npt.NDArray[np.float32]

Progress = Callable[[str, float], None]
"""Called with a step's name and how far it is, 0 to 1."""

# Each look takes some 50 MB; more at a time than this would be paid for in memory.
_MOST_AT_A_TIME: Final = 4

# The share of the work that is done when every frame has been decoded.
_SURVEYED: Final = 0.5


@dataclass(frozen=True, slots=True)
class LookSettings:
    """Which frames are looked at, and how closely; chosen by figures in ``benchmarks/README.md``.

    ``frames_per_second`` is how many frames of each second take part: a repetition lasts a second
    or more, so 15 samples of it say what 60 would. ``whole_every_s`` is the time from one look at
    the whole frame to the next, 0 for nothing but whole frames. Between them the lifter alone is
    looked at, and with ``skip_still`` nobody at all as long as the lifter stands still.
    With ``skip_even`` the frame halfway is looked at first, and no other while the lifter moves so
    evenly that the rest can be told. ``whole_size`` is the most pixels at which the longer side of
    a frame is looked at, and ``region_size`` that of the region around the lifter, where a network
    has nothing better for it: it is surest of bodies as large as those it was tuned on.
    """

    frames_per_second: float = 15.0
    whole_every_s: float = 0.33
    whole_size: int = 448
    region_size: int = 416
    skip_still: bool = True
    skip_even: bool = True


@dataclass(frozen=True, slots=True)
class Survey:
    """Who is in the frames that were looked at whole: ``at`` (W,) are their indices in the spool.

    Boxes and keypoints are in pixels of the spooled frames.
    """

    spool: Spool
    at: npt.NDArray[np.intp]
    people: list[People]

    @property
    def t(self) -> npt.NDArray[np.float64]:
        """Return the times (W,) of these frames in seconds."""
        return self.spool.t[self.at]


class Watch:
    """One network's looks at one clip, as many side by side as there are cores.

    ``timings_s`` adds up the seconds of all threads: together they may exceed the time that passed.
    Use as a context manager.
    """

    def __init__(
        self,
        network: Network,
        settings: LookSettings,
        filters: FilterSettings,
        progress: Progress,
    ) -> None:
        self.timings_s = {"decode": 0.0, "filter": 0.0, "pose": 0.0}
        self._network = network
        self._settings = settings
        self._filters = filters
        self._progress = progress
        self._lock = Lock()
        self._pool = ThreadPoolExecutor(min(cpu_count() or 1, _MOST_AT_A_TIME))

    def __enter__(self) -> "Watch":
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def survey(self, clip: Clip) -> Survey:
        """Keep the frames whose turn it is, and find everybody in some of them."""
        spool, at, people = Spool(), list[int](), list[People]()
        looks = deque[Future[People]]()
        due = 0.0
        wanted = clip.frames(self._network.image_size, self._settings.frames_per_second)
        with decoded_ahead(wanted) as frames:
            while frame := self._next(frames):
                if frame.t >= due:
                    due = frame.t + self._settings.whole_every_s
                    at.append(len(spool))
                    looks.append(self._pool.submit(self._whole, frame.image))
                    if len(looks) > _MOST_AT_A_TIME:
                        people.append(looks.popleft().result())
                spool.append(frame)
                done = frame.t / max(clip.declared_seconds, frame.t, 1e-3)
                self._progress("pose", _SURVEYED * done)
        if at[-1] < len(spool) - 1:
            at.append(len(spool) - 1)
            looks.append(self._pool.submit(self._whole, spool.image(at[-1])))
        people += [look.result() for look in looks]
        return Survey(spool, np.array(at), people)

    def attend(self, survey: Survey, lifter: Sightings) -> tuple[Floats, Floats]:
        """Return the lifter's keypoints (T, 17, 2) and confidences (T, 17) in every spooled frame.

        Keypoints are in pixels of the spooled frames, NaN where the lifter was not found.
        """
        lifter = lifter.found_again(survey.people, survey.t).made_whole()
        if self._network.closeup:
            lifter = self._seen_closely(survey.spool, lifter, self._network.closeup)
        course = Course.beginning(survey.spool.t, lifter)
        gaps = list(pairwise(survey.at.tolist()))
        filled = self._pool.map(lambda gap: self._fill(survey.spool, course, lifter, *gap), gaps)
        for done, _ in enumerate(filled, 1):
            self._progress("pose", _SURVEYED + (1 - _SURVEYED) * done / len(gaps))
        self._progress("pose", 1.0)
        return course.xy, course.conf

    def _fill(self, spool: Spool, course: Course, lifter: Sightings, first: int, last: int) -> None:
        """Find the lifter in the frames between two: in the middle, then in both halves if needed.

        Gaps share no frame, so threads may fill them side by side.
        """
        if last - first <= 1:
            return
        middle = (first + last) // 2
        pose = self._pose(spool, middle, lifter, course.on_the_way(first, middle, last))
        if pose is not None:
            course.xy[middle], course.conf[middle] = pose
        if self._settings.skip_even and course.is_even(first, middle, last):
            course.fill(first, middle, last)
            return
        self._fill(spool, course, lifter, first, middle)
        self._fill(spool, course, lifter, middle, last)

    def _pose(
        self, spool: Spool, index: int, lifter: Sightings, expected: Floats
    ) -> tuple[Floats, Floats] | None:
        """Return where the lifter's keypoints are in one frame, or None where the lifter is not.

        ``expected`` (17, 2) is about where they are, NaN where that is not known.
        """
        t = float(spool.t[index])
        region = lifter.region(t, spool.size)
        if region is None:
            return None
        if self._settings.skip_still and lifter.is_still(t):
            return lifter.pose(t)
        image = spool.image(index)
        if self._network.closeup:
            return self._found_closely(image, lifter, t, expected, self._network.closeup)
        longer = max(region.right - region.left, region.bottom - region.top)
        people = self._people(image, region, min(longer, self._settings.region_size))
        row = lifter.row(people, t)
        if row is None or is_cut_off(people.boxes[row], region, spool.size):
            people = self._whole(image)
            row = lifter.row(people, t)
        return None if row is None else (people.xy[row], people.conf[row])

    def _found_closely(
        self,
        image: Image,
        lifter: Sightings,
        t: float,
        expected: Floats,
        closeup: CloseUp,
    ) -> tuple[Floats, Floats] | None:
        """Return the lifter's keypoints and confidences, looking everywhere if need be, or None."""
        if not np.isfinite(expected).all() and lifter.is_near(t):
            expected, _ = lifter.pose(t)
        if np.isfinite(expected).all():
            seen = self._closely(image, expected, closeup)
            if lifter.holds(seen[0], t):
                return seen
        people = self._whole(image)
        row = lifter.row(people, t)
        if row is None:
            return None
        seen = self._closely(image, people.xy[row], closeup)
        return seen if lifter.holds(seen[0], t) else (people.xy[row], people.conf[row])

    def _seen_closely(self, spool: Spool, lifter: Sightings, closeup: CloseUp) -> Sightings:
        """Return the sightings with keypoints as seen from nearby, where these are the lifter's."""
        at = np.searchsorted(spool.t, lifter.t).tolist()
        looks = self._pool.map(
            lambda n: self._closely(spool.image(at[n]), lifter.xy[n], closeup), range(len(at))
        )
        xy, conf = (np.stack(column) for column in zip(*looks, strict=True))
        return lifter.with_poses(xy, conf)

    def _closely(self, image: Image, expected: Floats, closeup: CloseUp) -> tuple[Floats, Floats]:
        """Return the keypoints (17, 2) and confidences (17,) of the body about where expected.

        What is cut out is filtered, which is so little that its time counts as that of the pose.
        """
        with self._timed("pose"):
            return closeup.look(image, expected, lambda cut: apply_filters(cut, self._filters))

    def _next(self, frames: Iterator[Frame]) -> Frame | None:
        with self._timed("decode"):
            return next(frames, None)

    def _whole(self, image: Image) -> People:
        return self._people(image, None, min(max(image.shape[:2]), self._settings.whole_size))

    def _people(
        self, image: Image, region: Region | None = None, image_size: int | None = None
    ) -> People:
        with self._timed("filter"):
            filtered = apply_filters(image, self._filters)
        with self._timed("pose"):
            return self._network.people(filtered, region, image_size)

    @contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        started = perf_counter()
        try:
            yield
        finally:
            with self._lock:
                self.timings_s[step] += perf_counter() - started
