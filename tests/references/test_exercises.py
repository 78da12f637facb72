import pytest

from references.exercises import PHASES, Exercise, exercises, find_exercise

ESSENTIAL = {"barbell_biceps_curl", "bench_press", "lat_pulldown", "tricep_pushdown"}


def test_the_four_essential_exercises_are_there() -> None:
    assert set(exercises()) >= ESSENTIAL


@pytest.mark.parametrize("exercise", exercises().values(), ids=lambda e: e.name)
def test_every_exercise_can_be_judged_and_told(exercise: Exercise) -> None:
    assert exercise.checks
    for check in exercise.checks:
        assert 10 <= check.threshold_deg <= 45
        assert check.source
        # A check that has no words for either direction could never say anything.
        assert check.larger or check.smaller
        for words in (*check.larger.values(), *check.smaller.values()):
            assert words.write.endswith(".")
            assert words.say.endswith(".")
            assert len(words.say) <= 90
    assert len({(c.joint, c.phase) for c in exercise.checks}) == len(exercise.checks)
    for phase in PHASES:
        assert exercise.phase_title(phase)
    assert exercise.filming["en"].endswith(".")


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("bench", "bench_press"),
        ("Bench Press", "bench_press"),
        ("BENCH-PRESS", "bench_press"),
        ("  barbell   biceps curl ", "barbell_biceps_curl"),
        ("barbell_biceps_curl", "barbell_biceps_curl"),
        ("triceps pushdown", "tricep_pushdown"),
        ("lat pull down", "lat_pulldown"),
        ("curling on ice", None),
        ("", None),
    ],
)
def test_find_exercise(words: str, name: str | None) -> None:
    assert find_exercise(words) == name


def test_no_alias_names_two_exercises() -> None:
    aliases = [alias for e in exercises().values() for alias in e.aliases]
    assert len(aliases) == len(set(aliases))
