"""The whole way of the bundled clip, through the real pose network."""

import json
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from pipeline.analysis import analyze, rejudge
from pipeline.camera import Camera
from pipeline.errors import SettingError
from pipeline.pose.reliability import SHARE_WITHIN
from pipeline.pose.track import PoseTrack
from pipeline.report import Report
from references.geometry import joint_angles
from references.skeleton import KEYPOINT_INDEX

CLIP = Path(__file__).parents[2] / "references" / "clips" / "barbell_biceps_curl.mp4"
TRUTH = json.loads(CLIP.with_suffix(".json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("analysis")
    steps: list[str] = []
    analyze(CLIP, folder, save_poses=True, progress=lambda step, done: steps.append(step))
    assert list(dict.fromkeys(steps)) == ["decode", "pose", "classify", "draw", "voice"]
    return folder


@pytest.fixture(scope="module")
def report(out: Path) -> Report:
    return Report.load(out / "report.json")


def test_the_exercise_is_recognised(report: Report) -> None:
    assert report.exercise == "barbell_biceps_curl"
    assert report.confidence > 0.5
    assert report.candidates[0].name == report.exercise


def test_the_repetitions_are_where_they_were_filmed(report: Report) -> None:
    assert len(report.repetitions) == len(TRUTH["repetitions"])
    for found, true in zip(report.repetitions, TRUTH["repetitions"], strict=True):
        assert found.turn_s == pytest.approx(true["turn_s"], abs=0.3)
        assert found.start_s == pytest.approx(true["start_s"], abs=0.5)


def test_the_keypoints_are_where_the_body_was(out: Path) -> None:
    track = PoseTrack.load(out / "poses.npz")
    t = np.arange(len(TRUTH["xy"])) / 30
    true = np.array(TRUTH["xy"])[[int(np.argmin(np.abs(t - time))) for time in track.t]]
    torso = np.linalg.norm(true[:, 5] - true[:, 11], axis=1).mean()
    error = np.linalg.norm(track.xy - true, axis=2)[:, [5, 7, 9, 11, 13, 15]] / torso
    assert np.nanmedian(error) < 0.06
    drawn = joint_angles(true)["left_elbow"]
    seen = joint_angles(track.xy)["left_elbow"]
    assert np.nanmedian(np.abs(drawn - seen)) < 6
    with np.load(out / "poses.npz") as poses:
        off = np.linalg.norm(track.xy - true, axis=2)
        assert (off <= poses["error_px"])[np.isfinite(off)].mean() > SHARE_WITHIN
        left, right = KEYPOINT_INDEX["left_elbow"], KEYPOINT_INDEX["right_elbow"]
        assert poses["hidden"].mean(axis=0)[[left, right]] == pytest.approx([0, 1], abs=0.2)


def test_the_planted_fault_is_the_correction(report: Report) -> None:
    elbows = [d for d in report.deviations if d.joint == "left_elbow"]
    assert [(d.phase, d.repetitions) for d in elbows] == [("start", (2, 3, 4))]
    assert elbows[0].difference_deg < -25
    assert {(d.joint, d.phase) for d in report.deviations} <= {
        ("left_elbow", "start"),
        ("right_elbow", "start"),
    }
    assert report.reference is not None
    assert abs(report.reference.azimuth_deg - TRUTH["camera"]["viewpoint"]["azimuth_deg"]) <= 15


def test_everything_a_lifter_gets_is_there(out: Path) -> None:
    assert {f.name for f in out.iterdir()} == {
        *("report.json", "report.md", "start.png", "end.png", "voice.ogg", "poses.npz")
    }
    for name in ("start.png", "end.png"):
        with Image.open(out / name) as picture:
            assert picture.width > picture.height
    with av.open(str(out / "voice.ogg")) as voice:
        assert voice.duration is not None
        assert 3 < voice.duration / av.time_base < 20
    assert "Lower the bar" in (out / "report.md").read_text(encoding="utf-8")


def test_the_timings_name_the_steps(report: Report) -> None:
    assert set(report.timings_s) == {
        *("decode", "filter", "pose", "classify", "repetitions", "retrieve", "angles"),
        *("compare", "correct"),
        *("draw", "voice"),
    }


def test_stored_poses_are_judged_again_as_another_exercise(
    out: Path, report: Report, tmp_path: Path
) -> None:
    again = rejudge(out / "poses.npz", report.clip, tmp_path, exercise="triceps pushdown")
    assert again.exercise == "tricep_pushdown"
    assert again.chosen_by == "lifter"
    assert (tmp_path / "start.png").exists()
    assert (tmp_path / "voice.ogg").exists()
    same = rejudge(out / "poses.npz", report.clip, tmp_path, exercise="curl")
    assert same.repetitions == report.repetitions
    assert same.deviations == report.deviations


@pytest.mark.parametrize("exercise", ["juggling", "", "../../etc/passwd"])
def test_an_unknown_exercise_is_refused_before_the_clip_is_watched(
    exercise: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingError, match="I do not know an exercise"):
        analyze(CLIP, tmp_path / "out", exercise=exercise)
    assert not (tmp_path / "out").exists()


def test_a_camera_of_another_shape_is_refused(out: Path, report: Report, tmp_path: Path) -> None:
    camera = Camera(1000, 1000, 900, 900, 500, 500, (0, 0, 0, 0, 0), 0.2, 12)
    with pytest.raises(SettingError, match="another shape"):
        rejudge(out / "poses.npz", report.clip, tmp_path, exercise="curl", camera=camera)


def test_an_analysis_does_not_wait_for_torch() -> None:
    code = (
        "import sys; from bot.jobs.work import prepare; prepare(None)"
        "; assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603
