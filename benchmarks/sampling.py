"""How many frames a second the pose network has to see, and how closely.

    python -m benchmarks.sampling CLIPS [--exercise NAME ...]

Each clip is judged at several sampling rates, in whole frames and in regions around the lifter; the
angles at the velocity minima are compared with those of every whole frame, and the repetitions with
the labels of ``manifest.csv``. The exercise is given, so that only looking differs between the
arms.
"""

import json
from collections import defaultdict
from pathlib import Path
from time import perf_counter
from typing import Annotated, Final

import numpy as np
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.labels import labelled_repetitions
from pipeline.analysis import Settings, load_network
from pipeline.errors import ClipError
from pipeline.judge import Verdict, judge
from pipeline.observe import ObserveSettings, observe
from pipeline.watch import LookSettings
from references.exercises import PHASES, exercises

_FULL: Final = "30, whole frames"

_ARMS: Final = {
    **{
        f"{rate:g}, whole frames": LookSettings(frames_per_second=rate, whole_every_s=0.0)
        for rate in (5.0, 7.5, 10.0, 15.0, 30.0)
    },
    "15, every frame": LookSettings(skip_still=False, skip_even=False),
    "the default": LookSettings(),
}


def main(
    clips: Annotated[Path, typer.Argument(exists=True, file_okay=False)],
    exercise: Annotated[list[str] | None, typer.Option(help="Only these folders.")] = None,
) -> None:
    """Judge the clips in every way and print what it costs and what it changes."""
    labels = labelled_repetitions(clips / "manifest.csv")
    network = load_network(Settings())
    folders = exercise or list(exercises())
    files = sorted(f for name in folders for f in (clips / name).glob("*.*"))
    found: dict[str, dict[str, Verdict]] = defaultdict(dict)
    seconds: dict[str, float] = defaultdict(float)
    filmed = 0.0
    for file in track(files, console=Console(stderr=True)):
        name = file.relative_to(clips).as_posix()
        for arm, look in _ARMS.items():
            started = perf_counter()
            try:
                observation = observe(
                    file,
                    network,
                    ObserveSettings(look=look),
                    progress=lambda step, done: None,
                )
            except ClipError:
                break
            found[arm][name] = judge(observation.track, exercise=file.parent.name)
            seconds[arm] += perf_counter() - started
        else:
            filmed += observation.clip.seconds

    table = Table("looks", "reps MAE", "same reps as full", "angle change 50/90 %", "s/s")
    figures = {}
    for arm in _ARMS:
        row = _figures(found[arm], found[_FULL], labels)
        row["seconds_per_second"] = round(seconds[arm] / filmed, 3)
        figures[arm] = row
        table.add_row(
            arm,
            f"{row['reps_mae']:.3f}",
            f"{row['same_reps']:.0%}",
            f"{row['angle_change_median_deg']:.1f}° / {row['angle_change_p90_deg']:.1f}°",
            f"{row['seconds_per_second']:.2f}",
        )
    Console().print(table)
    print(json.dumps({"clips": len(found[_FULL]), "looks": figures}))


def _figures(
    found: dict[str, Verdict], full: dict[str, Verdict], labels: dict[str, float]
) -> dict[str, float]:
    errors = [abs(len(v.swings) - labels[name]) for name, v in found.items() if name in labels]
    same = [len(v.swings) == len(full[name].swings) for name, v in found.items()]
    changes = [
        abs(angle - there.angles_deg[phase][joint])
        for name, verdict in found.items()
        if len(verdict.swings) == len(full[name].swings)
        for here, there in zip(verdict.repetitions, full[name].repetitions, strict=True)
        for phase in PHASES
        for joint, angle in here.angles_deg[phase].items()
        if joint.endswith(f"_{exercises()[verdict.exercise or ''].driver}")
        and joint in there.angles_deg[phase]
    ]
    return {
        "reps_mae": round(float(np.mean(errors)), 3),
        "same_reps": round(float(np.mean(same)), 3),
        "angle_change_median_deg": round(float(np.median(changes)), 2),
        "angle_change_p90_deg": round(float(np.percentile(changes, 90)), 2),
    }


if __name__ == "__main__":
    typer.run(main)
