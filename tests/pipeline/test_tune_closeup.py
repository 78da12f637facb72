"""Teaching the network that looks closely."""

import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
from torch.nn import functional

from pipeline.clip import Image
from pipeline.errors import SettingError
from pipeline.observe import Observation
from pipeline.pose.closeup import CROP_PX, CloseUp, Crop
from pipeline.pose.people import People, Region
from pipeline.pose.track import PoseTrack
from pipeline.pose.tune.blazepose import BlazePose, Opinion
from pipeline.pose.tune.closeup import (
    CloseUpNetwork,
    TeachingSettings,
    _drawn,
    _of_products,
    _profiles,
    exported,
    load_taught,
    losses,
    teach,
)
from pipeline.pose.tune.closeup_card import Lessons, write_card
from pipeline.pose.tune.lesson import Known, Lesson, Person
from pipeline.pose.tune.squares import (
    Square,
    read_squares,
    shown,
    squares_in,
    squares_of,
    write_squares,
)
from pipeline.report import ClipFacts
from references.skeleton import KEYPOINT_INDEX, KEYPOINTS, MIRROR
from tests.clips import film
from tests.tracks import curl_pose

SETTINGS = TeachingSettings(steps=2, batch=2)


def somebody(seed: int) -> Person:
    xy = curl_pose(90.0)[:, :2].astype(np.float64)
    rng = np.random.default_rng(seed)
    xy = 40 + (xy - xy.min(axis=0)) / np.ptp(xy, axis=0).max() * 300 + rng.normal(0, 2, xy.shape)
    box = np.concatenate([xy.min(axis=0), xy.max(axis=0)])
    return Person(box, xy, np.full(17, int(Known.VISIBLE)))


def lesson(seed: int) -> Lesson:
    """A picture in which every keypoint is a square as bright as its number."""
    person = somebody(seed)
    image = np.zeros((400, 400, 3), np.uint8)
    for number, (x, y) in enumerate(person.xy.astype(int)):
        image[y - 3 : y + 4, x - 3 : x + 4] = 80 + 10 * number
    return Lesson(image, (person,))


def mirrored(person: Person) -> Person:
    """The person upside down, so that nobody takes it for the one who stands there."""
    return Person(person.box, person.xy * [1, -1] + [0, 400], person.known)


class Seer:
    """A network that sees the body of lesson 0 a little to the right, and nobody else."""

    image_size = 640
    closeup = None

    def people(
        self, image: Image, region: Region | None = None, image_size: int | None = None
    ) -> People:
        person = somebody(0)
        xy = (person.xy + [5, 0])[None].astype(np.float32)
        box = person.box[None].astype(np.float32)
        return People(box, np.ones(1, np.float32), xy, np.ones((1, 17), np.float32))


def squares(count: int) -> list[Square]:
    return [square for seed in range(count) for square in squares_of(lesson(seed), Seer())]


def test_everybody_of_whom_enough_is_seen_becomes_a_square() -> None:
    person = somebody(0)
    hidden = Person(person.box, person.xy, np.full(17, int(Known.HIDDEN)))
    small = Person(person.box / 20, person.xy / 20, person.known)
    [square] = squares_of(Lesson(lesson(0).image, (hidden, person, small)), Seer())
    assert square.placed.sum() == square.visible.sum() == square.judged.sum() == 17


def test_what_is_not_known_counts_less() -> None:
    person = somebody(0)
    known = person.known.copy()
    known[[15, 16]] = Known.OUTSIDE
    known[9] = Known.HIDDEN
    [square] = squares_of(Lesson(lesson(0).image, (Person(person.box, person.xy, known),)), Seer())
    assert square.placed[[9, 15, 16]].tolist() == [1, 0, 0]
    assert square.visible[[9, 15, 16]].tolist() == [0, 0, 0]
    assert 0 < square.judged[15] < square.judged[9] == 1


def test_what_the_network_saw_is_kept() -> None:
    [square] = squares_of(lesson(0), Seer())
    # Five of some 300 pixels of the body, which takes half of 384.
    assert square.guess - square.xy == pytest.approx(np.tile([5 * 192 / 300, 0], (17, 1)), abs=0.5)
    [other] = squares_of(Lesson(lesson(0).image[:, ::-1], (mirrored(somebody(0)),)), Seer())
    assert np.isnan(other.guess).all()


