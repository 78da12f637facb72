from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from pipeline.clip import Image
from pipeline.errors import ClipError
from pipeline.observe import Observation, ObserveSettings, observe
from pipeline.pose.people import People, Region
from tests.pipeline.test_follow import people, person
from tests.tracks import curl_pose, curl_track

FPS = 15


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Eight seconds of grey at 30 frames a second, 720x1280."""
    path = tmp_path / "grey.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 720, 1280, "yuv420p"
        frame = av.VideoFrame.from_ndarray(np.full((1280, 720, 3), 99, np.uint8), format="bgr24")
        for index in range(240):
            frame.pts = index
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


class ScriptedNetwork:
    """Sees, call after call, the people it was given, in pixels of the displayed frame."""

    image_size = 640

    def __init__(self, script: Iterator[People]) -> None:
        self.calls = 0
        self._script = script

    def people(
        self, image: Image, region: Region | None = None, image_size: int | None = None
    ) -> People:
        self.calls += 1
        seen = next(self._script)
        scale = max(image.shape[:2]) / 1280
        return People(seen.boxes * scale, seen.scores, seen.xy * scale, seen.conf)


def watch(
    clip: Path, script: Iterator[People], frames_per_second: float = FPS
) -> tuple[Observation, ScriptedNetwork, list[tuple[str, float]]]:
    steps: list[tuple[str, float]] = []
    network = ScriptedNetwork(script)
    observation = observe(
        clip,
        network,
        ObserveSettings(frames_per_second=frames_per_second),
        progress=lambda step, done: steps.append((step, done)),
    )
    return observation, network, steps


def lifter_frames() -> Iterator[People]:
    for pose in curl_track(3, fps=FPS, rest_s=1.0).xy:
        yield people(person(pose.astype(float)))


def test_a_clip_becomes_its_lifters_track(clip: Path) -> None:
    observation, network, steps = watch(clip, lifter_frames())
    truth = curl_track(3, fps=FPS, rest_s=1.0)
    assert network.calls == len(observation.track) == len(truth)
    assert np.allclose(observation.track.t, truth.t, atol=0.01)
    assert np.abs(observation.track.xy - truth.xy).max() < 8
    assert (observation.track.width, observation.track.height) == (720, 1280)
    assert observation.clip.frames_decoded == 240
    assert observation.warnings == ()
    assert steps[0][0] == "pose"
    assert steps == sorted(steps, key=lambda s: s[1])


def test_the_sampling_rate_is_a_setting(clip: Path) -> None:
    _, network, _ = watch(clip, iter([next(lifter_frames())] * 240), frames_per_second=30.0)
    assert network.calls == 240


def test_nobody_is_said(clip: Path) -> None:
    with pytest.raises(ClipError, match="anybody"):
        watch(clip, iter([people()] * 120))


def test_another_person_is_mentioned_and_not_followed(clip: Path) -> None:
    spotter = person(curl_pose(170, origin=(600, 300)))
    frames = [people(spotter, (p.boxes[0], p.xy[0], p.conf[0])) for p in lifter_frames()]
    observation, _, _ = watch(clip, iter(frames))
    truth = curl_track(3, fps=FPS, rest_s=1.0)
    assert np.abs(observation.track.xy - truth.xy).max() < 8
    [warning] = observation.warnings
    assert "2 people" in warning


def test_somebody_who_leaves_is_told_so(clip: Path) -> None:
    frames = list(lifter_frames())
    away = [p if i < 70 else people() for i, p in enumerate(frames)]
    observation, _, _ = watch(clip, iter(away))
    assert np.isnan(observation.track.xy[80:]).all()
    [warning] = observation.warnings
    assert "58 %" in warning
