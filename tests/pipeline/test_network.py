from pathlib import Path

import cv2
import numpy as np
import PIL.Image
import pytest
import torch

from pipeline.errors import SettingError
from pipeline.pose.network import PoseNetwork
from pipeline.pose.weights import DEFAULT_WEIGHTS, locate_weights
from references.experts import expert_picture


@pytest.fixture(scope="module")
def network() -> PoseNetwork:
    return PoseNetwork(device="cpu")


def test_a_person_is_found_where_they_stand(network: PoseNetwork) -> None:
    picture = expert_picture("barbell_biceps_curl", "start", 30)
    assert picture is not None
    people = network.people(picture.image)
    assert people.boxes.shape == (len(people.scores), 4)
    assert people.xy.shape == (len(people.scores), 17, 2)
    assert people.scores[0] > 0.7
    torso = np.linalg.norm(picture.xy[5] - picture.xy[11])
    error = np.linalg.norm(people.xy[0] - picture.xy, axis=1)[5:] / torso
    assert np.median(error) < 0.1


def test_nobody_in_an_empty_picture(network: PoseNetwork) -> None:
    people = network.people(np.full((480, 640, 3), 127, np.uint8))
    assert people.boxes.shape == (0, 4)
    assert people.xy.shape == (0, 17, 2)
    assert people.conf.shape == (0, 17)


def test_other_libraries_keep_their_functions(network: PoseNetwork) -> None:
    for function, home in (
        (PIL.Image.open, "PIL"),
        (torch.save, "torch"),
        (cv2.imread, "cv2"),
    ):
        assert not str(function.__module__ or home).startswith("ultralytics")


@pytest.mark.parametrize("content", [b"", b"not a network", b"PK\x03\x04" + bytes(200)])
def test_a_file_that_is_no_network_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mine.pt"
    path.write_bytes(content)
    with pytest.raises(SettingError, match=r"mine\.pt is not a 17-keypoint"):
        PoseNetwork(str(path), device="cpu")


def test_changed_weights_are_never_loaded(tmp_path: Path) -> None:
    path = tmp_path / "mine.pt"
    path.write_bytes(b"anything")
    with pytest.raises(SettingError, match="not the ones expected"):
        locate_weights(str(path), sha256="0" * 64)


def test_where_weights_are_looked_for(tmp_path: Path) -> None:
    assert Path(locate_weights(DEFAULT_WEIGHTS)).name == "yolo11n-lifter.pt"
    assert locate_weights("yolo26m-pose.pt") == "yolo26m-pose.pt"
    with pytest.raises(SettingError, match="not on this machine"):
        locate_weights(str(tmp_path / "nowhere.pt"))
