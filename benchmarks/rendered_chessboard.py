"""Calibration from rendered photos of a chessboard, compared with the lens that took them.

    python -m benchmarks.rendered_chessboard [--photos N] [--seed S]

The last line is one JSON object: errors of the focal lengths and of the principal point in percent,
of the corners in pixels, and the reprojection error.
"""

import json
import tempfile
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer
from rich.progress import track

from pipeline.calibrate import calibrate
from pipeline.chessboard import find_board
from references.lens import Lens
from references.synthetic.chessboard import board_photos

LENSES = {
    "straight": Lens(1280, 720, 1015.0, 1015.0, 646.0, 355.0),
    "barrel": Lens(1280, 720, 880.0, 878.0, 632.0, 366.0, (-0.21, 0.06, 0.0008, -0.0005)),
    "pincushion": Lens(720, 1280, 1120.0, 1123.0, 352.0, 649.0, (0.12, -0.18, 0.0, 0.001)),
}
BOARD = (9, 6)


def main(
    photos: Annotated[int, typer.Option(help="Photos of each lens.")] = 18,
    seed: Annotated[int, typer.Option(help="Other seeds give other photos.")] = 1,
) -> None:
    """Calibrate each lens from its photos."""
    results = {}
    for name, lens in track(LENSES.items(), "calibrating"):
        rng = np.random.default_rng(seed)
        off = []
        with tempfile.TemporaryDirectory() as folder:
            paths = []
            for number, photo in enumerate(board_photos(lens, photos, rng=rng, board=BOARD)):
                paths.append(Path(folder) / f"{number:02d}.png")
                cv2.imwrite(str(paths[-1]), photo.image)
                found = find_board(photo.image, BOARD).reshape(-1, 2)
                nearest = np.linalg.norm(found[:, None] - photo.corners.reshape(1, -1, 2), axis=2)
                off.append(nearest.min(axis=1).mean())
            camera = calibrate(paths, BOARD).camera
        results[name] = {
            "fx_percent": round(100 * abs(camera.fx / lens.fx - 1), 3),
            "fy_percent": round(100 * abs(camera.fy / lens.fy - 1), 3),
            "cx_percent": round(100 * abs(camera.cx / lens.cx - 1), 3),
            "cy_percent": round(100 * abs(camera.cy / lens.cy - 1), 3),
            "corners_px": round(float(np.mean(off)), 3),
            "reprojection_px": round(camera.rms_px, 3),
        }
        print(name, results[name])
    print(json.dumps(results))


if __name__ == "__main__":
    typer.run(main)
