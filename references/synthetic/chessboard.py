"""Photos of a chessboard through a lens that is known, for measuring calibration."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
from scipy.spatial.transform import Rotation

from references.lens import Lens

Floats = npt.NDArray[np.float64]
Image = npt.NDArray[np.uint8]

SQUARE_M: Final = 0.025
"""The side of a square of a board on a sheet of A4."""

# Every pixel is the mean of this many rays each way.
_RAYS: Final = 3
_PAPER: Final = 215.0
_INK: Final = 28.0
_DESK: Final = 120.0
_MARGIN_SQUARES: Final = 1.0
_TILT_DEG: Final = 32.0
# How much of the picture's width the board takes.
_SPAN: Final = (0.35, 0.6)
# How often a board that sticks out of the picture is pulled a little to the middle.
_PULLS: Final = 12


@dataclass(frozen=True, slots=True)
class BoardPhoto:
    """A grey photo (H, W) and where the inner corners really are in it, (rows, columns, 2)."""

    image: Image
    corners: Floats


def board_photos(
    lens: Lens,
    count: int,
    *,
    rng: np.random.Generator,
    board: tuple[int, int] = (9, 6),
    tilt_deg: float = _TILT_DEG,
    blur_px: float = 0.6,
    grain: float = 2.0,
) -> Iterator[BoardPhoto]:
    """Return photos of a board of (columns, rows) inner corners, all over the picture and tilted.

    ``tilt_deg`` is how far it leans at most, ``blur_px`` and ``grain`` (grey levels) are standard
    deviations.
    """
    rays = _rays(lens)
    for number in range(count):
        rotation, translation = _placement(lens, board, number, tilt_deg, rng)
        image = _photograph(rays, rotation, translation, board)
        image = cv2.GaussianBlur(image, (0, 0), blur_px) + rng.normal(scale=grain, size=image.shape)
        corners, _ = cv2.projectPoints(
            _corners(board),
            Rotation.from_matrix(rotation).as_rotvec(),
            translation,
            lens.matrix(),
            np.array(lens.distortion),
        )
        columns, rows = board
        yield BoardPhoto(
            np.clip(image, 0, 255).astype(np.uint8),
            np.asarray(corners, np.float64).reshape(rows, columns, 2),
        )


def _corners(board: tuple[int, int]) -> Floats:
    """Return the inner corners in metres (N, 3), row by row, the board's middle at the origin."""
    columns, rows = board
    x, y = np.meshgrid(np.arange(columns), np.arange(rows))
    grid = np.stack([x, y, np.zeros_like(x)], axis=-1).reshape(-1, 3).astype(np.float64)
    return np.asarray((grid - grid.mean(axis=0)) * SQUARE_M)


def _placement(
    lens: Lens, board: tuple[int, int], number: int, tilt_deg: float, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Return where the board is held: leaning, turned, in one of nine parts of the picture."""
    axis = np.append(rng.normal(size=2), 0.0)
    lean = Rotation.from_rotvec(
        axis / np.linalg.norm(axis) * rng.uniform(0.4, 1.0) * tilt_deg, degrees=True
    )
    spin = Rotation.from_rotvec([0.0, 0.0, rng.normal(0, 8.0)], degrees=True)
    width_m = (board[0] + 1) * SQUARE_M
    distance = lens.fx * width_m / (rng.uniform(*_SPAN) * lens.width)
    # Nine parts of the picture in turn, so that the border is covered, too.
    across, down = number % 3 - 1, number // 3 % 3 - 1
    offset = np.array([across * 0.22 * lens.width, down * 0.22 * lens.height])
    offset += rng.normal(0, 0.03, size=2) * (lens.width, lens.height)
    rotation = (lean * spin).as_matrix()
    rim = np.array([[x, y, 0] for x in (-1, 1) for y in (-1, 1)]) * (*board, 1)
    rim = rim * SQUARE_M * (0.5 + _MARGIN_SQUARES / min(board))
    for _ in range(_PULLS):
        translation = np.append(offset * distance / (lens.fx, lens.fy), distance)
        seen = (rim @ rotation.T + translation) @ lens.matrix().T
        inside = (seen[:, :2] > 0) & (seen[:, :2] < seen[:, 2:] * (lens.width, lens.height))
        if inside.all():
            break
        offset *= 0.85
    return np.asarray(rotation), translation


def _rays(lens: Lens) -> Floats:
    """Return where the rays of every pixel meet the plane one metre ahead, (H r, W r, 2)."""
    x, y = np.meshgrid(np.arange(lens.width), np.arange(lens.height))
    pixels = np.stack([x, y], axis=-1).reshape(-1, 1, 2).astype(np.float64)
    straight = cv2.undistortPoints(pixels, lens.matrix(), np.array(lens.distortion))
    grid = np.asarray(straight, np.float64).reshape(lens.height, lens.width, 2)
    size = (lens.width * _RAYS, lens.height * _RAYS)
    return np.asarray(cv2.resize(grid, size, interpolation=cv2.INTER_LINEAR))


def _photograph(
    rays: Floats, rotation: Floats, translation: Floats, board: tuple[int, int]
) -> Floats:
    """Return the grey picture (H, W) of a board at a place."""
    normal = rotation[:, 2]
    reach = normal @ translation / (rays @ normal[:2] + normal[2])
    # The board's own coordinates of where each ray meets it: its axes times (ray * reach - place).
    along = (rays @ rotation[:2, :2] + rotation[2, :2]) * reach[..., None]
    on_board = (along - translation @ rotation[:, :2]) / SQUARE_M
    columns, rows = board
    half = np.array([columns + 1, rows + 1]) / 2
    squares = np.floor(on_board + half).astype(np.int64)
    dark = squares.sum(axis=-1) % 2 == 0
    within = (np.abs(on_board) < half).all(axis=-1)
    paper = (np.abs(on_board) < half + _MARGIN_SQUARES).all(axis=-1) & (reach > 0)
    fine = np.where(within & dark, _INK, np.where(paper, _PAPER, _DESK))
    height, width = rays.shape[0] // _RAYS, rays.shape[1] // _RAYS
    return np.asarray(fine.reshape(height, _RAYS, width, _RAYS).mean(axis=(1, 3)))
