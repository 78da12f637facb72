from itertools import chain

import pytest

from references.exercises import exercises, plain
from references.motions import motions
from references.names import exercise_names, identify


def test_every_exercise_has_a_name_that_is_no_identifier() -> None:
    assert set(exercise_names()) == {*exercises(), *motions()}
    for names in exercise_names().values():
        assert names.title()
        assert "_" not in names.title()


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("bench", "bench_press"),
        ("Hammer Curls", "hammer_curl"),
        ("RDL", "romanian_deadlift"),
        ("t-bar row", "t_bar_row"),
        ("pull_up", "pull_up"),
        ("curling on ice", None),
        ("", None),
    ],
)
def test_an_exercise_is_identified_by_any_of_its_names(words: str, name: str | None) -> None:
    assert identify(words) == name


def test_no_name_means_two_exercises() -> None:
    every = list(
        chain.from_iterable(
            {plain(name), *map(plain, names.display.values()), *map(plain, names.aliases)}
            for name, names in exercise_names().items()
        )
    )
    assert len(every) == len(set(every))


def test_what_looks_like_an_exercise_looks_like_a_known_one() -> None:
    for motion in motions().values():
        assert set(motion.looks_like) <= set(motions()) - {motion.exercise}
