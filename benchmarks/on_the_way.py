"""How often a swing between start and turn is found that neither of them shows.

    python -m benchmarks.on_the_way [--sets N] [--seed N]

Made-up sets done right but for a trunk that swings on the way out and is back in time, by bodies
that no lesson shows, from any side, keypoints with the pose network's errors. Judged is a set of
which a hip can be told on the way out, found one of which the report corrects it; beside it sets
without a swing. The last line is one JSON object.
"""

import json
from dataclasses import replace
from typing import Annotated, Final

import numpy as np
import typer
from rich.console import Console
from rich.progress import track as progress
from rich.table import Table

from benchmarks.form_scores import Share
from pipeline.judge import judge
from pipeline.pose.smooth import smooth
from pipeline.pose.track import PoseTrack
from references.motions import motions
from references.skeleton import kind_of
from references.synthetic.performance import Performance, perform
from references.synthetic.skeleton_clips import see
from references.synthetic.variation import random_body, random_motion, random_repetitions

_FPS: Final = 15.0

_SWINGS_DEG: Final = {
    "barbell_biceps_curl": (0.0, -25.0, -40.0),
    "lat_pulldown": (0.0, -25.0, -40.0),
    "tricep_pushdown": (0.0, 25.0, 40.0),
}
"""How far the trunk swings, forwards positive; a lifter on a bench has no room for it."""


def main(
    sets: Annotated[int, typer.Option(min=1, help="Of each exercise and swing.")] = 60,
    seed: Annotated[int, typer.Option(min=0, help="Other seeds give other sets.")] = 0,
) -> None:
    """Measure."""
    table = Table("exercise", "swing", "judged", "found", title="A swing on the way")
    figures = {}
    for exercise, swings in _SWINGS_DEG.items():
        for degrees in swings:
            found = [
                _found(exercise, degrees, np.random.default_rng((seed, number)))
                for number in progress(range(sets), f"{exercise} {degrees:g}°", transient=True)
            ]
            judged = [each for each in found if each is not None]
            share = Share(sum(judged), len(judged))
            table.add_row(exercise, f"{degrees:g}°", f"{len(judged)} of {sets}", str(share))
            figures[f"{exercise} {degrees:g}"] = share.value()
    Console().print(table)
    print(json.dumps({**figures, "sets": sets, "seed": seed}))


def _found(exercise: str, degrees: float, rng: np.random.Generator) -> bool | None:
    """Return whether a hip is corrected on the way out, None when none can be judged there."""
    motion = random_motion(motions()[exercise], rng)
    repetitions = random_repetitions(motion, rng, fault_share=0.0)
    performance = perform(motion, repetitions, rng=rng, fps=_FPS, before_s=1.0, after_s=1.0)
    performance = _swinging(performance, degrees)
    body = random_body(rng, held_out=True)
    seen = see(body.keypoints(performance.pose(body)), rng, fps=_FPS)
    xy, conf = seen.xy.astype(np.float32), seen.conf.astype(np.float32)
    track = smooth(PoseTrack(performance.t, xy, conf, seen.lens.width, seen.lens.height))
    verdict = judge(track, exercise=exercise)
    there = [c for c in verdict.comparisons if (kind_of(c.joint), c.phase) == ("hip", "out")]
    if all(comparison.obstacle for comparison in there):
        return None
    return any((kind_of(d.joint), d.phase) == ("hip", "out") for d in verdict.deviations)


def _swinging(performance: Performance, degrees: float) -> Performance:
    """Return a set in which the trunk leans by so much more in the middle of each way out."""
    away = np.zeros(len(performance.t))
    for each in performance.boundaries:
        gone = np.clip((performance.t - each.start_s) / (each.turn_s - each.start_s), 0, 1)
        away += np.sin(np.pi * gone) ** 2
    lean = performance.values["trunk", "lean"] + degrees * away
    return replace(performance, values={**performance.values, ("trunk", "lean"): lean})


if __name__ == "__main__":
    typer.run(main)
