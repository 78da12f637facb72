"""How far two labellings of the same real frames are apart: what the hand labels are worth.

    python -m benchmarks.label_agreement

``pose_labels_again.csv`` holds one frame of every bench-press clip of ``pose_labels.csv``, labelled
a second time from the picture alone. Joints count that are visible in the first labels and were
placed in the second, distances in torso lengths. The last line is one JSON object.
"""

import json
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import typer
from rich.console import Console
from rich.table import Table

from benchmarks.keypoint_metrics import torso_px
from benchmarks.real_frames import frame_labels
from references.skeleton import KEYPOINT_KINDS, KIND_OF_KEYPOINT

AGAIN: Final = Path(__file__).with_name("pose_labels_again.csv")

Floats = npt.NDArray[np.float64]


def apart() -> Floats:
    """Return how far apart both labels of each keypoint are in every frame, (F, 17).

    NaN where the first labelling does not see the keypoint or the second did not place it. Raises
    KeyError for a frame that was labelled once only.
    """
    first = {(label.file, label.t): label for label in frame_labels()}
    rows = []
    for again in frame_labels(AGAIN):
        label = first[again.file, again.t]
        xy = np.where(label.visible[:, None], label.xy, np.nan).astype(np.float64)
        rows.append(np.linalg.norm(again.xy - xy, axis=1) / torso_px(label.xy.astype(np.float64)))
    return np.stack(rows)


def summary(distances: Floats) -> dict[str, float]:
    """Return the figures of some distances (N,), ready for JSON."""
    return {
        "joints": len(distances),
        "median": round(float(np.median(distances)), 3),
        "within_0.1": round(float(np.mean(distances <= 0.1)), 3),
        "within_0.2": round(float(np.mean(distances <= 0.2)), 3),
    }


def main() -> None:
    """Compare."""
    distances = apart()
    kinds = {
        name: distances[:, np.array(KIND_OF_KEYPOINT) == kind]
        for kind, name in enumerate(KEYPOINT_KINDS)
    }
    known = {name: each[np.isfinite(each)] for name, each in {**kinds, "all": distances}.items()}
    figures = {name: summary(each) for name, each in known.items() if len(each)}
    table = Table("keypoint", *next(iter(figures.values())), title="labelled twice")
    for name, row in figures.items():
        table.add_row(name, *map(str, row.values()))
    Console().print(table)
    print(json.dumps({"frames": len(distances), **figures}))


if __name__ == "__main__":
    typer.run(main)
