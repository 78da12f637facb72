"""Every clip of a folder through the whole analysis: what was recognised, counted and corrected.

    python -m benchmarks.corpus CLIPS [--exercise NAME ...] [--out DIR]

CLIPS holds one folder per exercise and, if there is one, ``manifest.csv`` with the columns
``file`` and ``reps``. A clip that is refused with a sentence is a refusal; any other exception
is a crash, and the command then exits with 1.
"""

import json
import sys
import tempfile
import traceback
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.labels import labelled_repetitions
from pipeline.analysis import Settings, analyze, load_network
from pipeline.errors import GymbrainError
from pipeline.report import Report
from references.exercises import exercises

_EXERCISES_KNOWN = tuple(exercises())


@dataclass(frozen=True, slots=True)
class Row:
    """One clip: what its label says and what came out. ``report`` is None when there is none."""

    file: str
    exercise: str
    reps_labelled: float | None
    report: Report | None
    trouble: str
    crashed: bool
    seconds_per_second: float


def main(
    clips: Annotated[Path, typer.Argument(exists=True, file_okay=False)],
    exercise: Annotated[
        list[str] | None, typer.Option(help="Only these folders; default: those with experts.")
    ] = None,
    every: Annotated[bool, typer.Option("--every", help="Every folder.")] = False,
    out: Annotated[Path | None, typer.Option(help="Keep the analyses here.")] = None,
) -> None:
    """Analyse the clips and print what came of it."""
    labels = labelled_repetitions(clips / "manifest.csv")
    wanted = set(exercise or _EXERCISES_KNOWN)
    files = [f for f in sorted(clips.glob("*/*.*")) if every or f.parent.name in wanted]
    load_network(Settings())
    with tempfile.TemporaryDirectory() as scratch:
        folder = out or Path(scratch)
        rows = [
            _analysed(f, clips, folder, labels) for f in track(files, console=Console(stderr=True))
        ]
    _print(rows)
    print(json.dumps(_figures(rows)))
    sys.exit(any(row.crashed for row in rows))


def _analysed(clip: Path, root: Path, out: Path, labels: dict[str, float]) -> Row:
    name = clip.relative_to(root).as_posix()
    started = perf_counter()
    report, trouble, crashed = None, "", False
    try:
        report = analyze(clip, out / Path(name).with_suffix(""))
    except GymbrainError as error:
        trouble = error.say()
    except Exception:  # noqa: BLE001 (a crash is a result here, and is reported as one)
        trouble, crashed = traceback.format_exc(limit=-2), True
    took = perf_counter() - started
    return Row(
        file=name,
        exercise=clip.parent.name,
        reps_labelled=labels.get(name),
        report=report,
        trouble=trouble,
        crashed=crashed,
        seconds_per_second=took / report.clip.seconds if report else float("nan"),
    )


def _print(rows: list[Row]) -> None:
    table = Table("clip", "recognised", "sure", "reps", "label", "distance", "deviations", "s/s")
    for row in rows:
        if row.report is None:
            table.add_row(row.file, row.trouble, "", "", "", "", "", "")
            continue
        report = row.report
        right = report.exercise == row.exercise
        table.add_row(
            row.file,
            f"[{'green' if right else 'red'}]{report.exercise or 'unknown'}[/]",
            f"{report.candidates[0].probability:.0%}",
            str(len(report.repetitions)),
            "" if row.reps_labelled is None else f"{row.reps_labelled:g}",
            f"{report.reference.distance:.2f}" if report.reference else "-",
            "; ".join(
                f"{d.joint} {d.phase} {d.difference_deg:+.0f}° r{','.join(map(str, d.repetitions))}"
                for d in report.deviations
            ),
            f"{row.seconds_per_second:.2f}",
        )
    Console(width=220).print(table)


def _figures(rows: list[Row]) -> dict[str, object]:
    reports = [(row, row.report) for row in rows if row.report is not None]
    counted = [
        (len(report.repetitions), row.reps_labelled)
        for row, report in reports
        if row.reps_labelled is not None
    ]
    errors = [abs(found - label) for found, label in counted]
    return {
        "clips": len(rows),
        "crashes": sum(row.crashed for row in rows),
        "refused": sum(row.report is None and not row.crashed for row in rows),
        "recognised": sum(report.exercise == row.exercise for row, report in reports),
        "unknown": sum(report.exercise is None for _, report in reports),
        "compared": sum(report.reference is not None for _, report in reports),
        "reps_labelled": len(counted),
        "reps_mae": round(sum(errors) / len(errors), 3) if errors else None,
        "reps_within_one": round(sum(e <= 1 for e in errors) / len(errors), 3) if errors else None,
        "median_seconds_per_second": _median([row.seconds_per_second for row, _ in reports]),
    }


def _median(values: list[float]) -> float | None:
    return round(sorted(values)[len(values) // 2], 3) if values else None


if __name__ == "__main__":
    typer.run(main)
