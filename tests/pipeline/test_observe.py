from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock

import numpy as np
import numpy.typing as npt
import pytest

from pipeline.clip import Image
from pipeline.errors import ClipError
from pipeline.observe import Observation, ObserveSettings, observe
from pipeline.pose.closeup import CROP_PX, CloseUp, Crop
from pipeline.pose.people import People, Region
from pipeline.watch import LookSettings
from references.skeleton import KEYPOINT_INDEX, SIDES
from tests.clips import film
from tests.pipeline.test_follow import Person, people, person
from tests.tracks import curl_pose, curl_track

Floats = npt.NDArray[np.floating]

FPS = 15
WIDTH, HEIGHT = 720, 1280
SHRUNK = 8
SECONDS = 8
WHOLE = LookSettings(whole_every_s=0.0)
EVERY = LookSettings(skip_still=False, skip_even=False)
ARMS = [KEYPOINT_INDEX[f"{side}_{name}"] for side in SIDES for name in ("elbow", "wrist")]
LEGS = [KEYPOINT_INDEX[f"{side}_{name}"] for name in ("knee", "ankle") for side in SIDES]
HIPS = 2 * [KEYPOINT_INDEX[f"{side}_hip"] for side in SIDES]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Film eight seconds at 30 frames a second; how light its halves are tells each frame."""
    numbers = np.arange(SECONDS * 30)
    pictures = np.zeros((len(numbers), HEIGHT // SHRUNK, WIDTH // SHRUNK, 3), np.uint8)
    pictures[:, : HEIGHT // SHRUNK // 2] = 16 * (numbers // 16)[:, None, None, None]
    pictures[:, HEIGHT // SHRUNK // 2 :] = 16 * (numbers % 16)[:, None, None, None]
    path = tmp_path_factory.mktemp("clip") / "numbered.mp4"
    return film(path, pictures, [n / 30 for n in numbers])


class ScriptedNetwork:
    """Sees the people that were written down for a frame, in pixels of a frame of 720x1280."""

    image_size = HEIGHT // SHRUNK

    def __init__(self, script: Sequence[People], closeup: CloseUp | None = None) -> None:
        self.closeup = closeup
        self.looks: list[tuple[int, Region | None]] = []
        self._script = script
        self._lock = Lock()

    def people(
        self, image: Image, region: Region | None = None, image_size: int | None = None
    ) -> People:
        high, low = (round(float(image[y, 40].mean()) / 16) for y in (40, 120))
        index = (16 * high + low) * FPS // 30
        with self._lock:
            self.looks.append((index, region))
        seen = self._script[index]
        scale = image.shape[0] / HEIGHT
        inside = np.full(len(seen.scores), True)
        if region is not None:
            centre = (seen.boxes[:, :2] + seen.boxes[:, 2:]) / 2 * scale
            inside = ((centre >= region[:2]) & (centre < region[2:])).all(axis=1)
        return People(
            seen.boxes[inside] * scale,
            seen.scores[inside],
            seen.xy[inside] * scale,
            seen.conf[inside],
        )


class ScriptedCloseUp(CloseUp):
    """Sees each keypoint so many pixels to the right of where it is expected.

    In the look ``astray`` they are somebody else's, far away.
    """

    def __init__(self, off_px: float, *, astray: int = 0) -> None:
        self.looks = 0
        self._off_px = off_px
        self._astray = astray

    def keypoints(
        self, square: Image, crop: Crop, expected: Floats
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        assert square.shape == (CROP_PX, CROP_PX, 3)
        self.looks += 1
        off_px = WIDTH / SHRUNK if self.looks == self._astray else self._off_px
        seen = np.asarray(expected + [off_px, 0], np.float32)
        return seen, np.full(17, 0.7, np.float32)


def watch(
    clip: Path,
    script: Sequence[People],
    look: LookSettings | None = None,
    closeup: CloseUp | None = None,
) -> tuple[Observation, ScriptedNetwork, list[tuple[str, float]]]:
    steps: list[tuple[str, float]] = []
    network = ScriptedNetwork(script, closeup)
    observation = observe(
        clip,
        network,
        ObserveSettings(look=look or EVERY),
        progress=lambda step, done: steps.append((step, done)),
    )
    return observation, network, steps


TRUTH = curl_track(3, fps=FPS, rest_s=1.0)
SPOTTER = person(curl_pose(170, origin=(600, 300)))


def script(*others: Person) -> list[People]:
    return [people(*others, person(pose.astype(float))) for pose in TRUTH.xy]


@pytest.mark.parametrize("look", [WHOLE, EVERY, LookSettings()])
def test_a_clip_becomes_its_lifters_track(clip: Path, look: LookSettings) -> None:
    observation, _, steps = watch(clip, script(), look)
    assert np.allclose(observation.track.t, TRUTH.t, atol=0.01)
    assert np.abs(SHRUNK * observation.track.xy - TRUTH.xy).max() < 8
    assert (observation.track.width, observation.track.height) == (
        WIDTH // SHRUNK,
        HEIGHT // SHRUNK,
    )
    assert observation.clip.frames_decoded == 240
    assert observation.warnings == ()
    assert steps[-1] == ("pose", 1.0)
    assert steps == sorted(steps, key=lambda s: s[1])


def test_whole_frames_are_looked_at_three_times_a_second(clip: Path) -> None:
    _, network, _ = watch(clip, script())
    whole = [index for index, region in network.looks if region is None]
    assert sorted(whole) == [*range(0, 120, 5), 119]
    assert sorted(index for index, _ in network.looks) == list(range(120))


def test_a_region_holds_the_lifter_and_not_the_spotter(clip: Path) -> None:
    _, network, _ = watch(clip, script(SPOTTER))
    for index, region in network.looks:
        if region is not None:
            pose = TRUTH.xy[index] / SHRUNK
            assert (pose >= region[:2]).all()
            assert (pose <= region[2:]).all()
            assert region.right < 600 / SHRUNK


def test_only_a_movement_is_looked_at_closely(clip: Path) -> None:
    _, network, _ = watch(clip, script(), LookSettings())
    looked_at = {index for index, _ in network.looks}
    resting = set(range(6, 9)) | set(range(111, 114))
    assert not resting & looked_at
    assert set(range(FPS, 120 - FPS, 5)) <= looked_at


def test_an_even_movement_is_told_from_fewer_looks(clip: Path) -> None:
    every, _, _ = watch(clip, script())
    fewer, network, _ = watch(clip, script(), LookSettings(skip_still=False))
    assert len(network.looks) < 0.8 * 120
    assert np.abs(SHRUNK * (fewer.track.xy - every.track.xy)).max() < 8


def test_a_lifter_who_is_not_where_they_were_is_looked_for_everywhere(clip: Path) -> None:
    frames = script()
    step_aside = person(TRUTH.xy[32].astype(float) + (200, 0))
    frames[32] = people(step_aside)
    _, network, _ = watch(clip, frames)
    assert [region for index, region in network.looks if index == 32][1:] == [None]


@pytest.mark.parametrize("look", [WHOLE, EVERY, LookSettings()])
def test_keypoints_are_those_seen_closely(clip: Path, look: LookSettings) -> None:
    closeup = ScriptedCloseUp(0.5)
    plain, _, _ = watch(clip, script(SPOTTER), WHOLE)
    observation, network, steps = watch(clip, script(SPOTTER), look, closeup)
    # What is expected between two sightings was moved with these, and is moved once more.
    moved = observation.track.xy - plain.track.xy
    assert (moved[..., 0] > 0.4).mean() > 0.95
    assert np.abs(moved).max() < 1 + 16 / SHRUNK
    assert np.all(observation.track.conf == np.float32(0.7))
    assert all(region is None for _, region in network.looks)
    if look == EVERY:
        assert closeup.looks >= 120
    assert steps[-1] == ("pose", 1.0)


def test_a_lifter_lost_from_nearby_is_looked_for_everywhere(clip: Path) -> None:
    plain, _, _ = watch(clip, script(), WHOLE)
    # The first 25 looks are at the sightings.
    observation, network, _ = watch(clip, script(), EVERY, ScriptedCloseUp(0.0, astray=40))
    assert len(network.looks) == 25 + 1
    assert np.abs(observation.track.xy - plain.track.xy).max() < 24 / SHRUNK
    assert np.all(observation.track.conf == np.float32(0.7))


def test_somebody_else_seen_closely_is_not_the_lifter(clip: Path) -> None:
    plain, _, _ = watch(clip, script(), WHOLE)
    observation, _, _ = watch(clip, script(), EVERY, ScriptedCloseUp(600 / SHRUNK))
    assert np.abs(observation.track.xy - plain.track.xy).max() < 16 / SHRUNK
    assert np.all(observation.track.conf != np.float32(0.7))


@pytest.mark.parametrize("closeup", [None, ScriptedCloseUp(0.0)])
def test_a_body_that_writing_cuts_in_two_is_followed_as_one(
    clip: Path, closeup: CloseUp | None
) -> None:
    frames = script()
    for index in range(30, 60):
        half = TRUTH.xy[index].astype(float)
        half[LEGS] = half[HIPS]
        whole = frames[index] if index >= 45 else people()
        frames[index] = people(person(half), *(person(xy.astype(float)) for xy in whole.xy))
    observation, _, _ = watch(clip, frames, EVERY, closeup)
    track = observation.track
    assert np.isfinite(track.xy).all()
    off = np.abs(SHRUNK * track.xy - TRUTH.xy)
    assert off[:, ARMS].max() < 16
    assert off[61:].max() < 16


def test_the_sampling_rate_is_a_setting(clip: Path) -> None:
    observation, _, _ = watch(clip, script(), LookSettings(frames_per_second=7.5))
    assert len(observation.track) == 60


def test_nobody_is_said(clip: Path) -> None:
    with pytest.raises(ClipError, match="anybody"):
        watch(clip, [people()] * 120)


@pytest.mark.parametrize(
    ("frames", "said"), [(120, "too little of their body"), (24, "cannot see anybody")]
)
def test_somebody_of_whom_too_little_is_seen_hears_so(clip: Path, frames: int, said: str) -> None:
    [hardly] = [people(person(TRUTH.xy[0].astype(float)))]
    hardly = replace(
        hardly, conf=np.where(np.arange(17) < 3, np.float32(0.4), np.float32(0.1))[None]
    )
    shown = [hardly if i < frames else people() for i in range(120)]
    with pytest.raises(ClipError, match=said):
        watch(clip, shown)


def test_a_clip_in_which_nobody_lifts_says_so(clip: Path) -> None:
    passing = [people(person(0.4 * curl_pose(170, origin=(12 * i, 600)))) for i in range(120)]
    with pytest.raises(ClipError, match="nobody lifting"):
        watch(clip, passing)


def test_another_person_is_mentioned_and_not_followed(clip: Path) -> None:
    observation, _, _ = watch(clip, script(SPOTTER))
    assert np.abs(SHRUNK * observation.track.xy - TRUTH.xy).max() < 8
    [warning] = observation.warnings
    assert "2 people" in warning


def test_somebody_who_leaves_is_told_so(clip: Path) -> None:
    observation, _, _ = watch(clip, [p if i < 70 else people() for i, p in enumerate(script())])
    assert np.isnan(observation.track.xy[80:]).all()
    [warning] = observation.warnings
    assert "56 %" in warning


def test_what_goes_wrong_in_a_look_is_raised(clip: Path) -> None:
    with pytest.raises(IndexError):
        watch(clip, script()[:50])
