"""What the phone's position does to the verdict, with keypoints that are right.

    python -m benchmarks.views [--clips N] [--seed N]

The expert is filmed from random viewpoints that are not on the retrieval grid, with 2 % keypoint
noise, once as is and once starting each repetition with the elbows 45 degrees short of the start
position. Every correction of the first is false; the second must be corrected wherever the elbow
at the start is judged at all. No pose network takes part: this is the floor under all other errors.
"""

import json
from dataclasses import dataclass
from typing import Annotated, Final

import numpy as np
import numpy.typing as npt
import typer
from rich.console import Console
from rich.table import Table

from pipeline.compare import compare
from pipeline.correct import correct
from pipeline.moments import SalientPoses
from pipeline.report import Deviation
from pipeline.retrieve import nearest_view
from references.exercises import Exercise, exercises
from references.experts import ExpertMotion, expert_motions, expert_views
from references.geometry import joint_angles
from references.viewpoint import Viewpoint

_SHORT_DEG: Final = 45.0
_NOISE: Final = 0.02
_TORSO_M: Final = 0.5


@dataclass(slots=True)
class Tally:
    """Counts over the clips of one exercise."""

    clips: int = 0
    compared: int = 0
    checks: int = 0
    judged: int = 0
    false_corrections: int = 0
    fault_visible: int = 0
    fault_found: int = 0


def main(
    clips: Annotated[int, typer.Option(help="Viewpoints for each exercise.")] = 200,
    seed: Annotated[int, typer.Option()] = 0,
) -> None:
    """Judge the expert from random viewpoints and print how often that goes wrong."""
    rng = np.random.default_rng(seed)
    table = Table("exercise", "compared", "checks judged", "false corrections", "fault found")
    figures = {}
    for name, exercise in exercises().items():
        [motion, *_] = expert_motions(name)
        tally = Tally()
        for _ in range(clips):
            _film(exercise, motion, tally, rng)
        figures[name] = {
            "compared": round(tally.compared / tally.clips, 3),
            "judged": round(tally.judged / max(tally.checks, 1), 3),
            "false_correction_rate": round(tally.false_corrections / tally.clips, 4),
            "fault_recall_where_judged": round(tally.fault_found / max(tally.fault_visible, 1), 3),
            "fault_judged": round(tally.fault_visible / tally.clips, 3),
        }
        table.add_row(
            name,
            f"{tally.compared}/{tally.clips}",
            f"{tally.judged}/{tally.checks}",
            f"{tally.false_corrections}/{tally.clips}",
            f"{tally.fault_found}/{tally.fault_visible}",
        )
    Console().print(table)
    print(json.dumps({"clips": clips, "seed": seed, "exercises": figures}))


def _film(exercise: Exercise, motion: ExpertMotion, tally: Tally, rng: np.random.Generator) -> None:
    corners = motion.joints.reshape(-1, 3)
    centre = (corners.min(axis=0) + corners.max(axis=0)) / 2 + rng.normal(0, 0.15, 3)
    viewpoint = Viewpoint(
        rng.uniform(0, 360),
        rng.uniform(-5, 60 if motion.lying() else 30),
        rng.uniform(2, 4.5),
        (float(centre[0]), float(centre[1]), float(centre[2])),
    )

    def filmed(index: int) -> npt.NDArray[np.float32]:
        xy = viewpoint.project(motion.joints[index])
        noise = rng.normal(0, _NOISE * _TORSO_M / viewpoint.distance_m, xy.shape)
        return np.asarray(xy + noise, np.float32)

    tally.clips += 1
    judged = _judge(exercise, filmed(0), filmed(-1))
    if judged is not None:
        checks, deviations = judged
        tally.compared += 1
        tally.checks += len(checks)
        tally.judged += sum(checks.values())
        tally.false_corrections += bool(deviations)
    faulty = _judge(exercise, filmed(_short_of_start(motion)), filmed(-1))
    if faulty is not None:
        checks, deviations = faulty
        elbows = {(f"{side}_elbow", "start") for side in ("left", "right")}
        if any(checks.get(elbow, False) for elbow in elbows):
            tally.fault_visible += 1
            tally.fault_found += any((d.joint, d.phase) in elbows for d in deviations)


def _judge(
    exercise: Exercise, start: npt.NDArray[np.float32], turn: npt.NDArray[np.float32]
) -> tuple[dict[tuple[str, str], bool], tuple[Deviation, ...]] | None:
    """Return which checks could be judged, and the deviations; None when no view is near."""
    views = expert_views(exercise.name)
    match = nearest_view({"start": start, "turn": turn}, views)
    if match is None:
        return None
    comparisons = compare(exercise, SalientPoses(start[None], turn[None]), match, views)
    deviations, _ = correct(exercise, comparisons)
    return {(c.joint, c.phase): c.obstacle is None for c in comparisons}, deviations


def _short_of_start(motion: ExpertMotion) -> int:
    """Return the moment at which the elbow is furthest towards the fault's angle."""
    elbow = joint_angles(motion.joints)["left_elbow"]
    short = elbow[0] + np.sign(elbow[-1] - elbow[0]) * _SHORT_DEG
    return int(np.argmin(np.abs(elbow - short)))


if __name__ == "__main__":
    typer.run(main)