def test_an_untaught_network_believes_what_it_is_told() -> None:
    network = CloseUpNetwork.of().eval()
    expected = somebody(0).xy / 400 * CROP_PX
    square = np.zeros((CROP_PX, CROP_PX, 3), np.uint8)
    crop = Crop(np.array([(CROP_PX - 1) / 2] * 2), float(CROP_PX), 0.0)
    xy, _ = CloseUp(exported(network)).keypoints(square, crop, expected)
    assert np.abs(xy - expected).max() < 8


@pytest.mark.parametrize("size", [1, 3])
def test_filtering_a_direction_at_a_time_is_filtering_the_maps(size: int) -> None:
    rng = torch.Generator().manual_seed(0)
    places = CROP_PX * torch.rand((2, 17, 2), generator=rng)
    weight = torch.rand((5, 17, size, size), generator=rng)
    maps = functional.conv2d(_drawn(places, 3.0), weight, padding=size // 2)
    assert torch.allclose(_of_products(weight, *_profiles(places, 3.0)), maps, atol=1e-5)


def test_squares_are_read_as_they_were_written(tmp_path: Path) -> None:
    written = squares(3)
    write_squares(tmp_path / "some.npz", written)
    write_squares(tmp_path / "none.npz", [])
    read = read_squares(tmp_path / "some.npz")
    assert len(read) == 3
    for before, after in zip(written, read, strict=True):
        assert np.array_equal(before.picture, after.picture)
        assert np.array_equal(before.xy, after.xy)
        assert np.array_equal(before.guess, after.guess, equal_nan=True)
        assert np.array_equal(before.judged, after.judged)
    assert read_squares(tmp_path / "none.npz") == []


def test_keypoints_move_with_what_is_shown() -> None:
    """Each keypoint's own brightness is found where the lesson says that the keypoint is."""
    [square] = squares(1)
    ordered = 0
    for seed in range(40):
        picture, expected, xy, placed, visible, _ = shown(
            square, np.random.default_rng(seed), [square]
        )
        assert np.median(np.linalg.norm(expected - xy, axis=1)) < CROP_PX / 4
        assert picture.shape == (CROP_PX, CROP_PX, 3)
        inside = placed > 0
        assert inside.any()
        assert (visible[~inside] == 0).all()
        near = xy[inside].round().astype(int).clip(2, CROP_PX - 3)
        light = [picture[y - 1 : y + 2, x - 1 : x + 2].mean() for x, y in near]
        numbers = np.flatnonzero(inside)
        ordered += np.corrcoef(light, numbers)[0, 1] > 0.5
    # Patches, noise and inverted light spoil some.
    assert ordered > 25


def test_maps_that_peak_at_the_truth_lose_least() -> None:
    xy = torch.tensor([[[40.0, 200.0]]]).repeat(1, 17, 1)
    ones = torch.ones(1, 17)
    cells = (torch.arange(64) + 0.5) * 4 - 0.5
    right = -(((cells[None] - 40) ** 2 + (cells[:, None] - 200) ** 2) / 60)
    wrong = right.roll(10, dims=1)
    good, bad = (
        losses(maps.expand(1, 17, 64, 64), 9 * ones, xy, ones, ones, ones)
        for maps in (right, wrong)
    )
    assert good[0] < bad[0]
    assert float(bad[1]) == pytest.approx(40 / 256, rel=0.05)
    assert float(good[1]) < 0.02
    assert float(good[2]) < 1e-3


def taught(
    checkpoint: Path, report: Callable[[int, list[float]], None], *, rate: float = 1e-3
) -> CloseUpNetwork:
    settings = replace(SETTINGS, rate=rate)
    network, chances = CloseUpNetwork.of(), np.full(3, 1 / 3)
    return teach(network, squares(3), chances, settings, checkpoint=checkpoint, report=report)


def test_teaching_goes_on_where_it_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.pose.tune.closeup._SAVED_EVERY", 1)
    steps: list[int] = []

    def cut_off(step: int, _: list[float]) -> None:
        steps.append(step)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        taught(tmp_path / "cut-off.ckpt", cut_off)
    again = taught(tmp_path / "cut-off.ckpt", lambda step, _: steps.append(step))
    whole = taught(tmp_path / "whole.ckpt", lambda step, _: steps.append(step))
    assert steps == [1, 2, 1, 2]
    for one, other in zip(again.state_dict().values(), whole.state_dict().values(), strict=True):
        assert torch.allclose(one.float(), other.float(), atol=2e-3)

    other_start = CloseUpNetwork.of()
    load_taught(other_start, tmp_path / "whole.ckpt")
    assert torch.equal(other_start.places.weight, whole.places.weight)


def test_another_runs_checkpoint_is_refused(tmp_path: Path) -> None:
    taught(tmp_path / "run.ckpt", lambda *_: None)
    with pytest.raises(SettingError, match="other lessons or settings"):
        taught(tmp_path / "run.ckpt", lambda *_: None, rate=2e-3)
    (tmp_path / "text.ckpt").write_text("no checkpoint", encoding="utf-8")
    with pytest.raises(SettingError, match="no checkpoint"):
        load_taught(CloseUpNetwork.of(), tmp_path / "text.ckpt")


def test_what_was_taught_is_exported(tmp_path: Path) -> None:
    network = taught(tmp_path / "run.ckpt", lambda *_: None)
    square = np.random.default_rng(0).integers(0, 255, (CROP_PX, CROP_PX, 3)).astype(np.uint8)
    crop = Crop(np.array([(CROP_PX - 1) / 2] * 2), float(CROP_PX), 0.0)
    expected = somebody(0).xy / 400 * CROP_PX
    xy, conf = CloseUp(exported(network)).keypoints(square, crop, expected)
    picture = torch.from_numpy(square[..., ::-1].copy()).permute(2, 0, 1)[None].float() / 255
    with torch.no_grad():
        maps, sights = network(picture, torch.from_numpy(expected)[None].float())
    peak = maps.flatten(2).argmax(dim=-1)[0]
    cells = torch.stack([peak % 64, peak // 64], dim=-1).numpy() * 4 + 1.5
    assert np.abs(xy - cells).max() <= 4 * 3.5
    assert conf == pytest.approx(sights.sigmoid()[0].numpy(), abs=1e-3)


class Undecided(CloseUpNetwork):
    """Draws keypoints in two places: where they are expected and, surer, 120 pixels right."""

    def forward(self, x: torch.Tensor, expected: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        cells = torch.arange(64.0) * 4 + 1.5

        def peak(places: torch.Tensor) -> torch.Tensor:
            off = (cells - places[..., None]) ** 2  # (1, 17, 2, 64)
            return torch.exp(-(off[:, :, 1, :, None] + off[:, :, 0, None, :]) / 100)

        right = expected + torch.tensor([120.0, 0.0])
        return 8 * peak(expected) + 10 * peak(right), expected[..., 0] + 0 * x.sum()


def test_of_two_places_the_expected_one_counts() -> None:
    square = np.zeros((CROP_PX, CROP_PX, 3), np.uint8)
    crop = Crop(np.array([(CROP_PX - 1) / 2] * 2), float(CROP_PX), 0.0)
    expected = np.tile([60.0, 100.0], (17, 1))
    xy, _ = CloseUp(exported(Undecided.of())).keypoints(square, crop, expected)
    assert xy == pytest.approx(expected, abs=2)


def test_the_card_names_network_and_lessons(tmp_path: Path) -> None:
    network = tmp_path / "closeup.onnx"
    network.write_bytes(b"network")
    write_card(
        tmp_path / "closeup.md",
        network=network,
        settings=SETTINGS,
        lessons=Lessons(30, 7, 41, 9, Counter({"squat": 2}), ("bench_press",), gone_on=True),
        provenance="Filmed by ourselves.",
    )
    text = (tmp_path / "closeup.md").read_text(encoding="utf-8")
    for words in ("41 bodies in 30", "7 to 36", "squat 2", "bench_press", "ourselves", "earlier"):
        assert words in text


class Disagreeing:
    """A second teacher that sees one wrist elsewhere, and is in two minds about the other."""

    def look(self, image: Image, expected: npt.NDArray[np.float64]) -> Opinion:
        xy = expected + [4, 0]
        xy[KEYPOINT_INDEX["nose"]] = somebody(0).xy[KEYPOINT_INDEX["nose"]] + [4, 0]
        xy[KEYPOINT_INDEX["left_wrist"]] += 200
        spread = np.full(17, 0.5)
        spread[KEYPOINT_INDEX["right_wrist"]] = 60
        return Opinion(xy, spread)


def test_real_frames_are_placed_where_both_teachers_agree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = np.zeros((12, 400, 400, 3), np.uint8)
    clip = film(tmp_path / "clip.mp4", pictures, [n / 15 for n in range(12)])
    xy = np.repeat(somebody(0).xy[None], 12, 0).astype(np.float32)
    xy[:, KEYPOINT_INDEX["nose"]] = np.nan
    track = PoseTrack(np.arange(12) / 15, xy, np.full((12, 17), 0.8, np.float32), 400, 400)
    monkeypatch.setattr(
        "pipeline.pose.tune.squares.observe",
        lambda *_, **__: Observation(track, ClipFacts(1, 15, 400, 400, 12, 12), (), {}, None),
    )
    found = list(squares_in(clip, Seer(), Disagreeing(), 4))
    assert len(found) == 4
    for square in found:
        placed = dict(zip(KEYPOINTS, square.placed, strict=True))
        assert placed.pop("left_wrist") == 0
        assert placed.pop("right_wrist") < 0.1
        assert placed.pop("nose") == pytest.approx(0.3, rel=0.05)
        assert min(placed.values()) > 0.99
        knee = KEYPOINT_INDEX["left_knee"]
        # The better teacher counts for more than half.
        assert 2 < np.linalg.norm(square.xy[knee] - square.guess[knee]) * 300 / 192 < 4
        assert square.judged[KEYPOINT_INDEX["nose"]] == 0
        assert np.isnan(square.guess[KEYPOINT_INDEX["nose"]]).all()


class FakeInterpreter:
    """A landmark network that finds each keypoint by its brightness, as BlazePose answers."""

    def __init__(self, model_path: str, num_threads: int) -> None:
        if "broken" in model_path:
            raise ValueError(model_path)
        self._calls = 0

    def allocate_tensors(self) -> None:
        pass

    def get_input_details(self) -> list[dict[str, Any]]:
        return [{"index": 0, "shape": [1, 256, 256, 3]}]

    def get_output_details(self) -> list[dict[str, Any]]:
        return [{"index": 1, "shape": [1, 1]}, {"index": 2, "shape": [1, 195]}]

    def set_tensor(self, index: int, values: npt.NDArray[np.float32]) -> None:
        self._seen = np.round(values[0, ..., 0] * 255)
        # The first look says where the body is, then every second one is mirrored.
        self._mirrored = self._calls > 0 and self._calls % 2 == 0
        self._calls += 1

    def invoke(self) -> None:
        pass

    def get_tensor(self, index: int) -> npt.NDArray[np.float32]:
        assert index == 2
        rows = np.zeros((39, 5))
        for keypoint, landmark in enumerate(LANDMARKS):
            light = BRIGHTEST - 10 * (MIRROR[keypoint] if self._mirrored else keypoint)
            at = np.argwhere(np.abs(self._seen - light) < 2)
            rows[landmark, :2] = np.median(at, axis=0)[::-1]
        rows[33, :2] = rows[[23, 24], :2].mean(axis=0)
        rows[34, :2] = rows[33, :2] + 2 * (rows[[11, 12], :2].mean(axis=0) - rows[33, :2])
        return rows.reshape(1, -1).astype(np.float32)


LANDMARKS = [0, 2, 5, 7, 8, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28]
BRIGHTEST = 240


@pytest.mark.parametrize("lying", [False, True])
def test_blazepose_is_read_from_every_side(lying: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("ai_edge_litert.interpreter")
    vars(module)["Interpreter"] = FakeInterpreter
    monkeypatch.setitem(sys.modules, "ai_edge_litert", ModuleType("ai_edge_litert"))
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", module)
    xy = 150 + np.stack([np.arange(17) % 4 * 50.0, np.arange(17) // 4 * 50.0], axis=1)
    # Hips below shoulders, or beside them.
    xy = xy[:, ::-1] if lying else xy
    image = np.zeros((500, 500, 3), np.uint8)
    for number, (x, y) in enumerate(xy.astype(int)):
        image[y - 8 : y + 9, x - 8 : x + 9] = BRIGHTEST - 10 * number
    opinion = BlazePose(Path("landmarks.tflite")).look(image, xy + [10, -10])
    assert np.abs(opinion.xy - xy).max() < 3
    assert opinion.spread.max() < 3
    with pytest.raises(SettingError, match=r"broken\.tflite"):
        BlazePose(Path("broken.tflite"))
