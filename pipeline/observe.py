"""Steps 1 to 3 together: a clip becomes the pose track of its lifter."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.clip import Clip, ClipLimits
from pipeline.errors import ClipError
from pipeline.filters import FilterSettings, apply_filters
from pipeline.pose.follow import Follower, choose_lifter, follow
from pipeline.pose.people import Network, People
from pipeline.pose.smooth import SmoothSettings, smooth
from pipeline.pose.track import PoseTrack
from pipeline.report import ClipFacts
from references.texts import DEFAULT_LANGUAGE, text

Progress = Callable[[str, float], None]
"""Called with a step's name and how far it is, 0 to 1."""

_MIN_SECONDS: Final = 0.5

# Somebody in fewer frames than this is named as absent; a set with the head of a machine passing
# in front still has the lifter in nearly all of them.
_MIN_PRESENCE: Final = 0.8

# A frame this little before its turn is taken: the timestamps of a 30 fps clip jitter.
_EARLY_S: Final = 0.005

# Others count as present when they are in at least this share of the frames.
_BYSTANDER_PRESENCE: Final = 0.3


@dataclass(frozen=True, slots=True)
class ObserveSettings:
    """How a clip is watched.

    ``frames_per_second`` is how many frames of each second the pose network sees: a repetition
    lasts a second or more, so 15 samples of it say what 60 would (``benchmarks/README.md``).
    """

    limits: ClipLimits = field(default_factory=ClipLimits)
    filters: FilterSettings = field(default_factory=FilterSettings)
    smoothing: SmoothSettings = field(default_factory=SmoothSettings)
    frames_per_second: float = 15.0


@dataclass(frozen=True, slots=True)
class Observation:
    """The lifter of a clip over time, what the clip was like, and what to say about it."""

    track: PoseTrack
    clip: ClipFacts
    warnings: tuple[str, ...]
    timings_s: dict[str, float]


def observe(
    path: Path,
    network: Network,
    settings: ObserveSettings = ObserveSettings(),
    *,
    language: str = DEFAULT_LANGUAGE,
    progress: Progress,
) -> Observation:
    """Watch a clip: decode it, filter its frames, find everybody, follow the one who lifts.

    Raises ClipError when the clip cannot be read, is too short or shows nobody.
    """
    with Clip(path, settings.limits) as clip:
        seen = _see(clip, network, settings, progress)
        facts = clip.facts()
        warnings = clip.warnings(language)
        size = (clip.width, clip.height)
    if facts.frames_decoded == 1:
        raise ClipError("clip.one_frame")
    if facts.seconds < _MIN_SECONDS:
        raise ClipError("clip.too_short")
    started = perf_counter()
    followers = follow(seen.people, seen.t)
    lifter = choose_lifter(followers, seen.people)
    if lifter is None:
        raise ClipError("pose.nobody")
    track = smooth(_track(lifter, seen, size), settings.smoothing)
    if not np.isfinite(track.xy).any():
        raise ClipError("pose.nobody")
    warnings += _company(lifter, followers, seen, size[0], language)
    seen.timings_s["pose"] += perf_counter() - started
    return Observation(track, facts, warnings, seen.timings_s)


@dataclass(frozen=True, slots=True)
class _Seen:
    """Everybody in each sampled frame: times (T,) in seconds, people in pixels of the shrunk image.

    ``scale`` is image pixels per displayed pixel.
    """

    t: npt.NDArray[np.float64]
    people: list[People]
    scale: float
    timings_s: dict[str, float]


def _see(clip: Clip, network: Network, settings: ObserveSettings, progress: Progress) -> _Seen:
    """Filter the frames whose turn it is and find the people in them."""
    t: list[float] = []
    people: list[People] = []
    spent = {"decode": 0.0, "filter": 0.0, "pose": 0.0}
    scale = 1.0
    due = 0.0
    clock = perf_counter()
    for index, frame in enumerate(clip.frames(long_side=network.image_size)):
        if frame.t + _EARLY_S < due:
            continue
        due = max(due, frame.t) + 1 / settings.frames_per_second
        decoded = perf_counter()
        image = apply_filters(frame.image, settings.filters)
        filtered = perf_counter()
        people.append(network.people(image))
        t.append(frame.t)
        scale = frame.scale
        progress("pose", min(1.0, index / max(clip.declared_frames, 1)))
        spent["decode"] += decoded - clock
        spent["filter"] += filtered - decoded
        clock = perf_counter()
        spent["pose"] += clock - filtered
    spent["decode"] += perf_counter() - clock
    return _Seen(np.array(t), people, scale, spent)


def _track(lifter: Follower, seen: _Seen, size: tuple[int, int]) -> PoseTrack:
    xy = np.full((len(seen.t), 17, 2), np.nan, np.float32)
    conf = np.zeros((len(seen.t), 17), np.float32)
    for frame, row in zip(lifter.frames, lifter.rows, strict=True):
        xy[frame] = seen.people[frame].xy[row] / seen.scale
        conf[frame] = seen.people[frame].conf[row]
    return PoseTrack(seen.t, xy, conf, *size)


def _company(
    lifter: Follower, followers: list[Follower], seen: _Seen, width: int, language: str
) -> tuple[str, ...]:
    """Say when others were in the picture, and when the lifter was not."""
    said = []
    staying = [f for f in followers if len(f.frames) >= _BYSTANDER_PRESENCE * len(seen.people)]
    others = [f for f in staying if f is not lifter]
    if others:
        boxes = [seen.people[f].boxes[r] for f, r in zip(lifter.frames, lifter.rows, strict=True)]
        centre = float(np.median([(box[0] + box[2]) / 2 for box in boxes])) / (width * seen.scale)
        part = "left_part" if centre < 1 / 3 else "right_part" if centre > 2 / 3 else "middle_part"
        where = text(f"pose.{part}", language)
        said.append(text("pose.others", language, count=len(others) + 1, where=where))
    presence = len(lifter.frames) / len(seen.people)
    if presence < _MIN_PRESENCE:
        said.append(text("pose.away", language, percent=round(100 * presence)))
    return tuple(said)
