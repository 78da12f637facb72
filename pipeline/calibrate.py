"""Calibrate a camera from chessboard photos by Zhang's method.

Zhang, "A flexible new technique for camera calibration", IEEE TPAMI 22(11), 2000. The limits below
were measured with ``python -m benchmarks.calibration`` and on simulated boards (10 photos, corners
0.15 px off) through a phone's lens (f = 0.77 of the width) and a wide-angle one (0.44).
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.camera import Camera
from pipeline.chessboard import SEARCH_LONG_SIDE, BoardSize, Corners, find_board
from pipeline.errors import CalibrationError
from pipeline.photo import read_photo
from references.texts import DEFAULT_LANGUAGE, text

Floats = npt.NDArray[np.float64]

# Rays are within 1 % in nine of ten calibrations from 5 photos, 0.5 % from 10.
FEWEST_PHOTOS: Final = 5
ENOUGH_PHOTOS: Final = 10

# How far the boards' normals spread about their mean (root mean square): parallel boards say
# nothing new (Zhang, section 4.5). The focal length is off by up to 3 % at 3 degrees, 1 % at 5,
# 0.4 % at 8. Where corners are less exact, the solver's own standard deviation tells.
_NORMAL_SPREAD_DEG: Final = 6.0
_FOCAL_DEVIATION: Final = 0.01

# Share of the picture that all boards together cover. The lens is guessed outside: rays near the
# border are off by 8 to 35 % at 0.15, by 1 to 3 % at 0.3.
_LEAST_COVERAGE: Final = 0.15
_GOOD_COVERAGE: Final = 0.3

# Reprojection error in pixels of a picture 1280 px long: a photo is an outlier above the larger of
# these, three times the median photo's; a calibration is refused above the last. A wide-angle lens
# of 36 photos has a median of 0.5 and a worst photo of 0.8.
_OUTLIER_FACTOR: Final = 3.0
_OUTLIER_PX: Final = 0.5
_POOR_PX: Final = 2.0

# Focal lengths per long side of the picture from a 120-degree action camera to a fivefold
# telephone lens; square pixels; an axis near the middle, unless the photo was cropped.
_FOCAL_RANGE: Final = (0.28, 4.0)
_SQUARENESS: Final = 0.05
_OFF_CENTRE: Final = 0.1


@dataclass(frozen=True, slots=True)
class RejectedPhoto:
    """A photo that was not used, and a sentence that says why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Calibration:
    """A camera, the names of the photos it comes from, those that were not used, and warnings."""

    camera: Camera
    used: tuple[str, ...]
    rejected: tuple[RejectedPhoto, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class View:
    """The chessboard as one photo shows it.

    ``corners`` (rows, columns, 2) float32 pixels; ``size`` (width, height) of the photo, which
    ``quarter_turns`` clockwise make upright.
    """

    path: Path
    corners: Corners
    size: tuple[int, int]
    quarter_turns: int

    @property
    def board(self) -> BoardSize:
        """Return the inner corners of the longer and of the shorter side."""
        rows, columns, _ = self.corners.shape
        return max(rows, columns), min(rows, columns)

    def squares(self) -> Corners:
        """Return where the corners lie on the board, (rows * columns, 3), in sides of a square."""
        rows, columns, _ = self.corners.shape
        points = np.zeros((rows, columns, 3), np.float32)
        points[..., 0] = np.arange(columns)
        points[..., 1] = np.arange(rows)[:, None]
        return points.reshape(-1, 3)


@dataclass(frozen=True, slots=True)
class Solution:
    """What Zhang's method makes of some views.

    ``matrix`` (3, 3) and ``distortion`` (5,) as in OpenCV, ``rms_px`` over all corners and
    ``view_px`` (N,) of each view, ``normals`` (N, 3) of the boards towards the camera's side, and
    ``focal_deviation`` the larger standard deviation of fx and fy as a share of them.
    """

    matrix: Floats
    distortion: Floats
    rms_px: float
    view_px: Floats
    normals: Floats
    focal_deviation: float


def calibrate(
    photos: Sequence[Path],
    board: BoardSize | None = None,
    *,
    language: str = DEFAULT_LANGUAGE,
    progress: Callable[[float], None] = lambda fraction: None,
) -> Calibration:
    """Calibrate the camera that took these photos of a chessboard.

    ``board`` is (columns, rows) of inner corners; without it, it is what most photos show. Every
    photo that cannot be used is named with the reason in ``language``. ``progress`` is told the
    share of photos looked at. Raises CalibrationError when too few can be used, when all show the
    board from one angle or in one small part of the picture, or when no real camera fits them.
    """
    rejected: list[RejectedPhoto] = []
    views: list[View] = []
    for count, path in enumerate(photos, start=1):
        try:
            views.append(look(path, board))
        except CalibrationError as error:
            rejected.append(RejectedPhoto(path.name, error.say(language)))
        progress(count / len(photos))
    views = _of_one_size(views, rejected, language)
    views = _of_one_board(views, rejected, language)
    views, solution = _solve_without_outliers(views, rejected, language)
    coverage = _coverage(views)
    _refuse_doubtful(solution, views[0].size, coverage)
    warnings = []
    if len(views) < ENOUGH_PHOTOS:
        warnings.append(text("calibrate.few", language, used=len(views), enough=ENOUGH_PHOTOS))
    if coverage < _GOOD_COVERAGE:
        warnings.append(text("calibrate.border", language, percent=round(100 * coverage)))
    return Calibration(
        _camera(solution, views),
        tuple(view.path.name for view in views),
        tuple(rejected),
        tuple(warnings),
    )


def listed(rejected: Sequence[RejectedPhoto]) -> tuple[str, ...]:
    """Return one line for each reason, with the names of the photos that it concerns."""
    names: dict[str, list[str]] = {}
    for photo in rejected:
        names.setdefault(photo.reason, []).append(photo.name)
    return tuple(f"{', '.join(those)}: {reason}" for reason, those in names.items())


def look(path: Path, board: BoardSize | None = None) -> View:
    """Return the chessboard in a photo. Raises CalibrationError when the photo is no use."""
    photo = read_photo(path)
    height, width = photo.grey.shape
    return View(path, find_board(photo.grey, board), (width, height), photo.quarter_turns)


def solve(views: Sequence[View], flags: int = 0) -> Solution:
    """Solve Zhang's method for these views; ``flags`` are OpenCV's.

    All five distortion coefficients are free: the third radial one costs a phone's lens nothing
    even with five photos and brings a wide-angle lens's rays from 9 % off to under 1 %. Raises
    CalibrationError when the views determine no camera.
    """
    try:
        rms, matrix, distortion, turns, _, deviations, _, errors = cv2.calibrateCameraExtended(
            [view.squares() for view in views],
            [view.corners.reshape(-1, 1, 2) for view in views],
            views[0].size,
            np.eye(3),
            np.zeros(5),
            flags=flags,
        )
    except cv2.error as error:
        raise CalibrationError("calibrate.one_angle") from error
    normals = np.array([cv2.Rodrigues(turn)[0][:, 2] for turn in turns])
    fx, fy = matrix[0, 0], matrix[1, 1]
    return Solution(
        np.asarray(matrix, np.float64),
        np.asarray(distortion, np.float64).ravel(),
        rms,
        np.asarray(errors, np.float64).ravel(),
        # Which way a board's normal points depends on the order of its corners.
        normals * np.where(normals[:, 2:] < 0, -1.0, 1.0),
        float(max(deviations[0, 0] / fx, deviations[1, 0] / fy)),
    )


def _of_one_size(views: Sequence[View], rejected: list[RejectedPhoto], language: str) -> list[View]:
    if not views:
        return []
    common, _ = Counter(view.size for view in views).most_common(1)[0]
    for view in views:
        if view.size != common:
            size, most = (f"{width}x{height}" for width, height in (view.size, common))
            reason = text("calibrate.other_size", language, size=size, most=most)
            rejected.append(RejectedPhoto(view.path.name, reason))
    return [view for view in views if view.size == common]


def _of_one_board(
    views: Sequence[View], rejected: list[RejectedPhoto], language: str
) -> list[View]:
    """Return the views of the board that most photos show, looking for it in the others again."""
    if not views:
        return []
    board, _ = Counter(view.board for view in views).most_common(1)[0]
    same = []
    for view in views:
        try:
            same.append(view if view.board == board else look(view.path, board))
        except CalibrationError:
            part, whole = (f"{columns}x{rows}" for columns, rows in (view.board, board))
            reason = text("calibrate.other_board", language, part=part, whole=whole)
            rejected.append(RejectedPhoto(view.path.name, reason))
    return same


def _solve_without_outliers(
    views: Sequence[View], rejected: list[RejectedPhoto], language: str
) -> tuple[list[View], Solution]:
    """Solve, dropping the photo that fits worst until all fit about equally well."""
    left = list(views)
    while len(left) >= FEWEST_PHOTOS:
        solution = solve(left)
        worst = int(np.argmax(solution.view_px))
        floor = _OUTLIER_PX * max(left[0].size) / SEARCH_LONG_SIDE
        limit = max(floor, _OUTLIER_FACTOR * float(np.median(solution.view_px)))
        if solution.view_px[worst] <= limit:
            return left, solution
        name = left.pop(worst).path.name
        rejected.append(RejectedPhoto(name, text("calibrate.outlier", language)))
    reasons = "".join(f"\n- {line}" for line in listed(rejected))
    raise CalibrationError(
        "calibrate.too_few", fewest=FEWEST_PHOTOS, usable=len(left), reasons=reasons
    )


def _refuse_doubtful(solution: Solution, size: tuple[int, int], coverage: float) -> None:
    one_angle = _normal_spread_deg(solution.normals) < _NORMAL_SPREAD_DEG
    if one_angle or solution.focal_deviation > _FOCAL_DEVIATION:
        raise CalibrationError("calibrate.one_angle")
    if coverage < _LEAST_COVERAGE:
        raise CalibrationError("calibrate.small", percent=round(100 * coverage))
    if not _is_plausible(solution, size):
        raise CalibrationError("calibrate.absurd")


def _is_plausible(solution: Solution, size: tuple[int, int]) -> bool:
    fx, fy = solution.matrix[0, 0], solution.matrix[1, 1]
    off_centre = np.abs((solution.matrix[:2, 2] + 0.5) / size - 0.5)
    nearest, farthest = _FOCAL_RANGE
    return bool(
        solution.rms_px <= _POOR_PX * max(size) / SEARCH_LONG_SIDE
        and nearest <= fx / max(size) <= farthest
        and abs(fx / fy - 1) <= _SQUARENESS
        and off_centre.max() <= _OFF_CENTRE
        and np.isfinite(solution.distortion).all()
    )


def _normal_spread_deg(normals: Floats) -> float:
    mean = normals.mean(axis=0)
    cosines = normals @ mean / np.linalg.norm(mean)
    return float(np.degrees(np.sqrt(np.mean(np.arccos(np.clip(cosines, -1, 1)) ** 2))))


def _coverage(views: Sequence[View]) -> float:
    corners = np.concatenate([view.corners.reshape(-1, 2) for view in views])
    width, height = views[0].size
    return cv2.contourArea(cv2.convexHull(corners)) / (width * height)


def _camera(solution: Solution, views: Sequence[View]) -> Camera:
    width, height = views[0].size
    k1, k2, p1, p2, k3 = solution.distortion.tolist()
    as_taken = Camera(
        width=width,
        height=height,
        fx=float(solution.matrix[0, 0]),
        fy=float(solution.matrix[1, 1]),
        cx=float(solution.matrix[0, 2]),
        cy=float(solution.matrix[1, 2]),
        distortion=(k1, k2, p1, p2, k3),
        rms_px=float(solution.rms_px),
        photos=len(views),
    )
    upright, _ = Counter(view.quarter_turns for view in views).most_common(1)[0]
    return as_taken.turned(upright)
