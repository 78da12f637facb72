"""The card that lies beside the weights, written by the command that trained them."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import torch

from pipeline.faults import beyond_limit
from pipeline.space.examine import Examined
from pipeline.space.lessons import Lessons
from pipeline.space.teller import MEASURED, Teller
from pipeline.space.train import TrainingSettings
from references.exercises import PHASES, STAGES, WAYS, Stage
from references.motions import motions
from references.skeleton import JOINTS, KEYPOINTS

Floats = npt.NDArray[np.float64]

_CARD = """\
# Model card: angles in space

Written by `{command}` on {day}.

**What it is.** A residual network of {width} neurons and {blocks} blocks that reads each repetition
of a set by itself and together with the mean of all. {parameters:,} parameters. It was taught with
quantile losses; its intervals were then widened or narrowed on sets it did not learn from.

**What it is for.** Telling the joint angles in space at the start and the turn of each repetition
and halfway between them, from the keypoints of one phone, with intervals of 80 %; where the phone
stands; how far each known fault goes. Exercises: {exercises}.

**What it is not for.** Other exercises; other moments; identifying people. It sees {keypoints}
keypoints and nothing of the hands, so that what a fault of the wrists says of its size is a guess.
It learned that lifters do the exercise that it is told: of a movement that is none, it tells what
would be usual.

## Trained on

{made_up} sets of the synthetic lifter (`references.synthetic.skeleton_clips`) with the measured
errors of the pose network, and {filmed} that were rendered and watched by the whole pose step; no
footage of anybody. Each set is seen again and again as other cameras film it: with another lens,
other errors of keypoints, more often those of rendered sets than made-up ones, another body,
shortened or in a mirror. Seeds of made-up sets: {seeds}; of rendered ones: {filmed_seeds}.
Other rendered sets, {kept_seeds}, fit the intervals together with made-up ones of seed
{calibration_seed}; with made-up ones of seed {right_seed} they say what is told of sets done right.
Seed of the figures below: {test_seed}.{gone_on}

## Measured

On {tested} sets with bodies that no lesson shows, keypoints with errors, any side, phones from the
floor to the height of a head, half of the sets with a fault; joints that the pose network takes for
visible, at start and turn; camera not calibrated. Degrees. *Drawn* is the angle of the same
keypoints in the picture.

{angles}
Halfway out and back, all joints: mean {way_mean:.1f}°, median {way_median:.1f}°, p90 {way_90:.1f}°,
in the interval {way_covered:.0%}.

With a calibrated camera the mean error is {calibrated:.2f}° (without {uncalibrated:.2f}°). The view
is off by {view:.1f}° (median), {view_90:.1f}° at the 90th percentile.

Faults: *by chance* is the lower end of the interval of which hardly any set done right is told a
larger one. Beside it, in how many sets in which the fault goes 15° beyond its limit, and in how
many without any fault, it is taken to be beyond the limit: surely larger than by chance, with the
middle of its interval beyond the limit (medians over the repetitions).

{faults}
## How

torch {torch}, NumPy {numpy}.

| setting | value |
|---|---|
{settings}"""

_GONE_ON: Final = """

