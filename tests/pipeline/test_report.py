import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.report import (
    SCHEMA_VERSION,
    Candidate,
    ClipFacts,
    Correction,
    Deviation,
    FoundFault,
    NotJudged,
    Reference,
    Repetition,
    Report,
    Tempo,
)
from pipeline.space.answer import View
from pipeline.summary import headline, summarise, view_title

REPORT = Report(
    exercise="barbell_biceps_curl",
    confidence=0.93,
    chosen_by="classifier",
    candidates=(Candidate("barbell_biceps_curl", 0.93), Candidate("tricep_pushdown", 0.05)),
    repetitions=(
        Repetition(
            *(1.0, 2.0, 3.0),
            {"start": {"left_elbow": 133.0}, "turn": {"left_elbow": 45.0}},
            {"start": {"left_elbow": 127.0}, "turn": {"left_elbow": 41.0}},
            {"start": {"left_elbow": 138.5}, "turn": {"left_elbow": 50.0}},
            *(1.1, 0.2, 0.7, 1.0),
        ),
        Repetition(
            *(3.0, 4.0, 5.0),
            {"start": {"left_elbow": 131.5}, "turn": {}},
            {"start": {"left_elbow": 126.0}, "turn": {}},
            {"start": {"left_elbow": 137.0}, "turn": {}},
            *(1.2, None, None, 0.98),
            cut_off=True,
        ),
    ),
    tempo=Tempo(None, None, {"left": 88.0}, None, None),
    deviations=(
        Deviation(
            *("left_elbow", "left", "start", (1, 2), 132.2, 126.5, 137.8, 160.0, -27.8, 25.0),
            *("paper", 2),
            *("Lower the bar. Your left elbow is 28° more bent.", "Lower the bar."),
        ),
    ),
    faults=(
        FoundFault(
            *("torso_leans_back", (2,), 21.0, 15.5, 26.0, 10.0, "textbook", 1),
            *("Stand tall. Torso leans back: about 21° in repetition 2.", "Stand tall."),
            *(19.0, 8.0),
        ),
    ),
    faults_not_judged=("wrists_bent",),
    corrections=(
        Correction("Stand tall. Torso leans back: about 21° in repetition 2.", "Stand tall.", 1),
        Correction("Lower the bar. Your left elbow is 28° more bent.", "Lower the bar.", 2),
    ),
    not_judged=(NotJudged("right_elbow", "start", "not seen well enough"),),
    reference=Reference("barbell_biceps_curl/expert", 0.12, 90.0, 10.0),
    reference_angles_deg={"start": {"left_elbow": 160.0, "right_elbow": 160.0}, "turn": {}},
    view=View(92.0, 8.0, 11.0),
    camera=None,
    clip=ClipFacts(6.0, 30.0, 720, 1280, 180, 180),
    warnings=("I saw 2 people.",),
    timings_s={"pose": 3.2},
    language="en",
)


def test_a_report_survives_its_file(tmp_path: Path) -> None:
    REPORT.save(path := tmp_path / "report.json")
    assert Report.load(path) == REPORT
    plain = json.loads(path.read_text())
    assert plain["schema_version"] == SCHEMA_VERSION
    assert plain["repetitions"][0]["angles_deg"]["start"]["left_elbow"] == 133.0
    assert plain["deviations"][0]["repetitions"] == [1, 2]


def test_another_schema_is_refused(tmp_path: Path) -> None:
    replace(REPORT, schema_version=SCHEMA_VERSION + 1).save(path := tmp_path / "report.json")
    with pytest.raises(ValueError, match="schema"):
        Report.load(path)


def test_not_a_number_never_reaches_the_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON"):
        replace(REPORT, confidence=float("nan")).save(tmp_path / "report.json")


def test_the_summary_tells_it_all() -> None:
    page = summarise(REPORT)
    for words in (
        "93 % sure",
        "2 repetitions",
        *(correction.message for correction in REPORT.corrections),
        "from your left, level with you",
        "wrists bent",
        "133°",
        "| lifting | pause | lowering |",
        "| 1.1 s | 0.2 s | 0.7 s |",
        "| 2 (the video ends) |",
        "Tempo: 1.1 s lifting",
        "right elbow at the bottom: not seen well enough",
        "I saw 2 people.",
        "start.png",
    ):
        assert words in page


HELD = Repetition(1.0, 22.0, 43.2, {}, {}, {})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"exercise": None}, "not sure"),
        ({"chosen_by": "lifter"}, "You said barbell biceps curl"),
        ({"exercise": "squat"}, "squat"),
        ({"repetitions": REPORT.repetitions[:1]}, "1 repetition."),
        ({"repetitions": ()}, "no whole repetition"),
        ({"exercise": "plank", "repetitions": (HELD,)}, "plank (93 % sure), held for 42 seconds."),
        ({"exercise": "plank", "repetitions": ()}, "not held still"),
    ],
)
def test_headline(changes: dict[str, object], words: str) -> None:
    assert words in headline(replace(REPORT, **changes))  # type: ignore[arg-type]
    assert summarise(replace(REPORT, **changes))  # type: ignore[arg-type]


def test_no_praise_when_nothing_was_judged() -> None:
    everything = tuple(NotJudged(f"{s}_elbow", "start", "hidden") for s in ("left", "right"))
    hidden = replace(REPORT, corrections=(), not_judged=everything)
    assert not hidden.anything_judged()
    page = summarise(hidden)
    assert "within its limit" not in page
    assert "compared nothing" in page
    assert "within its limit" in summarise(replace(REPORT, corrections=()))


@pytest.mark.parametrize(
    ("azimuth", "elevation", "words"),
    [
        (0, 0, "from the front, level with you"),
        (359, 20, "from the front, from above"),
        (46, -20, "from your front left, from below"),
        (180, 75, "from behind, from high above"),
        (275, 11.9, "from your right, level with you"),
    ],
)
def test_where_the_camera_stood(azimuth: float, elevation: float, words: str) -> None:
    assert view_title(View(azimuth, elevation, 10.0), "en") == words
