"""How the shipped network does on synthetic sets of bodies and seeds that it was not taught with.

    python -m benchmarks.recognition_synthetic [--seed SEED] [--sets SETS]

Told apart by where the phone stands, and asked twice: about the keypoints as a pose network reports
them, and about those where the joints truly are. What is wrong about the true ones too, no pose
network could mend. *Alike* are answers that are right or that look like the right one; *equal* are
right answers if exercises that look alike were equally common, as they are among these sets.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final

import numpy as np
import numpy.typing as npt
import typer
from rich.console import Console
from rich.table import Table

from bot.cli.console import Report, progress_bar
from pipeline.classify import look_alike
from pipeline.classify.calibration import wilson
from pipeline.classify.recognise import Recogniser, answer, settled
from pipeline.classify.synthesize import CLOSE_SHARE, reported
from pipeline.classify.weights import SHIPPED, load
from references.synthetic.skeleton_clips import skeleton_clips
from references.viewpoint import Viewpoint

HELD_OUT_SEED: Final = 1_000_000
"""No training uses seeds from here on."""

HELD_OUT_SETS: Final = 660

# From how steeply above somebody counts as filmed from overhead, and from how near as close.
_OVERHEAD_DEG: Final = 45.0
_CLOSE_M: Final = 1.8

_MOST_CONFUSED: Final = 8


@dataclass(frozen=True, slots=True)
class Answer:
    """What a set was taken for: as shipped, if all were equally common, and by true keypoints."""

    view: str
    exercise: str
    taken_for: str
    if_equally_common: str
    by_truth: str


def main(
    seed: int = HELD_OUT_SEED,
    sets: Annotated[int, typer.Option(min=1)] = HELD_OUT_SETS,
) -> None:
    """Ask the shipped network about held-out synthetic sets."""
    with progress_bar(Console(stderr=True)) as report:
        answers = ask(load(SHIPPED), seed, sets, report)
    Console().print(table(answers))
    typer.echo(json.dumps({"seed": seed, **summary(answers)}))


def ask(recogniser: Recogniser, seed: int, sets: int, report: Report) -> tuple[Answer, ...]:
    """Return the answers about synthetic sets of bodies that nobody was taught with."""
    answers = []
    clips = skeleton_clips(sets, seed=seed, held_out=True, close_share=CLOSE_SHARE)
    for number, clip in enumerate(clips):
        report("held-out sets", number, sets)
        true = replace(clip, xy=clip.true_xy, conf=np.ones_like(clip.conf))
        said, of_truth = (answer(recogniser, reported(clip.t, seen)) for seen in (clip, true))
        taken_for = (
            recogniser.classes[int(shares.argmax())]
            for shares in (_settled(recogniser, said), said, _settled(recogniser, of_truth))
        )
        answers.append(Answer(_view(clip.viewpoint), clip.exercise, *taken_for))
    return tuple(answers)


def summary(answers: Sequence[Answer]) -> dict[str, Any]:
    """Return the figures as JSON values, a row of counts for every view."""
    right = sum(a.taken_for == a.exercise for a in answers)
    low, high = wilson(right, len(answers))
    return {
        "synthetic_right": right,
        "synthetic_sets": len(answers),
        "synthetic_low": round(low, 4),
        "synthetic_high": round(high, 4),
        "synthetic_views": {view: counts for view, *counts in _rows(answers)},
        "synthetic_confused": _confused(answers),
    }


def table(answers: Sequence[Answer]) -> Table:
    """Return the figures for people."""
    shown = Table("view", "sets", "right", "alike", "equal", "true keypoints", "alike")
    for row in _rows(answers):
        shown.add_row(*map(str, row))
    return shown


def _rows(answers: Sequence[Answer]) -> list[tuple[str, int, int, int, int, int, int]]:
    """Return the columns of the table, by view and all."""
    names = sorted({a.view for a in answers})
    views = {view: [a for a in answers if a.view == view] for view in names}
    return [
        (
            view,
            len(of_view),
            sum(a.taken_for == a.exercise for a in of_view),
            sum(look_alike(a.taken_for, a.exercise) for a in of_view),
            sum(a.if_equally_common == a.exercise for a in of_view),
            sum(a.by_truth == a.exercise for a in of_view),
            sum(look_alike(a.by_truth, a.exercise) for a in of_view),
        )
        for view, of_view in {**views, "all": list(answers)}.items()
    ]


def _confused(answers: Sequence[Answer]) -> dict[str, int]:
    wrong = Counter(f"{a.exercise} for {a.taken_for}" for a in answers if a.taken_for != a.exercise)
    return dict(wrong.most_common(_MOST_CONFUSED))


def _settled(recogniser: Recogniser, shares: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return settled(shares, recogniser.classes, recogniser.temperature)


def _view(viewpoint: Viewpoint) -> str:
    if viewpoint.elevation_deg >= _OVERHEAD_DEG:
        return "overhead"
    return "close" if viewpoint.distance_m < _CLOSE_M else "ordinary"


if __name__ == "__main__":
    typer.run(main)
