"""Calibration from photos of a chessboard that the tests take through a lens known exactly."""

import struct
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from pipeline.calibrate import Calibration, calibrate, look
from pipeline.chessboard import find_board
from pipeline.errors import CalibrationError
from pipeline.photo import read_photo
from tests.photos import PHONE, Grey, Pose, Studio, save

Spoil = Callable[[Grey], Grey]

STUDIO = Studio()


@pytest.fixture(scope="module")
def shots() -> list[Grey]:
    """Twelve good photos, before anything was done to them."""
    return [STUDIO.photo(pose, seed=n) for n, pose in enumerate(STUDIO.poses(12))]


@pytest.fixture(scope="module")
def good(shots: list[Grey], tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("photos")
    return [save(folder / f"good-{n}.jpg", shot) for n, shot in enumerate(shots)]


@pytest.fixture(scope="module")
def calibration(good: list[Path]) -> Calibration:
    return calibrate(good)


def reasons(calibration: Calibration) -> dict[str, str]:
    return {photo.name: photo.reason for photo in calibration.rejected}


def test_the_lens_is_found(calibration: Calibration, good: list[Path]) -> None:
    camera = calibration.camera
    assert (camera.width, camera.height) == (PHONE.width, PHONE.height)
    assert [camera.fx, camera.fy] == pytest.approx([PHONE.fx, PHONE.fy], rel=0.005)
    assert [camera.cx, camera.cy] == pytest.approx([PHONE.cx, PHONE.cy], rel=0.01)
    assert 0 < camera.rms_px < 0.5
    assert calibration.used == tuple(path.name for path in good)
    assert camera.photos == len(good)
    assert calibration.rejected == ()
    assert calibration.warnings == ()


def test_rays_are_those_of_the_lens(calibration: Calibration) -> None:
    x, y = np.meshgrid(np.linspace(80, 880, 9), np.linspace(60, 660, 7))
    pixels = np.stack([x, y], axis=-1).astype(np.float32)
    difference = calibration.camera.normalise(pixels) - PHONE.normalise(pixels)
    assert np.linalg.norm(difference, axis=-1).max() < 0.01


@pytest.mark.parametrize("board", [(7, 7), (10, 7), (5, 4)])
def test_the_board_need_not_be_known(board: tuple[int, int], tmp_path: Path) -> None:
    studio = Studio(board=board)
    paths = [
        save(tmp_path / f"{n}.jpg", studio.photo(pose))
        for n, pose in enumerate(studio.poses(5, seed=3))
    ]
    camera = calibrate(paths).camera
    assert [camera.fx, camera.fy] == pytest.approx([PHONE.fx, PHONE.fy], rel=0.01)


def test_a_named_board_is_the_only_one_looked_for(good: list[Path]) -> None:
    assert calibrate(good[:5], (9, 6)).used == calibrate(good[:5], (6, 9)).used
    with pytest.raises(CalibrationError, match="could use 0"):
        calibrate(good[:1], (10, 7))


def test_large_photos_are_refined_at_full_size(tmp_path: Path) -> None:
    large = replace(PHONE, width=1920, height=1440, fx=1490.5, fy=1493.5, cx=974.5, cy=704.5)
    studio = Studio(large)
    pose = studio.poses(1, seed=1)[0]
    found = find_board(studio.photo(pose)).reshape(-1, 1, 2)
    miss = np.linalg.norm(found - studio.corners(pose)[None], axis=2).min(axis=1)
    assert np.sqrt(np.mean(miss**2)) < 0.1


def blurred(shot: Grey) -> Grey:
    return cv2.GaussianBlur(shot, (0, 0), 8).astype(np.uint8)


def moved(shot: Grey) -> Grey:
    return cv2.blur(shot, (31, 1)).astype(np.uint8)


def melted(shot: Grey) -> Grey:
    return cv2.GaussianBlur(shot, (0, 0), 30).astype(np.uint8)


def without_board(shot: Grey) -> Grey:
    speckled = np.random.default_rng(5).integers(0, 256, (36, 48)).astype(np.uint8)
    return cv2.resize(speckled, shot.shape[::-1], interpolation=cv2.INTER_NEAREST).astype(np.uint8)


def half_hidden(shot: Grey) -> Grey:
    return STUDIO.photo(Pose(np.eye(3), np.array([-5.2, 0.0, 13.0])))


def of_another_size(shot: Grey) -> Grey:
    return shot[:, :-120]


def upright(shot: Grey) -> Grey:
    return np.rot90(shot)


def tiny(shot: Grey) -> Grey:
    return shot[:1, :1]


def bent(shot: Grey) -> Grey:
    rows, columns = np.mgrid[: shot.shape[0], : shot.shape[1]].astype(np.float32)
    return cv2.remap(shot, columns, rows + 6 * np.sin(columns / 60), cv2.INTER_LINEAR).astype(
        np.uint8
    )


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (blurred, "blurred"),
        (moved, "blurred"),
        (melted, "blurred"),
        (without_board, "no chessboard"),
        (half_hidden, "a part of the board is hidden"),
        (of_another_size, "840x720 pixels and most of your photos are 960x720"),
        (upright, "720x960 pixels and most of your photos are 960x720"),
        (tiny, "only 1x1 pixels"),
        (bent, "does not fit together"),
    ],
)
def test_a_photo_that_cannot_be_used_is_named(
    spoil: Spoil, words: str, shots: list[Grey], good: list[Path], tmp_path: Path
) -> None:
    bad = save(tmp_path / "bad.jpg", spoil(shots[1]))
    calibration = calibrate([good[0], bad, *good[2:6]])
    assert list(reasons(calibration)) == ["bad.jpg"]
    assert words in reasons(calibration)["bad.jpg"]
    assert "bad.jpg" not in calibration.used
    assert calibration.camera.fx == pytest.approx(PHONE.fx, rel=0.005)


