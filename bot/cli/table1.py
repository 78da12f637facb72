"""``gymbrain train --table1``: the paper's Table 1, trained and printed beside the paper's."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from rich.console import Console
from rich.table import Table

from bot.cli.console import progress_bar
from pipeline.classify.dataset import Example
from pipeline.classify.pictures import draw_confusion, draw_curves
from pipeline.classify.runs import Runs
from pipeline.classify.table1 import CLIPS, ROWS, SPLITS, Run, Split, reproduce, tabulate

_TITLES: Final[dict[Split, str]] = {
    "copies": "clips dealt at random, as in the paper",
    "originals": "copies of a clip and clips of a person on one side",
}


def table1(console: Console, examples: Sequence[Example], seeds: int, folder: Path) -> None:
    """Train all rows, print the table, and write it and the pictures into ``folder``.

    The folder keeps finished trainings: the command goes on where it was stopped.
    """
    with progress_bar(console) as report:
        runs = reproduce(examples, seeds, Runs(folder / "runs"), report)
    table = tabulate(runs)
    console.print(_for_people(table, seeds))
    (folder / "table1.md").write_text(_markdown(table), encoding="utf-8")
    _draw(runs, folder)
    sys.stdout.write(json.dumps({"seeds": seeds, "rows": table}) + "\n")


def _cells(line: dict[str, Any]) -> list[str]:
    cells = [
        str(line["neurons"]),
        f"{line['dropout']:g}",
        "yes" if line["attention"] else "no",
        str(line["paper"]),
    ]
    for split in SPLITS:
        found = line[split]
        cells.append(f"{found['mean']:.1f} ± {found['spread']:.1f}")
        cells.append(f"{found['real_right']} of {found['real_clips']}")
    return cells


_HEADINGS: Final = (
    "neurons",
    "dropout",
    "attention",
    "paper, %",
    "paper's split, %",
    "real clips",
    "originals apart, %",
    "real clips",
)


def _for_people(table: Sequence[dict[str, Any]], seeds: int) -> Table:
    printed = Table(*_HEADINGS, title=f"Table 1: test accuracy, mean and spread of {seeds} seeds")
    for line in table:
        printed.add_row(*_cells(line))
    return printed


def _markdown(table: Sequence[dict[str, Any]]) -> str:
    rows = [_HEADINGS, ["---"] * len(_HEADINGS), *(_cells(line) for line in table)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _draw(runs: Sequence[Run], folder: Path) -> None:
    """Draw the curves of every row, and what the paper's last row took for what."""
    for row in ROWS:
        for split in SPLITS:
            curves = [run.curves for run in runs if run.row == row and run.split == split]
            attention = "-attention" if row.attention else ""
            name = f"curves-{row.neurons}-{row.dropout:g}{attention}-{split}.png"
            draw_curves(curves, f"{row.name}: {_TITLES[split]}", folder / name)
    for split in SPLITS:
        counts = np.zeros((len(CLIPS), len(CLIPS)), np.int64)
        for run in runs:
            if run.row == ROWS[-1] and run.split == split:
                np.add.at(counts, (run.truth, run.taken), 1)
        title = f"{ROWS[-1].name}, all seeds:\n{_TITLES[split]}"
        draw_confusion(counts, list(CLIPS), title, folder / f"confusion-{split}.png")
