"""The way from pixels to rays and back, frames of other sizes, and files that are no camera."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from pipeline.camera import Camera
from pipeline.errors import SettingError

PHONE = Camera(1920, 1440, 1480.0, 1485.0, 980.0, 700.0, (0.1, -0.2, 3e-3, -2e-3, 0.02), 0.4, 12)
WIDE = Camera(1280, 960, 560.0, 561.0, 650.0, 499.0, (-0.233, 0.062, 0.0, 1e-4, -0.0076), 0.5, 35)


def project(camera: Camera, rays: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the pixels (N, 2) of rays (N, 2), by OpenCV's forward model."""
    matrix = np.array([[camera.fx, 0, camera.cx], [0, camera.fy, camera.cy], [0, 0, 1]])
    points = np.column_stack([rays, np.ones(len(rays))])
    pixels, _ = cv2.projectPoints(
        points, np.zeros(3), np.zeros(3), matrix, np.array(camera.distortion)
    )
    return np.asarray(pixels, np.float64).reshape(-1, 2)


def rays_within(x: float, y: float) -> npt.NDArray[np.float64]:
    across, down = np.meshgrid(np.linspace(-x, x, 9), np.linspace(-y, y, 7))
    return np.column_stack([across.ravel(), down.ravel()])


@pytest.mark.parametrize(("camera", "x", "y"), [(PHONE, 0.6, 0.45), (WIDE, 1.1, 0.8)])
def test_normalise_undoes_the_lens(camera: Camera, x: float, y: float) -> None:
    rays = rays_within(x, y)
    found = camera.normalise(project(camera, rays).astype(np.float32))
    assert np.abs(found - rays).max() < 1e-5


def test_normalise_keeps_shape_and_gaps() -> None:
    poses = np.full((4, 17, 2), 500.0, np.float32)
    poses[1, 3] = np.nan
    poses[2, 5, 0] = np.nan
    rays = PHONE.normalise(poses)
    assert rays.shape == poses.shape
    assert rays.dtype == np.float32
    gaps = np.argwhere(np.isnan(rays))
    assert gaps.tolist() == [[1, 3, 0], [1, 3, 1], [2, 5, 0], [2, 5, 1]]


def test_normalise_of_nothing_seen() -> None:
    assert np.isnan(PHONE.normalise(np.full((17, 2), np.nan, np.float32))).all()


def test_a_pixel_without_a_ray_is_a_gap() -> None:
    # This polynomial turns back at 0.82 focal lengths, where it has reached 0.54: 540 px.
    folding = Camera(1600, 1200, 1000.0, 1000.0, 800.0, 600.0, (-0.5, 0.0, 0.0, 0.0, 0.0), 0.5, 9)
    rays = folding.normalise(np.array([[1300.0, 600.0], [1400.0, 600.0]], np.float32))
    assert np.isfinite(rays[0]).all()
    assert np.isnan(rays[1]).all()


@pytest.mark.parametrize("quarters", [-1, 0, 1, 2, 3, 4])
def test_a_turned_camera_sees_turned_pictures(quarters: int) -> None:
    rays = rays_within(0.6, 0.45)
    pixels = project(PHONE, rays)
    size = np.array([PHONE.width, PHONE.height])
    for _ in range(quarters % 4):
        pixels = np.column_stack([size[1] - 1 - pixels[:, 1], pixels[:, 0]])
        rays = np.column_stack([-rays[:, 1], rays[:, 0]])
        size = size[::-1]
    turned = PHONE.turned(quarters)
    assert (turned.width, turned.height) == tuple(size)
    assert np.abs(project(turned, rays) - pixels).max() < 1e-6


def test_a_picture_is_turned_as_numpy_turns_it() -> None:
    marked = np.zeros((PHONE.height, PHONE.width), np.uint8)
    marked[round(PHONE.cy), round(PHONE.cx)] = 1
    row, column = np.argwhere(np.rot90(marked, -1))[0]
    turned = PHONE.turned(1)
    assert (turned.cx, turned.cy) == (column, row)


@pytest.mark.parametrize(("width", "height"), [(640, 480), (4032, 3024), (1440, 1080)])
def test_another_size_is_the_same_lens(width: int, height: int) -> None:
    rays = rays_within(0.6, 0.45)
    scaled = PHONE.scaled_to(width, height)
    factor = width / PHONE.width
    expected = (project(PHONE, rays) + 0.5) * factor - 0.5
    assert np.abs(project(scaled, rays) - expected).max() < 1e-6
    assert scaled.rms_px == pytest.approx(PHONE.rms_px * factor)
    assert (scaled.width, scaled.height) == (width, height)


