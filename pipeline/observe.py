"""Steps 1 to 3 together: a clip becomes the pose track of its lifter."""

from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.clip import Clip, ClipLimits, Stills
from pipeline.errors import ClipError
from pipeline.filters import FilterSettings
from pipeline.pose.attend import Sightings
from pipeline.pose.follow import Follower, follow
from pipeline.pose.lifting import choose_lifter, walks_about
from pipeline.pose.people import Network
from pipeline.pose.smooth import SmoothSettings, smooth
from pipeline.pose.track import PoseTrack
from pipeline.report import ClipFacts
from pipeline.watch import LookSettings, Progress, Survey, Watch
from references.texts import DEFAULT_LANGUAGE, text

Floats = npt.NDArray[np.float32]

_MIN_SECONDS: Final = 0.5

# Somebody in fewer frames than this is named as absent; a set with the head of a machine passing
# in front still has the lifter in nearly all of them.
_MIN_PRESENCE: Final = 0.8

# Others count as present when they are in at least this share of the frames.
_BYSTANDER_PRESENCE: Final = 0.3

# Who is inside of what the lifter's keypoints span by more than this share is a part of the lifter.
# Hands, feet and crown lie beyond keypoints, by so much of the longer side.
_PART_OF: Final = 0.8
_ROOM: Final = 0.15


@dataclass(frozen=True, slots=True)
class ObserveSettings:
    """How a clip is watched: what it may cost, how it is filtered, looked at and smoothed."""

    limits: ClipLimits = field(default_factory=ClipLimits)
    filters: FilterSettings = field(default_factory=FilterSettings)
    look: LookSettings = field(default_factory=LookSettings)
    smoothing: SmoothSettings = field(default_factory=SmoothSettings)


@dataclass(frozen=True, slots=True)
class Observation:
    """The lifter of a clip over time, what the clip was like, and what to say about it.

    ``stills`` are the clip's frames, None where there is no clip any more.
    """

    track: PoseTrack
    clip: ClipFacts
    warnings: tuple[str, ...]
    timings_s: dict[str, float]
    stills: Stills | None


def observe(
    path: Path,
    network: Network,
    settings: ObserveSettings = ObserveSettings(),
    *,
    language: str = DEFAULT_LANGUAGE,
    progress: Progress,
) -> Observation:
    """Watch a clip: decode it, filter its frames, find everybody, follow the one who lifts.

    Raises ClipError when the clip cannot be read, is too short, shows nobody who lifts or too
    little of them.
    """
    with Watch(network, settings.look, settings.filters, progress) as watch:
        with Clip(path, settings.limits, shrunk_to=network.image_size) as clip:
            survey = watch.survey(clip)
            facts = clip.facts()
            warnings = clip.warnings(language)
            size = (clip.width, clip.height)
            stills = clip.stills()
        if facts.frames_decoded == 1:
            raise ClipError("clip.one_frame")
        if facts.seconds < _MIN_SECONDS:
            raise ClipError("clip.too_short")
        followers = follow(survey.people, survey.t)
        width = survey.spool.size[0]
        lifter = choose_lifter(followers, survey.people, width)
        if lifter is None:
            raise ClipError("pose.too_little" if _somebody(survey) else "pose.nobody")
        if walks_about(lifter, survey.people, survey.t):
            raise ClipError("pose.nobody_lifts")
        xy, conf = watch.attend(survey, Sightings.of(lifter, survey.people, survey.t))
    started = perf_counter()
    spool = survey.spool
    track = smooth(
        PoseTrack(spool.t, xy / np.float32(spool.scale), conf, *size), settings.smoothing
    )
    if not np.isfinite(track.xy).any():
        raise ClipError("pose.too_little")
    others = [each for each in followers if each is not lifter]
    warnings += _company(others, survey, xy, language)
    watch.timings_s["pose"] += perf_counter() - started
    return Observation(track, facts, warnings, watch.timings_s, stills)


def _somebody(survey: Survey) -> bool:
    """Return whether somebody is there for longer than a thing is taken for a person."""
    present = np.array([len(people.scores) > 0 for people in survey.people])
    return bool(present.mean() >= _BYSTANDER_PRESENCE)


def _company(others: list[Follower], survey: Survey, xy: Floats, language: str) -> tuple[str, ...]:
    """Say when others were in the picture, and when the lifter was not.

    ``xy`` (T, 17, 2) are the lifter's keypoints in all spooled frames.
    """
    said = []
    looked_at = xy[survey.at]
    staying = [f for f in others if len(f.frames) >= _BYSTANDER_PRESENCE * len(survey.people)]
    count = sum(not _is_part(other, survey, looked_at) for other in staying)
    if count:
        centre = float(np.nanmedian(looked_at[..., 0])) / survey.spool.size[0]
        part = "left_part" if centre < 1 / 3 else "right_part" if centre > 2 / 3 else "middle_part"
        where = text(f"pose.{part}", language)
        said.append(text("pose.others", language, count=count + 1, where=where))
    presence = np.isfinite(looked_at).any(axis=(1, 2)).mean()
    if presence < _MIN_PRESENCE:
        said.append(text("pose.away", language, percent=round(100 * presence)))
    return tuple(said)


def _is_part(other: Follower, survey: Survey, xy: Floats) -> bool:
    """Return whether somebody followed is a part of the lifter with keypoints (W, 17, 2).

    Writing over the picture or a machine cuts a body in two, and a network sees two people.
    """
    boxes = Sightings.of(other, survey.people, survey.t).boxes
    body = xy[other.frames]
    known = np.isfinite(body).any(axis=(1, 2))
    if not known.any():
        return False
    boxes, body = boxes[known], body[known]
    low, high = np.nanmin(body, axis=1), np.nanmax(body, axis=1)
    room = _ROOM * (high - low).max(axis=1, keepdims=True)
    low, high = low - room, high + room
    shared = np.minimum(boxes[:, 2:], high) - np.maximum(boxes[:, :2], low)
    size = boxes[:, 2:] - boxes[:, :2]
    inside = shared.clip(min=0).prod(axis=1) / size.prod(axis=1).clip(min=1)
    return bool(np.median(inside) > _PART_OF)
