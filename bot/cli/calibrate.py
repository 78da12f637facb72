"""``gymbrain calibrate``: chessboard photos to a camera file."""

import re
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import Progress

from pipeline.calibrate import calibrate as calibrate_photos
from pipeline.calibrate import listed
from pipeline.chessboard import BoardSize
from pipeline.errors import SettingError
from references.texts import text

_FEWEST_ACROSS: Final = 3


def calibrate(
    photos: Annotated[list[Path], typer.Argument(help="Ten or more photos of a chessboard.")],
    out: Annotated[Path, typer.Option(dir_okay=False, help="The camera file to write.")],
    board: Annotated[
        str | None,
        typer.Option(help="Inner corners, like 9x6, instead of what most photos show."),
    ] = None,
) -> None:
    """Calibrate a camera from chessboard photos: 'gymbrain analyze --camera' uses the file."""
    console = Console()
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("photos", total=1.0)
        calibration = calibrate_photos(
            photos,
            _board_size(board) if board is not None else None,
            progress=lambda done: bar.update(task, completed=done),
        )
    try:
        calibration.camera.save(out)
    except OSError as error:
        raise SettingError("camera.unwritable", path=out) from error
    camera = calibration.camera
    lines = [
        *listed(calibration.rejected),
        *calibration.warnings,
        text("calibrate.done", photos=camera.photos, rms=f"{camera.rms_px:.2f}", path=out),
    ]
    for line in lines:
        # File names are not markup.
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _board_size(words: str) -> BoardSize:
    match = re.fullmatch(r"(\d{1,2})[xX×](\d{1,2})", words.strip())
    size = (int(match[1]), int(match[2])) if match else (0, 0)
    if min(size) < _FEWEST_ACROSS:
        raise SettingError("calibrate.bad_size", size=words)
    return size
