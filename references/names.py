"""What exercises are called, also those that nothing is checked of yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from references.exercises import exercises, plain
from references.motions import motions
from references.texts import DEFAULT_LANGUAGE


@dataclass(frozen=True, slots=True)
class Names:
    """An exercise's name as people write it, by language, and what else they type for it."""

    display: Mapping[str, str]
    aliases: tuple[str, ...]

    def title(self, language: str = DEFAULT_LANGUAGE) -> str:
        """Return the exercise's name as people write it."""
        return self.display[language]


@cache
def exercise_names() -> Mapping[str, Names]:
    """Return the names of every exercise that has a motion or checks, by its identifier."""
    names = {
        motion.exercise: Names(motion.display, motion.aliases) for motion in motions().values()
    }
    names |= {e.name: Names(e.display, e.aliases) for e in exercises().values()}
    return dict(sorted(names.items()))


def identify(words: str) -> str | None:
    """Return the identifier of the exercise that ``words`` name exactly, or None.

    Case, spaces, hyphens and underscores make no difference; aliases count.
    """
    wanted = plain(words)
    for exercise, names in exercise_names().items():
        if wanted in map(plain, (exercise, *names.display.values(), *names.aliases)):
            return exercise
    return None