It went on from earlier weights, which had learned from other sets, with the errors of the pose step
as it was then."""

# A fault is large when it goes so far beyond its limit.
_LARGE_DEG: Final = 15.0

_ALL: Final = "all"


def write_card(
    path: Path,
    *,
    command: str,
    teller: Teller,
    parameters: int,
    settings: TrainingSettings,
    lessons: Lessons,
    seeds: Sequence[int],
    filmed_seeds: Sequence[int],
    kept_seeds: Sequence[int],
    calibration_seed: int,
    right_seed: int,
    test_seed: int,
    gone_on: bool,
    examined: Sequence[Examined],
) -> None:
    """Write the card: data, seeds, figures, date; ``examined`` are sets to take figures from.

    ``gone_on`` says that the network had learned from other sets before.
    """
    plain = [one for one in examined if not one.calibrated]
    views = [one.view_off_deg for one in plain]
    way_off, _, way_covered = _figures(plain, WAYS)
    path.write_text(
        _CARD.format(
            command=command,
            day=date.today().isoformat(),
            width=settings.width,
            blocks=settings.blocks,
            parameters=parameters,
            exercises=", ".join(teller.exercises()),
            keypoints=len(KEYPOINTS),
            made_up=int((~lessons.filmed).sum()),
            filmed=int(lessons.filmed.sum()),
            seeds=_span(seeds),
            filmed_seeds=_span(filmed_seeds),
            kept_seeds=_span(kept_seeds),
            calibration_seed=calibration_seed,
            right_seed=right_seed,
            test_seed=test_seed,
            tested=len(plain),
            gone_on=_GONE_ON if gone_on else "",
            angles=_angles(teller, plain),
            way_mean=way_off.mean(),
            way_median=np.median(way_off),
            way_90=np.percentile(way_off, 90),
            way_covered=way_covered.mean(),
            calibrated=_mean_error([one for one in examined if one.calibrated]),
            uncalibrated=_mean_error(plain),
            view=float(np.median(views)),
            view_90=float(np.percentile(views, 90)),
            faults=_faults(teller, plain),
            torch=torch.__version__,
            numpy=np.__version__,
            settings="".join(f"| {name} | {value} |\n" for name, value in asdict(settings).items()),
        ),
        encoding="utf-8",
    )


def _span(seeds: Sequence[int]) -> str:
    return f"{seeds[0]} to {seeds[-1]}" if seeds else "none"


def _mean_error(examined: Sequence[Examined]) -> float:
    off, _, _ = _figures(examined, PHASES)
    return float(off.mean())


def _figures(
    examined: Sequence[Examined], stages: Sequence[Stage], kind: str = _ALL
) -> tuple[Floats, Floats, Floats]:
    """Return errors, errors of drawn angles and whether intervals hold, of visible joints (N,)."""
    at = [STAGES.index(stage) for stage in stages]
    which = [i for i, joint in enumerate(JOINTS) if kind in (joint.split("_")[1], _ALL)]

    def values(what: Callable[[Examined], npt.NDArray[np.generic]]) -> Floats:
        chosen = [what(one)[:, at][..., which].ravel() for one in examined]
        return np.concatenate([np.zeros(0), *chosen])

    off = values(Examined.joint_errors)
    seen = np.isfinite(off)
    return off[seen], values(Examined.drawn_errors)[seen], values(Examined.covered)[seen]


def _angles(teller: Teller, examined: Sequence[Examined]) -> str:
    rows = "| exercise | joint | mean | median | p90 | in the interval | drawn: median | p90 |\n"
    rows += "|---|---|---|---|---|---|---|---|\n"
    kinds = list(dict.fromkeys(joint.split("_")[1] for joint in JOINTS))
    for exercise in (*teller.exercises(), _ALL):
        own = [one for one in examined if exercise in (one.clip.exercise, _ALL)]
        for kind in (*kinds, _ALL):
            off, drawn, covered = _figures(own, PHASES, kind)
            if not len(off):
                continue
            rows += (
                f"| {exercise} | {kind} | {off.mean():.1f} | {np.median(off):.1f} "
                f"| {np.percentile(off, 90):.1f} | {covered.mean():.0%} "
                f"| {np.nanmedian(drawn):.1f} | {np.nanpercentile(drawn, 90):.1f} |\n"
            )
    return rows


def _faults(teller: Teller, examined: Sequence[Examined]) -> str:
    rows = "| exercise | fault | limit | by chance | found | sets without any taken for one |\n"
    rows += "|---|---|---|---|---|---|\n"
    for exercise, names in teller.faults.items():
        own = [one for one in examined if one.clip.exercise == exercise]
        for column, name in enumerate(names, MEASURED):
            limit = motions()[exercise].fault(name).limit_deg
            chance = teller.by_chance(exercise)[name]
            told = np.array(
                [beyond_limit(one.told.interval(column), limit, chance).any() for one in own],
                np.bool_,
            )
            true = np.array([np.median(one.true[:, column]) for one in own])
            none = np.array([not one.clip.faults_deg for one in own], np.bool_)
            large = true >= limit + _LARGE_DEG
            rows += (
                f"| {exercise} | {name} | {limit:g}° | {chance:.0f}° | {told[large].sum()} of "
                f"{large.sum()} | {told[none].sum()} of {none.sum()} |\n"
            )
    return rows
