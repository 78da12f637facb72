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
