"""Chessboard photos of one camera: how exact the calibration is on photos that it has not seen.

    python -m benchmarks.calibration PHOTOS

PHOTOS is a folder of photos. Printed are the photos used and rejected; the error on the half of the
photos that was held out (mean over splits) and how much the focal length varies between random
subsets, both with the third radial coefficient free and fixed at zero; and how straight the board's
lines are before and after undistortion.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from pipeline.calibrate import Floats, Solution, View, calibrate, look, solve
from pipeline.chessboard import Corners

_SPLITS = 10
_SUBSETS = 20
_SUBSET_SIZES = (5, 8, 12, 20)
_ARMS = {"k3 free": 0, "k3 fixed at 0": cv2.CALIB_FIX_K3}


def main(
    photos: Annotated[Path, typer.Argument(exists=True, file_okay=False)],
) -> None:
    """Calibrate from a folder of photos and measure the calibration."""
    console = Console()
    paths = sorted(p for p in photos.iterdir() if p.suffix.lower() in {".jpg", ".jpeg", ".png"})
    calibration = calibrate(paths)
    camera, used = calibration.camera, set(calibration.used)
    first = look(next(path for path in paths if path.name in used))
    views = [look(path, first.board) for path in paths if path.name in used]
    for photo in calibration.rejected:
        console.print(f"{photo.name}: {photo.reason}", markup=False)
    console.print(
        f"{len(views)} of {len(paths)} photos used, rms {camera.rms_px:.3f} px, "
        f"f {camera.fx:.1f} {camera.fy:.1f}, c {camera.cx:.1f} {camera.cy:.1f}"
    )
    bent, straight = _straightness(views, solve(views))
    arms = {name: _measure(views, flags) for name, flags in _ARMS.items()}
    table = Table("", *arms)
    for key in next(iter(arms.values())):
        table.add_row(key, *(f"{figures[key]:.3f}" for figures in arms.values()))
    console.print(table)
    console.print(f"board lines: {bent:.2f} px from straight before, {straight:.2f} px after")
    print(
        json.dumps(
            {
                "photos": len(paths),
                "used": len(views),
                "rejected": {photo.name: photo.reason for photo in calibration.rejected},
                "rms_px": round(camera.rms_px, 4),
                "focal_px": [round(camera.fx, 2), round(camera.fy, 2)],
                "centre_px": [round(camera.cx, 2), round(camera.cy, 2)],
                "line_deviation_px": {"before": round(bent, 3), "after": round(straight, 3)},
                "arms": {
                    name: {key: round(value, 4) for key, value in figures.items()}
                    for name, figures in arms.items()
                },
            }
        )
    )


def _measure(views: Sequence[View], flags: int) -> dict[str, float]:
    whole = solve(views, flags)
    figures = {"rms px": whole.rms_px, "fx px": float(whole.matrix[0, 0])}
    held_out = []
    for seed in range(_SPLITS):
        order = np.random.default_rng(seed).permutation(len(views))
        half = len(views) // 2
        solution = solve([views[i] for i in order[:half]], flags)
        held_out.append(_error_px([views[i] for i in order[half:]], solution))
    figures["held out px, mean"] = float(np.mean(held_out))
    figures["held out px, worst split"] = float(np.max(held_out))
    for size in _SUBSET_SIZES:
        if size >= len(views):
            break
        focal = []
        for seed in range(_SUBSETS):
            chosen = np.random.default_rng(seed).choice(len(views), size, replace=False)
            focal.append(float(solve([views[i] for i in chosen], flags).matrix[0, 0]))
        off = np.abs(np.array(focal) / whole.matrix[0, 0] - 1)
        figures[f"fx of {size} photos, % off (median)"] = float(100 * np.median(off))
        figures[f"fx of {size} photos, % off (90 %)"] = float(100 * np.percentile(off, 90))
    return figures


def _error_px(views: Sequence[View], solution: Solution) -> float:
    squares = []
    for view in views:
        board, corners = view.squares(), view.corners.reshape(-1, 1, 2)
        _, turn, place = cv2.solvePnP(board, corners, solution.matrix, solution.distortion)
        again, _ = cv2.projectPoints(board, turn, place, solution.matrix, solution.distortion)
        squares.append(((again - corners) ** 2).sum(axis=-1).ravel())
    return _root_mean(squares)


def _straightness(views: Sequence[View], solution: Solution) -> tuple[float, float]:
    """Return how far corners lie from their board lines, before and after undistortion, in px."""
    before: list[Floats] = []
    after: list[Floats] = []
    stop = (cv2.TERM_CRITERIA_COUNT, 50, 0.0)
    for view in views:
        flat = cv2.undistortPoints(
            view.corners.reshape(-1, 1, 2),
            solution.matrix,
            solution.distortion,
            P=solution.matrix,
            criteria=stop,
        ).reshape(view.corners.shape)
        for lines, grid in ((before, view.corners), (after, flat)):
            lines += [_bend(line) for line in (*grid, *np.moveaxis(grid, 1, 0))]
    return _root_mean(before), _root_mean(after)


def _root_mean(squares: Sequence[Floats]) -> float:
    return float(np.sqrt(np.mean(np.concatenate(squares))))


def _bend(line: Corners) -> Floats:
    """Return the squared distances of points (N, 2) from the line that fits them best."""
    centred = line.astype(np.float64) - line.mean(axis=0)
    _, _, axes = np.linalg.svd(centred)
    return np.asarray((centred @ axes[1]) ** 2)


if __name__ == "__main__":
    typer.run(main)