def test_an_upright_phone_turns_its_sensor_clockwise() -> None:
    # EXIF orientation 6, a phone held upright: the landscape picture is shown turned clockwise.
    assert PHONE.scaled_to(1440, 1920) == PHONE.turned(1)
    # From upright photos to a clip filmed lying on its side it is the way back.
    assert PHONE.turned(1).scaled_to(1920, 1440) == PHONE
    assert PHONE.scaled_to(720, 960).scaled_to(1920, 1440).cx == pytest.approx(PHONE.cx)


@pytest.mark.parametrize("scale", [1.0, 0.5])
def test_video_is_cut_out_of_the_middle_of_the_photo(scale: float) -> None:
    assert (PHONE.width, PHONE.height) == (1920, 1440)
    rays = rays_within(0.5, 0.25)
    video = PHONE.scaled_to(round(1920 * scale), round(1080 * scale))
    expected = (project(PHONE, rays) - (0, 180) + 0.5) * scale - 0.5
    assert np.abs(project(video, rays) - expected).max() < 1e-6
    upright = PHONE.scaled_to(1080, 1920)
    assert upright == PHONE.scaled_to(1440, 1920).scaled_to(1080, 1920)


@pytest.mark.parametrize(("width", "height"), [(2400, 1000), (1000, 2400), (1, 9)])
def test_another_shape_is_refused(width: int, height: int) -> None:
    with pytest.raises(SettingError) as caught:
        PHONE.scaled_to(width, height)
    assert caught.value.key == "camera.other_shape"
    assert f"{width}x{height}" in str(caught.value)


def test_a_saved_camera_loads(tmp_path: Path) -> None:
    path = tmp_path / "camera.json"
    PHONE.save(path)
    assert Camera.load(path) == PHONE


def changed(**values: Any) -> str:
    return json.dumps(asdict(PHONE) | values)


NO_CAMERA = {
    "empty": "",
    "no JSON": "fx = 1000",
    "a list": "[1, 2, 3]",
    "a number": "7",
    "null": "null",
    "text": '"camera"',
    "an empty object": "{}",
    "nested too deep": "[" * 9_000,
    "cut off": changed()[:-20],
    "too large": " " * 20_000 + changed(),
    "an unknown key": changed(serial="x"),
    "a missing key": json.dumps({k: v for k, v in asdict(PHONE).items() if k != "fy"}),
    "no distortion": json.dumps({k: v for k, v in asdict(PHONE).items() if k != "distortion"}),
    "text for a number": changed(fx="1480"),
    "null for a number": changed(fx=None),
    "a truth value": changed(width=True),
    "a fraction of a pixel": changed(width=1920.5),
    "not a number": changed(cx=float("nan")),
    "infinite": changed(fy=float("inf")),
    "negative focal length": changed(fx=-1480.0),
    "no focal length": changed(fy=0),
    "no width": changed(width=0),
    "negative height": changed(height=-1440),
    "no photos": changed(photos=0),
    "negative error": changed(rms_px=-0.1),
    "a huge whole number": changed(fx=10**400),
    "a huger one": '{"fx": ' + "9" * 5_000 + "}",
    "short distortion": changed(distortion=[0.1, 0.2]),
    "long distortion": changed(distortion=[0.0] * 6),
    "distortion of text": changed(distortion=["a", "b", "c", "d", "e"]),
    "distortion not a number": changed(distortion=[0.1, float("nan"), 0, 0, 0]),
    "distortion a word": changed(distortion="abcde"),
    "distortion an object": changed(distortion={"a": 1, "b": 2, "c": 3, "d": 4, "e": 5}),
}


@pytest.mark.parametrize("content", NO_CAMERA.values(), ids=NO_CAMERA.keys())
def test_what_is_no_camera_is_refused(content: str, tmp_path: Path) -> None:
    path = tmp_path / "camera.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SettingError) as caught:
        Camera.load(path)
    assert caught.value.key == "camera.unreadable"


def test_what_is_no_text_file_is_refused(tmp_path: Path) -> None:
    binary = tmp_path / "camera.bin"
    binary.write_bytes(b"\xff\xfe\x00\x80")
    for path in (binary, tmp_path, tmp_path / "missing.json"):
        with pytest.raises(SettingError):
            Camera.load(path)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0, 0.0])
def test_no_camera_is_made_of_nonsense(value: float) -> None:
    with pytest.raises(ValueError, match="no camera"):
        replace(PHONE, fx=value)
