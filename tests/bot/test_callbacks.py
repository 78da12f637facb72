import re

import pytest

from bot.callbacks import ID, NAME, pattern, payload
from references.exercises import exercises


@pytest.mark.parametrize("name", list(exercises()))
def test_the_longest_button_fits_and_is_recognised(name: str) -> None:
    data = payload("exercise", 10**18 - 1, name)
    assert len(data.encode()) <= 64
    match = re.match(pattern("exercise", ID, NAME), data)
    assert match is not None
    assert match.groups() == (str(10**18 - 1), name)


def test_a_button_that_telegram_would_refuse_is_an_error() -> None:
    with pytest.raises(ValueError, match="cannot carry"):
        payload("exercise", "ü" * 40)
