"""Rendered sets whose form is known, by bodies and in rooms that nothing learned from."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from references.lens import Lens
from references.motions import motions
from references.synthetic.exposure import random_exposure
from references.synthetic.film import Shot, film, write_take
from references.synthetic.outfit import dress
from references.synthetic.performance import NO_FAULTS, Performance, Repetition, perform
from references.synthetic.room import kept_clear
from references.synthetic.variation import (
    random_body,
    random_light,
    random_motion,
    random_outfit,
    random_room,
)
from references.viewpoint import Viewpoint

Floats = npt.NDArray[np.float64]
Value = TypeVar("Value")

EXERCISES: Final = ("barbell_biceps_curl", "bench_press", "lat_pulldown", "tricep_pushdown")
AZIMUTHS_DEG: Final = tuple(range(0, 360, 30))
HEIGHTS_M: Final = (0.4, 1.1, 1.8)

BEYOND_LIMIT_DEG: Final = 15.0
"""How far beyond its limit a planted fault goes."""

FPS: Final = 12.0
_REPETITIONS: Final = 3
_STILL_S: Final = 0.6
_WIDTH_PX, _HEIGHT_PX = 480, 854
# How far beside the lifter's middle a phone aims, as a standard deviation.
_AIM_M: Final = 0.06


@dataclass(frozen=True, slots=True)
class Phone:
    """A kind of lens: field of view along the longer side, distortion k1, how far away it stands.

    Each is a range.
    """

    field_of_view_deg: tuple[float, float]
    k1: tuple[float, float]
    distance_m: tuple[float, float]


PHONES: Final = {
    "1x": Phone((58.0, 74.0), (0.0, 0.0), (2.8, 3.6)),
    "0.5x": Phone((98.0, 108.0), (-0.05, 0.0), (1.5, 2.0)),
}
"""Main and wide camera (26 and 13 mm equivalent see 66 and 105 degrees)."""


@dataclass(frozen=True, slots=True)
class Case:
    """A set to film: number ``number`` of those that a seed deals.

    ``azimuth_deg`` is the middle of the sector that the phone stands in, ``fault`` None for a set
    done right.
    """

    seed: int
    number: int
    exercise: str
    azimuth_deg: int
    height_m: float
    phone: str
    fault: str | None

    @property
    def name(self) -> str:
        """Return what its files are called."""
        return f"{self.seed}-{self.number:04d}"


def cases(count: int, seed: int) -> list[Case]:
    """Return sets of which every side, height, phone and exercise gets its share.

    Half of them have a fault; each exercise's faults take turns. More sets begin with the same.
    """
    streams = [np.random.default_rng((seed, stream)) for stream in range(4)]
    dealt = zip(
        _dealt(EXERCISES, count, streams[0]),
        _dealt(AZIMUTHS_DEG, count, streams[1]),
        _dealt(HEIGHTS_M, count, streams[2]),
        _dealt(("1x", "1x", "0.5x"), count, streams[3]),
        strict=True,
    )
    taken = dict.fromkeys(EXERCISES, 0)
    planted: list[Case] = []
    for number, (exercise, azimuth, height, phone) in enumerate(dealt):
        fault = None
        # Every other set of an exercise, beginning with the second for half of the exercises.
        if (taken[exercise] + EXERCISES.index(exercise)) % 2:
            faults = motions()[exercise].faults
            fault = faults[taken[exercise] // 2 % len(faults)].name
        taken[exercise] += 1
        planted.append(Case(seed, number, exercise, azimuth, height, phone, fault))
    return planted


def _dealt(values: Sequence[Value], count: int, rng: np.random.Generator) -> Iterator[Value]:
    """Yield values from shuffled decks, one deck after the other."""
    for number in range(count):
        if number % len(values) == 0:
            deck = rng.permutation(len(values))
        yield values[deck[number % len(values)]]


def filmed(case: Case, work: Path) -> Path:
    """Return the clip of a case in the folder ``work``, filming it unless it is there.

    The truth is in a ``.json`` beside it (`references.synthetic.film.truth`).
    """
    path = work / f"{case.name}.mp4"
    truth = path.with_suffix(".json")
    if not truth.exists() or json.loads(truth.read_text())["case"] != asdict(case):
        work.mkdir(parents=True, exist_ok=True)
        performance, shot = take(case)
        rng = np.random.default_rng((case.seed, case.number, 1))
        unfinished = path.with_suffix(".part.mp4")
        write_take(film(performance, shot, rng), performance, shot, FPS, unfinished)
        unfinished.replace(path)
        facts = json.loads(unfinished.with_suffix(".json").read_text())
        unfinished.with_suffix(".json").unlink()
        truth.write_text(json.dumps({"case": asdict(case), **facts}), encoding="utf-8")
    return path


def take(case: Case) -> tuple[Performance, Shot]:
    """Return the set and how it is filmed, the same for the same case."""
    rng = np.random.default_rng((case.seed, case.number))
    phone = PHONES[case.phone]
    motion = random_motion(motions()[case.exercise], rng)
    faults = NO_FAULTS
    if case.fault:
        faults = {case.fault: motion.fault(case.fault).limit_deg + BEYOND_LIMIT_DEG}
    out_s, back_s = rng.uniform(0.7, 1.1), rng.uniform(0.8, 1.3)
    repetitions = tuple(
        Repetition(out_s * rng.normal(1, 0.06), back_s=back_s * rng.normal(1, 0.06), faults=faults)
        for _ in range(_REPETITIONS)
    )
    performance = perform(
        motion, repetitions, rng=rng, fps=FPS, before_s=_STILL_S, after_s=_STILL_S
    )
    lifter = dress(random_body(rng, held_out=True), random_outfit(rng, held_out=True))
    joints = lifter.bare.keypoints(performance.pose(lifter.bare)).reshape(-1, 3)
    middle = (joints.min(axis=0) + joints.max(axis=0)) / 2
    room = random_room(rng, held_out=True)
    return performance, Shot(
        lifter,
        replace(room, light=random_light(room.light, rng)),
        _viewpoint(case, phone, middle, rng),
        _lens(phone, rng),
        exposure=random_exposure(rng),
    )


def _viewpoint(case: Case, phone: Phone, middle: Floats, rng: np.random.Generator) -> Viewpoint:
    """Return where the phone stands: anywhere in its sector."""
    distance = rng.uniform(*phone.distance_m)
    sector = 360 / len(AZIMUTHS_DEG)
    aim = middle + rng.normal(0, _AIM_M, size=3)
    rise = case.height_m - aim[2]
    return kept_clear(
        Viewpoint(
            (case.azimuth_deg + rng.uniform(-sector / 2, sector / 2)) % 360,
            float(np.degrees(np.arctan2(rise, distance))),
            float(np.hypot(distance, rise)),
            (float(aim[0]), float(aim[1]), float(aim[2])),
        )
    )


def _lens(phone: Phone, rng: np.random.Generator) -> Lens:
    lens = Lens.of_phone(_WIDTH_PX, _HEIGHT_PX, rng.uniform(*phone.field_of_view_deg))
    return replace(lens, distortion=(rng.uniform(*phone.k1), 0.0, 0.0, 0.0))
