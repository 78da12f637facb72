"""Lessons for the pose network: labels, rehearsal and what the losses count."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from pipeline.clip import Image
from pipeline.pose.people import People, Region
from pipeline.pose.tune.lesson import Known, Lesson, Person, label_path, write_lesson
from pipeline.pose.tune.rehearse import label
from pipeline.pose.tune.train import keypoint_losses
from references.skeleton import KEYPOINT_INDEX, MIRROR

SIGMAS = torch.full((17,), 0.05)
WIDTH, HEIGHT = 320, 240


def person(known: int = Known.VISIBLE) -> Person:
    xy = np.stack([np.linspace(100, 200, 17), np.linspace(60, 180, 17)], axis=1)
    return Person(np.array([90.0, 50, 210, 190]), xy, np.full(17, int(known)))


def written(lesson: Lesson, folder: Path) -> np.ndarray:
    write_lesson(lesson, folder, "one")
    picture = cv2.imread(str(folder / "images" / "one.jpg"))
    assert picture is not None
    assert picture.shape == lesson.image.shape
    [line] = label_path(folder, "one").read_text(encoding="utf-8").splitlines()
    return np.array([float(word) for word in line.split()])


def test_a_label_holds_shares_of_the_picture(tmp_path: Path) -> None:
    values = written(Lesson(np.zeros((HEIGHT, WIDTH, 3), np.uint8), (person(),)), tmp_path)
    assert values[:5] == pytest.approx(
        [0, 150 / WIDTH, 120 / HEIGHT, 120 / WIDTH, 140 / HEIGHT], abs=1e-4
    )
    assert values[5:8] == pytest.approx([100 / WIDTH, 60 / HEIGHT, Known.VISIBLE], abs=1e-4)


def test_a_keypoint_outside_the_picture_is_labelled_so(tmp_path: Path) -> None:
    outside = person()
    outside.xy[9] = [WIDTH + 5, 100]
    values = written(Lesson(np.zeros((HEIGHT, WIDTH, 3), np.uint8), (outside,)), tmp_path)
    assert values[5:].reshape(17, 3)[9].tolist() == [0, 0, Known.OUTSIDE]


@pytest.mark.parametrize(
    ("known", "moves_place", "moves_visibility"),
    [
        (Known.OUTSIDE, False, True),
        (Known.HIDDEN, True, True),
        (Known.VISIBLE, True, True),
        (Known.PLACE_ONLY, True, False),
        (Known.NOTHING, False, False),
    ],
)
def test_losses_count_what_is_known(
    known: Known, moves_place: bool, moves_visibility: bool
) -> None:
    predicted = torch.ones((1, 17, 3), requires_grad=True)
    place, visibility = keypoint_losses(
        predicted,
        torch.zeros((1, 17, 2)),
        torch.full((1, 17), float(known)),
        torch.tensor([400.0]),
        SIGMAS,
    )
    [pull] = torch.autograd.grad(place + visibility, predicted)
    assert bool(pull[..., :2].any()) is moves_place
    assert bool(pull[..., 2].any()) is moves_visibility


def test_hidden_keypoints_are_taught_a_low_confidence() -> None:
    predicted = torch.zeros((1, 17, 3), requires_grad=True)
    known = torch.full((1, 17), float(Known.VISIBLE))
    known[0, 5] = float(Known.HIDDEN)
    _, visibility = keypoint_losses(
        predicted, torch.zeros((1, 17, 2)), known, torch.tensor([400.0]), SIGMAS
    )
    [pull] = torch.autograd.grad(visibility, predicted)
    assert pull[0, 5, 2] > 0 > pull[0, 6, 2]


def test_a_keypoint_far_off_is_still_pulled() -> None:
    predicted = torch.full((1, 17, 3), 40.0, requires_grad=True)
    place, _ = keypoint_losses(
        predicted,
        torch.zeros((1, 17, 2)),
        torch.full((1, 17), float(Known.VISIBLE)),
        torch.tensor([400.0]),
        SIGMAS,
    )
    [pull] = torch.autograd.grad(place, predicted)
    assert (pull[..., :2] > 1e-3).all()


class Seer:
    """A network that finds one person by the red square at each keypoint, in any turn."""

    image_size = 640
    closeup = None

    def __init__(self, *, mirrored_off: int | None = None, conf: float = 0.99) -> None:
        self._off = mirrored_off
        self._conf = conf
        self.looks = 0

    def people(
        self, image: Image, region: Region | None = None, image_size: int | None = None
    ) -> People:
        self.looks += 1
        xy = np.zeros((1, 17, 2), np.float32)
        for keypoint in range(17):
            rows, columns = np.nonzero(image[..., 2] == 100 + keypoint)
            xy[0, keypoint] = [columns.mean(), rows.mean()]
        if self.looks % 2 == 0:
            # A mirrored body's left is its right.
            xy = xy[:, MIRROR]
            if self._off is not None:
                xy[0, MIRROR[self._off]] += 60
        box = np.concatenate([xy[0].min(axis=0) - 9, xy[0].max(axis=0) + 9])[None]
        conf = np.full((1, 17), self._conf, np.float32)
        return People(box.astype(np.float32), np.array([0.9], np.float32), xy, conf)


def drawn(*, lying: bool) -> tuple[Image, np.ndarray]:
    across, along = np.linspace(100, 150, 17), np.linspace(40, 200, 17)
    across[[KEYPOINT_INDEX["left_shoulder"], KEYPOINT_INDEX["left_hip"]]] = 160
    xy = np.stack([along, across] if lying else [across, along], axis=1).round()
    image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    for keypoint, (x, y) in enumerate(xy.astype(int)):
        image[y - 1 : y + 2, x - 1 : x + 2, 2] = 100 + keypoint
    return image, xy


@pytest.mark.parametrize("lying", [False, True])
def test_keypoints_on_which_looks_agree_become_labels(lying: bool) -> None:
    image, xy = drawn(lying=lying)
    seer = Seer()
    [found] = label(image, seer)
    assert np.abs(found.xy - xy).max() <= 1
    assert (found.known == Known.VISIBLE).all()
    assert seer.looks == (4 if lying else 2)


def test_a_keypoint_on_which_looks_differ_stays_unknown() -> None:
    image, _ = drawn(lying=False)
    [found] = label(image, Seer(mirrored_off=9))
    assert found.known[9] == Known.NOTHING
    assert np.sum(found.known == Known.VISIBLE) == 16


def test_a_half_sure_keypoint_is_placed_but_not_called_visible() -> None:
    image, _ = drawn(lying=False)
    [found] = label(image, Seer(conf=0.8))
    assert (found.known == Known.PLACE_ONLY).all()