def png_of(width: int, height: int) -> bytes:
    """Return a PNG whose header promises a picture that its data does not hold."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = zlib.compress(bytes(1000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


HOSTILE = [
    (b"", "cannot open it as a photo"),
    (b"hello, I am a photo", "cannot open it as a photo"),
    (b"GIF89a" + bytes(100), "cannot open it as a photo"),
    (b"\x00\x00\x00\x18ftypheic" + bytes(100), "HEIC"),
    (b"\x00\x00\x00\x18ftypmif1" + bytes(100), "HEIC"),
    (png_of(20_000, 20_000), "more pixels"),
    (png_of(10_000, 9_500), "more pixels"),
    (png_of(3_000, 3_000), "cannot open it as a photo"),
    (png_of(0, 0), "cannot open it as a photo"),
]


@pytest.mark.parametrize(("content", "words"), HOSTILE)
def test_hostile_files_are_refused_in_words(content: bytes, words: str, tmp_path: Path) -> None:
    bad = tmp_path / "photo.jpg"
    bad.write_bytes(content)
    with pytest.raises(CalibrationError, match=words):
        look(bad)


def test_what_is_no_file_is_named(good: list[Path], tmp_path: Path) -> None:
    calibration = calibrate([*good[:5], tmp_path, tmp_path / "missing.jpg"])
    assert list(reasons(calibration)) == [tmp_path.name, "missing.jpg"]


def test_a_damaged_photo_never_raises_anything_else(good: list[Path], tmp_path: Path) -> None:
    whole = good[0].read_bytes()
    rng = np.random.default_rng(1)
    read, refused = [], 0
    for _ in range(60):
        broken = bytearray(whole[: rng.integers(20, len(whole))])
        for place in rng.integers(0, len(broken), 20):
            broken[place] = rng.integers(0, 256)
        path = tmp_path / "broken.jpg"
        path.write_bytes(broken)
        try:
            read.append(read_photo(path).grey.shape)
        except CalibrationError:
            refused += 1
    assert set(read) == {(720, 960)}
    assert refused > 0


@pytest.mark.parametrize("count", [0, 1, 4])
def test_too_few_photos_are_refused_with_every_reason(
    count: int, good: list[Path], tmp_path: Path
) -> None:
    files = [tmp_path / name for name in ("notes.jpg", "list.jpg")]
    for file in files:
        file.write_text("no photo")
    small = save(tmp_path / "small.jpg", np.zeros((5, 5), np.uint8))
    with pytest.raises(CalibrationError) as caught:
        calibrate([*good[:count], *files, small])
    assert caught.value.key == "calibrate.too_few"
    summary, unreadable, tiny = str(caught.value).splitlines()
    assert summary.endswith(f"could use {count}.")
    assert unreadable.startswith("- notes.jpg, list.jpg: I cannot open it")
    assert tiny.startswith("- small.jpg: It is only 5x5 pixels")


def from_one_angle(tilt_deg: float) -> list[Pose]:
    """Return poses that differ in place and distance, not in tilt."""
    lean, _ = cv2.Rodrigues(np.array([0.0, np.radians(tilt_deg), 0.0]))
    return [
        Pose(np.asarray(lean), pose.centre)
        for pose in STUDIO.poses(5, tilt_deg=0, fill=0.5, seed=2)
    ]


@pytest.mark.parametrize(
    "poses",
    [
        lambda: from_one_angle(0),
        lambda: from_one_angle(25),
        lambda: STUDIO.poses(5, tilt_deg=4, seed=4),
        lambda: STUDIO.poses(1) * 5,
    ],
    ids=["straight on", "from one side", "hardly tilted", "one photo five times"],
)
def test_photos_from_one_angle_are_refused(poses: Callable[[], list[Pose]], tmp_path: Path) -> None:
    paths = [
        save(tmp_path / f"{n}.jpg", STUDIO.photo(pose, seed=n)) for n, pose in enumerate(poses())
    ]
    with pytest.raises(CalibrationError) as caught:
        calibrate(paths)
    assert caught.value.key == "calibrate.one_angle"


def test_a_board_in_the_middle_only_is_refused(tmp_path: Path) -> None:
    poses = [
        Pose(pose.turn, np.array([0, 0, pose.centre[2]]))
        for pose in STUDIO.poses(5, fill=0.3, seed=6)
    ]
    paths = [save(tmp_path / f"{n}.jpg", STUDIO.photo(pose)) for n, pose in enumerate(poses)]
    with pytest.raises(CalibrationError, match="covers only"):
        calibrate(paths)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda shot: cv2.resize(shot, None, fx=1.0, fy=0.8),
        lambda shot: shot[:, 300:],
    ],
    ids=["stretched", "cropped"],
)
def test_edited_photos_are_refused(spoil: Spoil, shots: list[Grey], tmp_path: Path) -> None:
    paths = [
        save(tmp_path / f"{n}.png", spoil(shot).astype(np.uint8))
        for n, shot in enumerate(shots[:6])
    ]
    with pytest.raises(CalibrationError) as caught:
        calibrate(paths)
    assert caught.value.key in {"calibrate.absurd", "calibrate.too_few"}


def test_few_photos_are_warned_about(good: list[Path]) -> None:
    calibration = calibrate(good[:6])
    assert [warning for warning in calibration.warnings if "comes from 6 photos" in warning]


def test_a_phone_turned_between_photos_is_one_camera(
    shots: list[Grey], calibration: Calibration, tmp_path: Path
) -> None:
    # The sensor's picture is the same however the phone is held; EXIF tells how to show it.
    orientations = [6, 6, 6, 6, 6, 6, 6, 6, 1, 3, 8, 1]
    paths = [
        save(tmp_path / f"{n}.jpg", shot, orientation=orientation)
        for n, (shot, orientation) in enumerate(zip(shots, orientations, strict=True))
    ]
    turned = calibrate(paths)
    assert turned.rejected == ()
    expected = calibration.camera.turned(1)
    assert (turned.camera.width, turned.camera.height) == (720, 960)
    assert [turned.camera.fx, turned.camera.fy] == pytest.approx([expected.fx, expected.fy])
    assert [turned.camera.cx, turned.camera.cy] == pytest.approx([expected.cx, expected.cy])
    assert turned.camera.distortion == pytest.approx(expected.distortion, abs=1e-6)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "CMYK", "1"])
def test_every_kind_of_pixel_is_read_as_grey(mode: str, tmp_path: Path) -> None:
    path = tmp_path / ("photo.jpg" if mode == "CMYK" else "photo.png")
    Image.new(mode, (30, 20)).save(path)
    assert read_photo(path).grey.shape == (20, 30)


def test_progress_ends_at_one(good: list[Path]) -> None:
    told: list[float] = []
    calibrate(good[:5], progress=told.append)
    assert told == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
