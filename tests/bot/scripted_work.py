"""Work for a worker process whose clips say, in plain text, what shall happen to them."""

import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from bot.jobs.work import (
    AnalysisTask,
    CalibrationOutcome,
    CalibrationTask,
    ProgressFile,
    ReferenceTask,
    RejudgementTask,
    Work,
)
from pipeline.errors import CalibrationError, ClipError, SettingError
from pipeline.pose.track import PoseTrack
from pipeline.report import (
    Candidate,
    ClipFacts,
    Correction,
    Deviation,
    NotJudged,
    Reference,
    Report,
)
from pipeline.report import Repetition as Rep
from references.exercises import Phase
from references.experts import expert_views
from references.experts.coaches import CoachReference

PNG = b"\x89PNG picture"


def prepare(_settings: object) -> None:
    """Load nothing."""


def analyze(task: AnalysisTask) -> None:
    for line in task.clip.read_text().splitlines():
        _play(line, ProgressFile(task.out))
    frames = 3
    track = PoseTrack(
        np.arange(frames) / 10,
        np.zeros((frames, 17, 2), np.float32),
        np.ones((frames, 17), np.float32),
        100,
        200,
    )
    track.save(task.out / "poses.npz")
    report = REPORT
    if task.exercise:
        report = replace(report, exercise=task.exercise, chosen_by="lifter", confidence=1.0)
    if task.camera:
        report = replace(report, warnings=(f"camera {task.camera['fx']}",))
    body = (*(t.joint for t in task.body.targets), *(p.exercise for p in task.body.past))
    if body:
        report = replace(report, warnings=(f"knows {', '.join(body)}",))
    _write(report, task.out)


def _play(line: str, progress: ProgressFile) -> None:
    match line.split(maxsplit=1):
        case ["nobody"]:
            raise ClipError("pose.nobody")
        case ["bug"]:
            raise ZeroDivisionError("a bug")
        case ["misconfigured"]:
            raise SettingError("pose.weights_missing", path="missing.pt")
        case ["crash"]:
            os._exit(9)
        case ["crash-once", mark] if not Path(mark).exists():
            Path(mark).touch()
            os._exit(9)
        case ["wait-for", mark]:
            progress.write("pose", 0.42)
            while not Path(mark).exists():
                time.sleep(0.02)


def rejudge(task: RejudgementTask) -> None:
    assert len(PoseTrack.load(task.poses)) == 3
    assert task.clip == REPORT.clip
    _write(
        replace(
            REPORT,
            exercise=task.exercise,
            chosen_by="lifter",
            confidence=1.0,
            deviations=(),
            corrections=(),
        ),
        task.out,
    )


def calibrate(task: CalibrationTask) -> CalibrationOutcome:
    bad = tuple((p.name, "no board") for p in task.photos if p.read_text() == "blurred")
    used = len(task.photos) - len(bad)
    if not used:
        raise CalibrationError("calibrate.one_angle")
    return CalibrationOutcome({"fx": 1000.0}, used, bad, ())


def make_reference(task: ReferenceTask) -> CoachReference:
    for line in task.clip.read_text().splitlines():
        _play(line, ProgressFile(task.out))
    view = expert_views(task.exercise)[0]
    angles: dict[Phase, dict[str, float]] = {"start": {}, "turn": {}}
    reference = CoachReference(
        *(task.coach, task.exercise, 90.0, 10.0, view.salient(), angles, task.owner)
    )
    reference.save(task.coaches)
    return reference


def _write(report: Report, out: Path) -> None:
    report.save(out / "report.json")
    for name in ("start.png", "end.png"):
        (out / name).write_bytes(PNG)
    (out / "voice.ogg").write_bytes(b"OggS voice")


def _deviation(joint: str, message: str, priority: int) -> Deviation:
    return Deviation(
        joint=joint,
        side="left",
        phase="turn",
        repetitions=(1,),
        user_deg=110.0,
        low_deg=104.0,
        high_deg=116.0,
        reference_deg=80.0,
        difference_deg=30.0,
        threshold_deg=25.0,
        source="the paper",
        priority=priority,
        message=message,
        spoken=message,
    )


REPORT = Report(
    exercise="bench_press",
    confidence=0.93,
    chosen_by="classifier",
    candidates=(
        Candidate("bench_press", 0.9),
        Candidate("lat_pulldown", 0.07),
        Candidate("hammer_curl", 0.02),
    ),
    repetitions=(
        Rep(
            *(0.0, 1.0, 2.0),
            {
                "start": {"left_elbow": 170.0},
                "turn": {"left_elbow": 110.0, "left_hip": 110.0, "left_knee": 110.0},
            },
            {
                "start": {"left_elbow": 164.0},
                "turn": {"left_elbow": 104.0, "left_hip": 103.0, "left_knee": 103.0},
            },
            {
                "start": {"left_elbow": 176.0},
                "turn": {"left_elbow": 116.0, "left_hip": 117.0, "left_knee": 117.0},
            },
        ),
    ),
    tempo=None,
    deviations=(
        _deviation("left_elbow", "First correction.", 1),
        _deviation("left_hip", "Second correction.", 2),
        _deviation("left_knee", "Third correction.", 3),
    ),
    faults=(),
    faults_not_judged=(),
    corrections=(
        Correction("First correction.", "First correction.", 1),
        Correction("Second correction.", "Second correction.", 2),
        Correction("Third correction.", "Third correction.", 3),
    ),
    not_judged=(NotJudged("right_elbow", "turn", "hidden"),),
    reference=Reference("expert", 0.1, 90.0, 0.0),
    reference_angles_deg={"start": {}, "turn": {}},
    view=None,
    camera=None,
    clip=ClipFacts(2.0, 30.0, 100, 200, 60, 60),
    warnings=(),
    timings_s={},
    language="en",
)

WORK = Work(prepare, analyze, rejudge, calibrate, make_reference)
