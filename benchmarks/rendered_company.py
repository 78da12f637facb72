"""Rendered sets in company: whom the pose step follows, with the real network and all."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from benchmarks.filming import filmed
from pipeline.errors import ClipError
from pipeline.observe import ObserveSettings, observe
from pipeline.pose.people import Network
from references.motions import motions
from references.skeleton import MIRROR
from references.synthetic.takes import chance_take

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

RENDERED: Final = ("others", "mirror")
"""One or two other people about, or a mirror on the wall behind the lifter."""

_FPS: Final = 15.0
_REPETITIONS: Final = 2
_LONG_SIDE_PX: Final = 640
_MOST_OTHERS: Final = 2
# Somebody else counts as seen with so many keypoints, uncovered or in a mirror. Nobody films a set
# of which somebody stands in the way: this many of the lifter's are seen.
_LEAST_KEYPOINTS: Final = 6
_LEAST_OF_LIFTER: Final = 8
_MOST_FRAMES: Final = 0.7
_MANY_FRAMES: Final = 0.5


@dataclass(frozen=True, slots=True)
class Company:
    """A rendered clip and what is true of it (`references.synthetic.film.truth`)."""

    clip: Path
    truth: dict[str, Any]


def rendered(count: int, company: str, work: Path, *, seed: int) -> Iterator[Company]:
    """Yield ``count`` clips in which others, or the lifter's reflection, are seen.

    They are filmed into the folder ``work`` unless they are there already. Exercises take turns.
    """
    work.mkdir(parents=True, exist_ok=True)
    names = list(motions())
    number, left = 0, count
    while left:
        take = partial(
            chance_take,
            names[number % len(names)],
            seed=1000 * seed + number,
            repetitions=_REPETITIONS,
            fps=_FPS,
            bystanders=_MOST_OTHERS if company == "others" else 0,
            mirror=company == "mirror",
            long_side=_LONG_SIDE_PX,
        )
        clip = filmed(work / f"{company}-{seed}-{number:03d}.mp4", take, _FPS, seed=number)
        truth = json.loads(clip.with_suffix(".json").read_text(encoding="utf-8"))
        number += 1
        if _in_company(truth):
            yield Company(clip, truth)
            left -= 1


def frames_right(company: Company, network: Network) -> Bools:
    """Return for every frame (T,) of a rendered clip whether the one followed is the lifter.

    The lifter must be found, and be nearer to what was found than anybody else is, by the mean
    distance of all keypoints.
    """
    lifter = np.array(company.truth["xy"])
    try:
        track = observe(company.clip, network, ObserveSettings(), progress=lambda *_: None).track
    except ClipError:
        return np.zeros(len(lifter), np.bool_)
    frames = np.minimum(np.round(track.t * _FPS).astype(np.intp), len(lifter) - 1)
    found = np.isfinite(track.xy[..., 0]).any(axis=1)
    apart = np.stack([_apart(track.xy, xy[frames]) for xy in (lifter, *_others(company.truth))])
    return np.asarray(found & (apart.argmin(axis=0) == 0))


def _apart(found: npt.NDArray[np.float32], true: Floats) -> Floats:
    """Return the mean distance (T,) of the keypoints found from somebody's, in pixels."""
    off = np.linalg.norm(found - true, axis=2)
    known = np.isfinite(off)
    return np.asarray(np.where(known, off, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1))


def _others(truth: dict[str, Any]) -> list[Floats]:
    """Return the keypoints (T, 17, 2) of everybody but the lifter, in pixels."""
    others = [np.array(other["xy"]) for other in truth["bystanders"]]
    if "reflection_xy" in truth:
        # A network takes the reflected left hand for a right one.
        others.append(np.array(truth["reflection_xy"])[:, MIRROR])
    return others


def _in_company(truth: dict[str, Any]) -> bool:
    """Return whether most frames show the lifter, and many somebody else or the reflection."""
    lens = truth["camera"]["lens"]
    size = np.array([lens["width"], lens["height"]])
    seen = [np.array(other["visible"]) for other in truth["bystanders"]]
    if "reflection_xy" in truth:
        xy = np.array(truth["reflection_xy"])
        seen.append(np.asarray(((xy >= 0) & (xy < size)).all(axis=2)))
    lifter = np.array(truth["visible"]).sum(axis=1) >= _LEAST_OF_LIFTER
    others = [(one.sum(axis=1) >= _LEAST_KEYPOINTS).mean() for one in seen]
    return bool(lifter.mean() >= _MOST_FRAMES and max(others, default=0) >= _MANY_FRAMES)
