import pytest

from bot.exercise_names import captioned_exercise, understand_exercise


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("bench", ["bench_press"]),
        ("Bench-Press!", ["bench_press"]),
        ("bnech", ["bench_press"]),
        ("puldown", ["lat_pulldown"]),
        ("tricpe", ["tricep_pushdown"]),
        ("biceps", ["barbell_biceps_curl"]),
        ("", []),
        ("   ", []),
        ("?!", []),
        ("swimming", []),
        ("b" * 100_000, []),
    ],
)
def test_words_are_understood(words: str, meant: list[str]) -> None:
    assert list(understand_exercise(words)) == meant


def test_an_exercise_without_a_file_is_understood_when_it_is_named() -> None:
    assert understand_exercise("face pul", also=["face_pull"]) == ("face_pull",)
    assert understand_exercise("face pull") == ()


def test_words_that_fit_several_exercises_name_them_all() -> None:
    assert set(understand_exercise("press")) >= {"bench_press"}
    assert len(understand_exercise("b")) > 1


@pytest.mark.parametrize(
    ("caption", "exercise"),
    [
        ("Bench press, set 2: 3x8 @ 60 kg 💪", "bench_press"),
        ("T-bar row 40kg!!", "t_bar_row"),
        ("135 lbs x 5 Deadlift", "deadlift"),
        ("PULL-UPS (8 reps)", "pull_up"),
        ("warm-up before bench press", None),
        ("not a squat", None),
        ("100 kg", None),
        ("", None),
    ],
)
def test_a_caption_names_an_exercise_beside_weights_and_counts(
    caption: str, exercise: str | None
) -> None:
    assert captioned_exercise(caption) == exercise
