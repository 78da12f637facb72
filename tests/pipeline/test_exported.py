"""The exported network against Ultralytics' own prediction, and how it is kept."""

import hashlib
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from pipeline.clip import Image
from pipeline.errors import SettingError
from pipeline.pose.export import cache_folder, exported_model
from pipeline.pose.exported import ExportedNetwork
from pipeline.pose.loading import load_network
from pipeline.pose.network import PoseNetwork, import_yolo
from pipeline.pose.people import Region
from pipeline.pose.weights import DEFAULT_WEIGHTS, locate_weights
from references.experts import expert_picture

WEIGHTS = Path(locate_weights(DEFAULT_WEIGHTS))


@pytest.fixture(scope="module")
def exported() -> ExportedNetwork:
    return ExportedNetwork(exported_model(WEIGHTS))


@pytest.fixture(scope="module")
def original() -> PoseNetwork:
    return PoseNetwork(str(WEIGHTS), device="cpu")


def lifter(width: int, height: int, count: int = 1) -> Image:
    """Return a picture with as many lifters side by side."""
    picture = expert_picture("barbell_biceps_curl", "start", 30)
    assert picture is not None
    side_by_side = np.hstack([picture.image] * count)
    return np.asarray(cv2.resize(side_by_side, (width, height)), np.uint8)


@pytest.mark.parametrize(
    ("width", "height", "count", "image_size", "region"),
    [
        (360, 640, 1, 640, None),
        (360, 640, 1, 320, None),
        (1081, 1919, 1, 640, None),
        (1919, 1081, 3, 640, None),
        (200, 150, 1, 480, None),
        (640, 640, 2, 256, Region(0, 0, 333, 640)),
        (640, 640, 2, 288, Region(307, 21, 640, 601)),
    ],
)
def test_it_sees_what_ultralytics_sees(
    width: int,
    height: int,
    count: int,
    image_size: int,
    region: Region | None,
    exported: ExportedNetwork,
    original: PoseNetwork,
) -> None:
    image = lifter(width, height, count)
    seen = exported.people(image, region, image_size)
    expected = original.people(image, region, image_size)
    assert len(expected.scores) >= 1
    assert seen.scores == pytest.approx(expected.scores, abs=0.001)
    assert np.abs(seen.boxes - expected.boxes).max() < 0.5
    assert np.abs(seen.xy - expected.xy).max() < 0.5
    assert np.abs(seen.conf - expected.conf).max() < 0.001


def test_a_region_leaves_out_who_is_outside(exported: ExportedNetwork) -> None:
    image = lifter(640, 640, 2)
    assert len(exported.people(image).scores) == 2
    people = exported.people(image, Region(320, 0, 640, 640), 320)
    assert len(people.scores) == 1
    assert people.xy[0, :, 0].min() >= 320


def test_nobody_in_an_empty_picture(exported: ExportedNetwork) -> None:
    people = exported.people(np.full((480, 640, 3), 127, np.uint8))
    assert people.boxes.shape == (0, 4)
    assert people.xy.shape == (0, 17, 2)
    assert people.conf.shape == (0, 17)


def test_a_network_without_duplicates_is_read_too(tmp_path: Path) -> None:
    torch.manual_seed(0)
    path = tmp_path / "newer.pt"
    import_yolo()("yolo26n-pose.yaml").save(path)
    # Untrained, it sees nobody: that its answers are read at all is what differs.
    newer = ExportedNetwork(exported_model(path), image_size=64)
    assert newer.people(np.full((64, 64, 3), 127, np.uint8)).xy.shape[1:] == (17, 2)


def cached() -> Path:
    digest = hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()
    [file] = cache_folder().glob(f"{digest[:32]}*.zip")
    return file


def test_it_is_exported_once(exported: ExportedNetwork) -> None:
    before = cached().stat().st_mtime_ns
    exported_model(WEIGHTS)
    assert cached().stat().st_mtime_ns == before


@pytest.mark.parametrize("damage", ["cut", "flip", "empty"])
def test_a_damaged_file_is_made_again(
    damage: str, exported: ExportedNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = exported_model(WEIGHTS)
    content = cached().read_bytes()
    middle = len(content) // 2
    flipped = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
    cached().write_bytes({"cut": content[:middle], "flip": flipped, "empty": b""}[damage])
    monkeypatch.setattr("pipeline.pose.export._in_another_process", lambda weights: whole)
    assert exported_model(WEIGHTS) == whole
    monkeypatch.setattr("pipeline.pose.export._in_another_process", None)
    assert exported_model(WEIGHTS) == whole


def test_a_cache_that_cannot_be_written_is_done_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "gymbrain").write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("pipeline.pose.export._in_another_process", lambda weights: b"network")
    assert exported_model(WEIGHTS) == b"network"
    assert "not kept" in caplog.text


@pytest.mark.parametrize("content", [b"", b"not a network", b"PK\x03\x04" + bytes(200)])
def test_a_file_that_is_no_network_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mine.pt"
    path.write_bytes(content)
    with pytest.raises(SettingError, match=r"mine\.pt is not a 17-keypoint"):
        load_network(str(path), device="cpu")


def test_neither_torch_nor_ultralytics_is_loaded(exported: ExportedNetwork) -> None:
    code = (
        "import sys, pipeline.observe, pipeline.pose.loading as loading;"
        "loading.load_network(device='cpu');"
        "print([name for name in ('torch', 'ultralytics', 'matplotlib') if name in sys.modules])"
    )
    run = subprocess.run(  # noqa: S603 (our own words)
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"
