"""Understanding which exercise somebody means, typing errors included."""

import re
from collections.abc import Collection, Mapping
from difflib import SequenceMatcher
from typing import Final

from references.names import Names, exercise_names, identify

# Below this similarity it is another word: "bnech" and "bench" have 0.8, "squat" and "curl" 0.2.
_LEAST_SIMILARITY: Final = 0.7

# Nearer than this to the best, another exercise may just as well be meant.
_MARGIN: Final = 0.1

_MOST_CHARACTERS: Final = 60

# What people write beside the exercise: "Bench press, set 2: 3x8 @ 60 kg".
_LOAD: Final = re.compile(r"\b(?:\d\w*|kgs?|kilos?|lbs?|pounds?|x|reps?|sets?|repetitions?)\b")


def captioned_exercise(caption: str) -> str | None:
    """Return the exercise that a caption names and nothing beside it but weights and counts.

    None where it says anything else: what is lifted may then be another thing.
    """
    return identify(_LOAD.sub(" ", _plain(caption)))


def understand_exercise(words: str, *, also: Collection[str] = ()) -> tuple[str, ...]:
    """Return the identifiers of the exercises that ``words`` may mean.

    One when it is clear, several when it is not, none when nothing comes close. An exact name or
    alias wins, then names that begin or go on with these words, then the most similar ones. Those
    in ``also``, which may have no file and so no aliases, are known by their identifiers.
    """
    wanted = _plain(words)[:_MOST_CHARACTERS]
    if not wanted:
        return ()
    known: dict[str, tuple[str, ...]] = {name: (_plain(name),) for name in also}
    known |= {name: _names(name, names) for name, names in exercise_names().items()}
    for fits in (_is, _begins):
        found = tuple(n for n, names in known.items() if any(fits(each, wanted) for each in names))
        if found:
            return found
    return _similar(wanted, known)


def _similar(wanted: str, known: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    scores = {
        exercise: max(SequenceMatcher(None, wanted, name).ratio() for name in names)
        for exercise, names in known.items()
    }
    best = max(scores.values(), default=0.0)
    if best < _LEAST_SIMILARITY:
        return ()
    ranked = sorted(scores, key=lambda name: -scores[name])
    return tuple(name for name in ranked if scores[name] > best - _MARGIN)


def _is(name: str, wanted: str) -> bool:
    return name == wanted


def _begins(name: str, wanted: str) -> bool:
    return name.startswith(wanted) or f" {wanted}" in name


def _names(exercise: str, names: Names) -> tuple[str, ...]:
    return tuple(map(_plain, (exercise, *names.display.values(), *names.aliases)))


def _plain(words: str) -> str:
    return " ".join(re.sub(r"[\W_]+", " ", words.lower()).split())
