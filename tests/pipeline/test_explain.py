from dataclasses import replace
from pathlib import Path

from pipeline.explain import explain
from pipeline.report import Report
from tests.pipeline.test_report import REPORT


def test_a_correction_is_traced_to_every_repetition_it_is_about() -> None:
    head, paragraph, fault = explain(REPORT)
    assert "barbell biceps curl" in head
    lines = paragraph.splitlines()
    assert lines[0] == "1. left elbow at the bottom"
    assert lines[1:3] == [
        "• repetition 1, 1.0 s (frame 30): 133°, four times out of five between 127° and 138°",
        "• repetition 2, 3.0 s (frame 90): 132°, four times out of five between 126° and 137°",
    ]
    assert "132° typically, 28° more bent" in paragraph
    assert "160° (barbell_biceps_curl/expert, seen from 90° round and 10° up)" in paragraph
    assert "25° off. Source: paper." in paragraph
    assert "Priority: 2" in paragraph
    assert fault.splitlines()[0] == "2. Torso leans back"
    assert "21° typically, between 16° and 26°" in fault
    assert "five; in repetition 2." in fault
    assert "My best guess is 19°" in fault
    assert "the lower end is hardly ever above 8°" in fault
    assert "Up to 10° is fine. Source: textbook." in fault


def test_only_the_repetitions_that_deviate_are_named_at_their_own_moment() -> None:
    turn = replace(REPORT.deviations[0], phase="turn", repetitions=(1,))
    paragraph = explain(replace(REPORT, deviations=(turn,)))[1]
    assert "at the top" in paragraph
    assert "repetition 1, 2.0 s (frame 60): 45°" in paragraph
    assert "repetition 2" not in paragraph


def test_what_is_off_on_the_way_is_traced_to_halfway() -> None:
    first = replace(
        REPORT.repetitions[0],
        angles_deg={"back": {"left_elbow": 80.0}},
        low_deg={"back": {"left_elbow": 70.0}},
        high_deg={"back": {"left_elbow": 90.0}},
    )
    back = replace(REPORT.deviations[0], phase="back", repetitions=(1,))
    repetitions = (first, *REPORT.repetitions[1:])
    paragraph = explain(replace(REPORT, repetitions=repetitions, deviations=(back,)))[1]
    halfway_s = (first.turn_s + first.end_s) / 2
    assert "left elbow on the way down" in paragraph
    assert f"repetition 1, {halfway_s:.1f} s (frame {round(30 * halfway_s)}): 80°" in paragraph


def test_the_norm_is_named() -> None:
    for norm, words in (("own", "your own 160°"), ("target", "your target range")):
        deviation = replace(REPORT.deviations[0], norm=norm)  # type: ignore[arg-type]
        paragraph = explain(replace(REPORT, deviations=(deviation,)))[1]
        assert words in paragraph
        assert "expert" not in paragraph


def test_every_correction_has_its_paragraph_in_the_same_order() -> None:
    other = replace(REPORT.deviations[0], phase="turn", repetitions=(1,), priority=3)
    paragraphs = explain(replace(REPORT, deviations=(*REPORT.deviations, other)))
    assert [p.splitlines()[0] for p in paragraphs[1:]] == [
        "1. left elbow at the bottom",
        "2. left elbow at the top",
        "3. Torso leans back",
    ]


def test_nothing_corrected_is_said() -> None:
    [words] = explain(replace(REPORT, corrections=()))
    assert "nothing to explain" in words


def test_a_report_from_its_file_explains_the_same(tmp_path: Path) -> None:
    REPORT.save(path := tmp_path / "report.json")
    assert explain(Report.load(path)) == explain(REPORT)
