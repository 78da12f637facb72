from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest

from bot.progress_chart import draw_progress
from bot.progress_words import progress_words
from references.texts import text
from storage import open_database
from storage.sets import SetProgress
from tests.bot.conftest import Lifter


def progress(
    ranges: Sequence[float | None], tempi: Sequence[float], corrections: Sequence[int | None]
) -> list[SetProgress]:
    first = datetime(2026, 3, 1, tzinfo=UTC)
    return [
        SetProgress(first + timedelta(days=i), 8, *each)
        for i, each in enumerate(zip(ranges, tempi, corrections, strict=True))
    ]


@pytest.mark.parametrize(
    ("done", "sentences"),
    [
        (
            progress([70, 75, 90, 100, 101, 102], [2.0] * 6, [3, 3, 2, 2, 1, 1]),
            ["102° in a repetition, 29° more", "2 seconds, as at first", "in a set: 1, 2 fewer"],
        ),
        (
            progress([90, 70], [3.0, 2.2], [0, 1]),
            ["70° in a repetition, 20° less", "0.8 seconds faster", "in a set: 1, 1 more"],
        ),
        (
            progress([None], [2.5], [0]),
            ["not seen well enough", "2.5 seconds, to begin with", "in a set: 0, to begin with"],
        ),
        (
            progress([70, 70, 70, 70], [2.5] * 4, [None, 3, 0, None]),
            ["70° in a repetition", "2.5 seconds", "in a set: 0, 3 fewer"],
        ),
        (
            progress([70], [2.5], [None]),
            ["70° in a repetition", "2.5 seconds", "Form: not seen well enough to say"],
        ),
    ],
)
def test_three_sentences_compare_the_latest_sets_with_the_first(
    done: list[SetProgress], sentences: list[str]
) -> None:
    head, *lines = progress_words("bench_press", done).splitlines()
    assert head.startswith("Bench press, ")
    for line, sentence in zip(lines, sentences, strict=True):
        assert sentence in line


@pytest.mark.parametrize(
    ("name", "ranges"),
    [
        ("bench_press", [80.0]),
        ("bench_press", [None]),
        ("bench_press", [80.0, None, 100.0]),
        ("bench_press", [float(i) for i in range(60)]),
        ("squat", [None, None]),
        ("plank", [None]),
    ],
)
def test_the_chart_is_a_square_picture_with_something_in_it(
    name: str, ranges: list[float | None]
) -> None:
    done = progress(ranges, [2.0] * len(ranges), [0] * len(ranges))
    picture = cv2.imdecode(np.frombuffer(draw_progress(name, done), np.uint8), 1)
    assert picture is not None
    assert picture.shape == (1080, 1080, 3)
    assert (picture.std(axis=2) > 30).sum() > 100  # the coloured line, not only text


async def test_progress_without_sets_says_so(lifter: Lifter) -> None:
    await lifter.type("/progress bench")
    await lifter.hears(text("progress.nothing_yet"))
    await lifter.type("/history")
    await lifter.hears(text("history.nothing_yet"))


async def test_progress_of_an_exercise(lifter: Lifter) -> None:
    for _ in range(2):
        await lifter.send_clip("a set")
        await lifter.hears("Was it not")
    for words in ("bench", "bnech pres", "BENCH-PRESS", "b"):
        await lifter.type(f"/progress {words}")
        chart = await lifter.hears("Bench press, 2 sets.")
        assert chart.method == "sendPhoto"
        assert "60° in a repetition, as at first" in chart.words


async def test_what_is_not_understood_is_offered_as_buttons(lifter: Lifter) -> None:
    await lifter.send_clip("a set")
    await lifter.hears("Was it not")
    for words, answer in [("", "Which exercise?"), ("yoga", "I do not know that exercise.")]:
        await lifter.type(f"/progress {words}")
        question = await lifter.hears(answer)
        assert question.buttons == {"bench press": "1:progress:bench_press"}
        await lifter.press(question.buttons["bench press"])
        await lifter.hears("Bench press, one set so far.")
    await lifter.type("/progress pulldown")
    await lifter.hears("There is no whole set of lat pulldown")


async def test_progress_and_history_are_ones_own(lifter: Lifter) -> None:
    await lifter.send_clip("a set")
    await lifter.hears("Was it not")
    stranger = Lifter(lifter.application, lifter.telegram, 2)
    await stranger.type("/progress bench")
    await stranger.hears(text("progress.nothing_yet"))
    await stranger.press("1:progress:bench_press")
    await stranger.hears("There is no whole set of bench press")
    await stranger.type("/history")
    await stranger.hears(text("history.nothing_yet"))


async def test_the_history_says_day_exercise_repetitions_and_form(lifter: Lifter) -> None:
    await lifter.send_clip("a set")
    await lifter.hears("Was it not")
    await lifter.type("/history")
    await lifter.hears("2 Feb 2026: bench press, 1 repetition, to correct: 3")


def test_of_a_position_that_is_held_the_seconds_count() -> None:
    head, held = progress_words(
        "plank", progress([None] * 3, [31.0, 40.0, 44.6], [0] * 3)
    ).splitlines()
    assert head == "Plank, 3 sets."
    assert held == "You hold it for 45 seconds, 14 seconds longer than at first."


def test_of_what_is_only_counted_neither_range_nor_form_is_told() -> None:
    head, tempo, counted = progress_words("squat", progress([None], [3.0], [None])).splitlines()
    assert head == "Squat, one set so far."
    assert tempo == "Tempo: a repetition takes 3 seconds, to begin with."
    assert counted == "I count this one, and cannot judge its form yet."


async def test_the_history_does_not_call_good_what_was_not_judged(
    lifter: Lifter, database: Path
) -> None:
    await lifter.send_clip("a set")
    await lifter.hears("Was it not")
    with open_database(database) as db:
        db.execute("update sets set exercise = 'squat', corrections = 0, judged = 0")
    await lifter.type("/history")
    await lifter.hears("2 Feb 2026: squat, 1 repetition, form not judged")


async def test_the_history_says_for_how_long_a_plank_was_held(
    lifter: Lifter, database: Path
) -> None:
    await lifter.send_clip("a set")
    await lifter.hears("Was it not")
    with open_database(database) as db:
        db.execute("update repetitions set end_s = start_s + 42.2")
        db.execute("update sets set exercise = 'plank', corrections = 0")
    await lifter.type("/history")
    await lifter.hears("2 Feb 2026: plank, held for 42 seconds")


async def test_a_set_without_a_repetition_is_not_called_good(
    lifter: Lifter, database: Path
) -> None:
    await lifter.send_clip("a set")
    await lifter.hears("Was it not")
    with open_database(database) as db:
        db.execute("delete from repetitions")
        db.execute("update sets set exercise = 'squat'")
    await lifter.type("/history")
    await lifter.hears("2 Feb 2026: squat, no whole repetition, form not judged")
    await lifter.type("/progress sqaut")
    await lifter.hears("There is no whole set of squat yet.")
