"""Pictures of how training went and what was taken for what (the paper's Appendices B and C)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

_DARK: Final = 0.5
_DPI: Final = 100


def draw_confusion(
    counts: npt.NDArray[np.int64], classes: Sequence[str], title: str, path: Path
) -> None:
    """Draw a confusion matrix (C, C) as a PNG: counts, shaded by the share of the row."""
    shading = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    names = [name.replace("_", " ") for name in classes]
    side = 3 + 0.45 * len(names)
    figure = Figure(figsize=(side + 1, side), layout="constrained")
    axes = figure.subplots()
    axes.imshow(shading, cmap="Blues", vmin=0, vmax=1)
    for row, column in np.argwhere(counts):
        colour = "white" if shading[row, column] > _DARK else "black"
        axes.text(column, row, str(counts[row, column]), ha="center", va="center", color=colour)
    axes.set_xticks(range(len(names)), names, rotation=45, ha="right")
    axes.set_yticks(range(len(names)), names)
    axes.set_xlabel("taken for")
    axes.set_ylabel("exercise")
    axes.set_title(title)
    _save(figure, path)


def draw_curves(curves: Sequence[dict[str, list[float]]], title: str, path: Path) -> None:
    """Draw accuracy and loss over the epochs as a PNG, one thin line a training and their mean.

    Every training is a mapping of ``accuracy``, ``loss``, ``validation_accuracy`` and
    ``validation_loss`` to a figure per epoch; all have the same number of epochs.
    """
    figure = Figure(figsize=(9, 3.4), layout="constrained")
    panels: Sequence[Axes] = figure.subplots(1, 2)
    for axes, measure in zip(panels, ("accuracy", "loss"), strict=True):
        for name, label, colour in (
            (measure, "training", "tab:blue"),
            (f"validation_{measure}", "validation", "tab:orange"),
        ):
            lines = np.array([training[name] for training in curves])
            epochs = np.arange(1, lines.shape[1] + 1)
            axes.plot(epochs, lines.T, color=colour, linewidth=0.6, alpha=0.35)
            axes.plot(epochs, lines.mean(axis=0), color=colour, linewidth=2, label=label)
        axes.set_xlabel("epoch")
        axes.set_ylabel(measure)
        axes.set_ylim(bottom=0)
        axes.grid(alpha=0.3)
    panels[0].legend(loc="lower right")
    figure.suptitle(title)
    _save(figure, path)


def _save(figure: Figure, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=_DPI)
