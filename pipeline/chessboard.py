"""Find the inner corners of a chessboard in a photo, and tell when the photo is too blurred."""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.errors import CalibrationError
from pipeline.photo import Grey

Corners = npt.NDArray[np.float32]
BoardSize = tuple[int, int]

# Boards are looked for in the photo shrunk to this long side, which takes 0.1 s; corners are then
# refined in the photo itself (on rendered 12-megapixel photos: 0.2 px off before, 0.05 after).
SEARCH_LONG_SIDE: Final = 1280
_SMALLEST_SIDE: Final = 120

# A blurred board is sharp again in a smaller picture, and found there.
_SHRINKS: Final = (1, 2, 4)

# The finder grows any board that has at least these inner corners to its full size; it grows a
# square seed in every direction alike. It also finds 4x4 in a street, and 5x4 only on boards.
_SEED: Final = (4, 4)
_FEWEST_CORNERS: Final = 20

# A corner may be sought within this share of the shortest square's side: nearer than the next edge.
_REFINE_SHARE: Final = 0.25
_REFINE_ROUNDS: Final = (cv2.TERM_CRITERIA_COUNT + cv2.TERM_CRITERIA_EPS, 40, 1e-3)

# The corners' error on rendered boards (sharp: 0.07 px) doubles when the way from black to white
# takes a fifth of a square, and is 20 times as large at two fifths. However large the squares, a
# way of 10 px in the picture searched is a moved phone or board, and a rolling shutter shears a
# moving picture by about as much as it blurs it.
_EDGE_SHARE: Final = 0.2
_EDGE_PX: Final = 10.0

# Steepest edges of a photo per pixel, as a share of its contrast: 0.16 to 0.24 in sharp photos of
# boards and gyms, 0.05 to 0.08 once blurred by a Gaussian of 4 px.
_STEEPNESS: Final = 0.08


def find_board(grey: Grey, size: BoardSize | None = None) -> Corners:
    """Return the inner corners of the chessboard in a photo, (rows, columns, 2) in its pixels.

    ``size`` (columns, rows) demands that board; without it any board of at least 5x4 inner corners
    is found, of which a part may be hidden. Raises CalibrationError when there is none or the photo
    is too blurred.
    """
    if min(grey.shape) < _SMALLEST_SIDE:
        raise CalibrationError("calibrate.tiny", width=grey.shape[1], height=grey.shape[0])
    view, scale = _shrunk(grey, SEARCH_LONG_SIDE / max(grey.shape))
    for shrink in _SHRINKS:
        smaller, share = _shrunk(view, 1 / shrink)
        corners = _search(smaller, size)
        if corners is not None:
            break
    else:
        blurred = _steepness(view) < _STEEPNESS
        raise CalibrationError("calibrate.blurred" if blurred else "calibrate.no_board")
    corners = _rescaled(corners, 1 / share)
    if _edge_width(view, corners) > min(_EDGE_PX, _EDGE_SHARE * float(np.median(_sides(corners)))):
        raise CalibrationError("calibrate.blurred")
    if scale * share < 1:
        corners = _refined(grey, _rescaled(corners, 1 / scale))
    return corners


def _search(grey: Grey, size: BoardSize | None) -> Corners | None:
    flags = 0 if size else cv2.CALIB_CB_LARGER
    found, corners, meta = cv2.findChessboardCornersSBWithMeta(grey, size or _SEED, flags)
    if not found:
        return None
    grid = corners.reshape(*meta.shape, 2).astype(np.float32)
    # The finder extrapolates a board that the picture's edge cuts off.
    inside = (grid >= 0).all() and (grid <= np.array(grey.shape[::-1]) - 1).all()
    return grid if inside and (size or meta.size >= _FEWEST_CORNERS) else None


def _shrunk(grey: Grey, scale: float) -> tuple[Grey, float]:
    if scale >= 1:
        return grey, 1.0
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return small.astype(np.uint8, copy=False), scale


def _rescaled(corners: Corners, scale: float) -> Corners:
    # Pixel centres lie at whole numbers, so the picture's edge is at -0.5.
    return ((corners + 0.5) * scale - 0.5).astype(np.float32)


def _refined(grey: Grey, corners: Corners) -> Corners:
    reach = max(2, round(float(_sides(corners).min()) * _REFINE_SHARE))
    points = corners.reshape(-1, 1, 2).copy()
    cv2.cornerSubPix(grey, points, (reach, reach), (-1, -1), _REFINE_ROUNDS)
    return points.reshape(corners.shape)


def _sides(corners: Corners) -> npt.NDArray[np.float32]:
    down, across = np.diff(corners, axis=0), np.diff(corners, axis=1)
    vectors = np.concatenate([down.reshape(-1, 2), across.reshape(-1, 2)])
    lengths: npt.NDArray[np.float32] = np.linalg.norm(vectors, axis=1)
    return lengths


def _edge_width(grey: Grey, corners: Corners) -> float:
    """Return the way from black to white (10 to 90 %) in pixels, of the more blurred direction."""
    rows, columns, _ = corners.shape
    points = corners.reshape(-1, 1, 2)
    widths = []
    for vertical in (False, True):
        _, edges = cv2.estimateChessboardSharpness(grey, (columns, rows), points, 0.8, vertical)
        # The mean that OpenCV returns is spoilt by single edges in a reflection.
        widths.append(float(np.median(edges[:, 2])))
    return max(widths)


def _steepness(grey: Grey) -> float:
    smooth = cv2.GaussianBlur(grey, (0, 0), 1).astype(np.float32)
    slope = np.hypot(cv2.Sobel(smooth, -1, 1, 0), cv2.Sobel(smooth, -1, 0, 1)) / 8
    dark, bright = np.percentile(grey, (2, 98))
    return float(np.percentile(slope, 99.5) / max(bright - dark, 1.0))
