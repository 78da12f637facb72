"""Reading the labels that stand beside a folder of clips."""

import csv
from pathlib import Path


def labelled_repetitions(manifest: Path) -> dict[str, float]:
    """Return the repetitions of each clip that has a count, by its path inside the folder.

    ``manifest`` is a CSV file with the columns ``file`` and ``reps``; without one nothing is
    labelled.
    """
    if not manifest.exists():
        return {}
    with manifest.open(newline="", encoding="utf-8") as file:
        return {row["file"]: float(row["reps"]) for row in csv.DictReader(file) if row["reps"]}


def labelled_starts(manifest: Path) -> dict[str, tuple[float, ...]]:
    """Return when repetitions start, in seconds, in each clip of which that is known.

    They stand in the column ``rep_starts_s``, with spaces between them.
    """
    with manifest.open(newline="", encoding="utf-8") as file:
        starts = {row["file"]: row["rep_starts_s"].split() for row in csv.DictReader(file)}
    return {name: tuple(map(float, times)) for name, times in starts.items() if times}
