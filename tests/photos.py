"""Chessboard photos through a lens that is known exactly, ray by ray, for the calibration tests."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from pipeline.camera import Camera

Grey = npt.NDArray[np.uint8]

PHONE: Final = Camera(960, 720, 745.0, 746.5, 487.0, 352.0, (0.1, -0.2, 5e-4, -4e-4, 0.02), 0.0, 1)

_RAYS_PER_PIXEL_SIDE: Final = 3
_WALL, _PAPER, _BLACK = 110, 225, 30


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a board stands before the camera: ``turn`` (3, 3), ``centre`` (3,) in squares."""

    turn: npt.NDArray[np.float64]
    centre: npt.NDArray[np.float64]


@dataclass(frozen=True)
class Studio:
    """A camera and a board with ``board`` (columns, rows) inner corners on a white sheet."""

    camera: Camera = PHONE
    board: tuple[int, int] = (9, 6)

    def photo(self, pose: Pose, *, noise: float = 2.0, seed: int = 0) -> Grey:
        """Return what the camera sees, (height, width) uint8."""
        columns, rows = self.board
        x, y = self._rays
        origin = pose.centre - pose.turn @ self._middle
        to_board = np.linalg.inv(np.column_stack([pose.turn[:, :2], origin])).astype(np.float32)
        across, down, depth = (a * x + b * y + c for a, b, c in to_board)
        across, down = across / depth, down / depth
        light = np.full(x.shape, _WALL, np.float32)
        light[_within(across, -2, columns + 1) & _within(down, -2, rows + 1)] = _PAPER
        board = _within(across, -1, columns) & _within(down, -1, rows)
        light[board & ((np.floor(across) + np.floor(down)) % 2 == 0)] = _BLACK
        fine = (self.camera.height, _RAYS_PER_PIXEL_SIDE, self.camera.width, _RAYS_PER_PIXEL_SIDE)
        clean = light.reshape(fine).mean((1, 3))
        noisy = clean + np.random.default_rng(seed).normal(0, noise, clean.shape)
        return np.asarray(np.clip(noisy, 0, 255), np.uint8)

    def poses(
        self, count: int, *, tilt_deg: float = 35.0, fill: float = 0.85, seed: int = 0
    ) -> list[Pose]:
        """Return poses tilted by up to ``tilt_deg`` about random axes, wholly in the picture.

        Seen straight on, the sheet takes about ``fill`` of the picture's width or height.
        """
        rng = np.random.default_rng(seed)
        camera, (columns, rows) = self.camera, self.board
        sheet = np.array([columns + 3, rows + 3])
        picture = np.array([camera.width / camera.fx, camera.height / camera.fy])
        poses: list[Pose] = []
        while len(poses) < count:
            axis, roll = rng.uniform(0, 2 * np.pi), np.radians(rng.uniform(-15, 15))
            tilt = np.radians(tilt_deg * np.sqrt(rng.uniform()))
            lean, _ = cv2.Rodrigues(np.array([np.cos(axis), np.sin(axis), 0.0]) * tilt)
            spin, _ = cv2.Rodrigues(np.array([0.0, 0.0, roll]))
            depth = (sheet / picture).max() / (fill * rng.uniform(0.8, 1.2))
            aside = rng.uniform(-0.5, 0.5, 2) * (picture * depth - sheet)
            pose = Pose(np.asarray(lean @ spin), np.array([*aside, depth]))
            if self._in_picture(pose):
                poses.append(pose)
        return poses

    def corners(self, pose: Pose) -> npt.NDArray[np.float64]:
        """Return the true inner corners (rows * columns, 2) in pixels."""
        columns, rows = self.board
        return self._project(pose, range(columns), range(rows))

    def _in_picture(self, pose: Pose) -> bool:
        columns, rows = self.board
        sheet = self._project(pose, (-2, columns + 1), (-2, rows + 1))
        limit = (self.camera.width, self.camera.height)
        # Far outside, the distortion folds the plane back into the picture.
        corners = self._in_space(pose, (-2, columns + 1), (-2, rows + 1))
        seen = np.abs(corners[:, :2] / corners[:, 2:]) < self._widest
        return bool((sheet > 0).all() and (sheet < limit).all() and seen.all())

    def _project(
        self, pose: Pose, across: Iterable[int], down: Iterable[int]
    ) -> npt.NDArray[np.float64]:
        points = self._in_space(pose, across, down)
        still = np.zeros(3)
        seen, _ = cv2.projectPoints(points, still, still, self._matrix, self._distortion)
        return np.asarray(seen, np.float64).reshape(-1, 2)

    def _in_space(
        self, pose: Pose, across: Iterable[int], down: Iterable[int]
    ) -> npt.NDArray[np.float64]:
        points = np.array([[x, y, 0.0] for y in down for x in across])
        return (points - self._middle) @ pose.turn.T + pose.centre

    @property
    def _middle(self) -> npt.NDArray[np.float64]:
        columns, rows = self.board
        return np.array([(columns - 1) / 2, (rows - 1) / 2, 0.0])

    @property
    def _matrix(self) -> npt.NDArray[np.float64]:
        camera = self.camera
        return np.array([[camera.fx, 0, camera.cx], [0, camera.fy, camera.cy], [0, 0, 1]])

    @property
    def _distortion(self) -> npt.NDArray[np.float64]:
        return np.array(self.camera.distortion)

    @cached_property
    def _widest(self) -> npt.NDArray[np.float32]:
        return np.asarray(np.abs(self._rays).max(axis=(1, 2)))

    @cached_property
    def _rays(self) -> npt.NDArray[np.float32]:
        """Return x and y of the rays through every part of every pixel, (2, fine H, fine W)."""
        rows, columns = np.mgrid[: self.camera.height, : self.camera.width].astype(np.float64)
        pixels = np.stack([columns, rows], axis=-1).reshape(-1, 1, 2)
        stop = (cv2.TERM_CRITERIA_COUNT, 30, 0.0)
        rays = cv2.undistortPoints(pixels, self._matrix, self._distortion, criteria=stop)
        coarse = np.asarray(rays, np.float32).reshape(*rows.shape, 2)
        size = _RAYS_PER_PIXEL_SIDE
        # Within a pixel the rays are linear to a millionth.
        return np.moveaxis(cv2.resize(coarse, None, fx=size, fy=size), -1, 0).astype(np.float32)


def save(path: Path, grey: Grey, *, orientation: int = 1) -> Path:
    """Write a JPEG as a phone does: pixels as taken, EXIF telling how to turn them upright."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(grey).save(path, quality=95, exif=exif)
    return path


def _within(values: npt.NDArray[np.float32], low: float, high: float) -> npt.NDArray[np.bool_]:
    return (values > low) & (values < high)
