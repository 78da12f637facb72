from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from pipeline.repetitions import Swing, TimedSwing
from pipeline.report import Repetition, Tempo
from pipeline.tempo import tempo, with_tempo
from pipeline.tempo_words import tempo_remarks, tempo_words
from pipeline.voice import compose
from references.exercises import Stage
from references.motions import Way
from tests.pipeline.test_report import REPORT

NOTHING: Mapping[Stage, Mapping[str, float]] = {"start": {}, "turn": {}}
PLAIN = Repetition(0.0, 1.0, 2.0, NOTHING, NOTHING, NOTHING)


def swing(
    out_s: float = 1.0, pause_s: float = 0.5, back_s: float = 2.0, way: float = 1.0
) -> TimedSwing:
    reaches_s = 3.0 + out_s
    leaves_s = reaches_s + pause_s
    frames = Swing(30, 42, 60)
    return TimedSwing(frames, 3.0, reaches_s, leaves_s, leaves_s + back_s, way, cut_off=False)


def timed(found: Sequence[TimedSwing], lifts: Way | None = "out") -> tuple[Repetition, ...]:
    return with_tempo([PLAIN] * len(found), found, lifts)


def bent(**ends: tuple[float, float, float]) -> Repetition:
    """Return a repetition by each side's angle at start and turn and how far off they may be."""

    def angles(by: float) -> Mapping[Stage, Mapping[str, float]]:
        return {
            "start": {f"{side}_elbow": start + by * off for side, (start, _, off) in ends.items()},
            "turn": {f"{side}_elbow": turn + by * off for side, (_, turn, off) in ends.items()},
        }

    return replace(PLAIN, angles_deg=angles(0), low_deg=angles(-1), high_deg=angles(1))


@pytest.mark.parametrize(
    ("lifts", "times"),
    [("out", (1.0, 0.5, 2.0)), ("back", (2.0, 0.5, 1.0)), (None, (None, 0.5, None))],
)
def test_the_weight_goes_up_on_the_way_that_the_exercise_says(
    lifts: Way | None, times: tuple[float | None, ...]
) -> None:
    [each] = timed([swing()], lifts)
    assert (each.lift_s, each.pause_s, each.lower_s) == times


def test_of_a_repetition_that_the_clip_cuts_off_only_the_way_there_is_timed() -> None:
    [each] = timed([replace(swing(), cut_off=True)])
    assert (each.lift_s, each.pause_s, each.lower_s) == (1.0, None, None)
    assert each.cut_off


def test_one_that_goes_less_far_than_the_others_is_partial() -> None:
    shares = [(each.range_share, each.partial) for each in timed([swing(way=w) for w in (4, 4, 2)])]
    assert shares == [(1.0, False), (1.0, False), (0.5, True)]


def test_no_repetition_has_no_tempo() -> None:
    assert timed([]) == ()
    assert tempo([], "elbow") is None


@pytest.mark.parametrize(
    ("lifted_s", "loss", "low"),
    [
        ((1.0, 1.1, 1.21, 1.331), 24.9, 24.9),
        ((1.0,) * 5, 0.0, 0.0),
        ((1.21, 1.1, 1.0, 1.0 / 1.1), -33.1, -33.1),
        ((1.0, 1.4, 1.1, 1.5, 1.2, 1.7), 30.0, 2.8),
        ((1.0, 2.0, 3.0), None, None),
    ],
)
def test_speed_is_lost_by_the_trend_of_all_repetitions(
    lifted_s: tuple[float, ...], loss: float | None, low: float | None
) -> None:
    went = tempo(timed([swing(out_s=s) for s in lifted_s]), "elbow")
    assert went is not None
    assert went.speed_loss_percent == pytest.approx(loss, abs=0.8)
    assert went.speed_loss_low_percent == pytest.approx(low, abs=3)


def test_a_partial_repetition_is_no_measure_of_speed() -> None:
    went = tempo(timed([*[swing()] * 4, swing(way=0.5, out_s=0.2)]), None)
    assert went == Tempo(0.0, 0.0, {}, None, None)


def test_how_far_each_side_moves() -> None:
    one = bent(left=(160, 50, 4), right=(160, 80, 3))
    went = tempo([one, one, bent(left=(150, 50, 4), right=(160, 70, 3))], "elbow")
    assert went is not None
    assert went.range_deg == {"left": 110.0, "right": 80.0}
    assert went.range_difference_deg == 30.0
    assert went.range_spread_deg == pytest.approx((4**2 * 2 + 3**2 * 2) ** 0.5, abs=0.1)


def test_sides_are_not_compared_when_one_was_not_seen() -> None:
    went = tempo([bent(left=(160, 50, 4))], "elbow")
    assert went == Tempo(None, None, {"left": 110.0}, None, None)


def test_what_is_said_of_a_set_without_anything_remarkable() -> None:
    report = replace(REPORT, repetitions=timed([swing(), swing(out_s=1.2)]))
    assert tempo_words(report) == ("Tempo: 1.1 s lifting, 0.5 s at the top, 2.0 s lowering.",)
    assert tempo_words(replace(report, repetitions=timed([swing()], None))) == ()


@pytest.mark.parametrize(
    ("went", "words"),
    [
        (Tempo(40.0, 14.0, {}, None, None), ()),
        (Tempo(31.4, 16.0, {}, None, None), ("about 31 % more slowly",)),
        (Tempo(None, None, {}, 30.0, 10.0), ("left elbow moves 30° further than your right one.",)),
        (Tempo(None, None, {}, -30.0, 10.0), ("Your right elbow",)),
        (Tempo(None, None, {}, 30.0, 21.0), ()),
        (None, ()),
    ],
)
def test_what_is_remarkable_is_said(went: Tempo | None, words: tuple[str, ...]) -> None:
    remarks = tempo_remarks(replace(REPORT, tempo=went))
    assert len(remarks) == len(words)
    assert all(each in remark for each, remark in zip(words, remarks, strict=True))


@pytest.mark.parametrize(
    ("ways", "words"),
    [((1, 1, 0.6), "Repetition 3 was cut short."), ((1, 1, 1, 0.6, 0.5), "Repetitions 4 and 5")],
)
def test_short_repetitions_are_named_and_heard(ways: tuple[float, ...], words: str) -> None:
    report = replace(REPORT, repetitions=timed([swing(way=way) for way in ways]))
    [remark] = tempo_remarks(report)
    assert words in remark
    assert remark in compose(report)


def test_of_several_remarks_the_first_is_heard() -> None:
    report = replace(
        REPORT,
        repetitions=timed([swing(way=way) for way in (1, 1, 0.6)]),
        tempo=Tempo(None, None, {}, 30.0, 10.0),
    )
    first, second = tempo_remarks(report)
    assert first in compose(report)
    assert second not in compose(report)
