"""What the voice note says: short enough to listen to between two sets."""

from typing import Final

from pipeline.report import Report
from pipeline.tempo_words import tempo_remarks
from pipeline.titles import exercise_title
from references.exercises import exercises
from references.motions import is_held
from references.texts import text

# More than two corrections at once are not remembered under the bar.
_MOST_CORRECTIONS: Final = 2


def compose(report: Report) -> str:
    """Return the words of the voice note, in the report's language.

    The exercise and the repetitions first, then the two corrections that matter most, praise when
    joints were judged and none was off, or that none was, and the tempo if something about it is
    remarkable.
    """
    language = report.language

    def say(key: str, **fields: object) -> str:
        return text(f"voice.{key}", language, **fields)

    if report.exercise is None:
        return say("unknown")
    count, held = len(report.repetitions), is_held(report.exercise)
    exercise = exercise_title(report.exercise, language)
    if not count:
        return say("not_held" if held else "no_repetition", exercise=exercise)
    key = "held" if held else "one" if count == 1 else "many"
    parts = [say(key, exercise=exercise, count=count, seconds=round(report.longest_s()))]
    corrections = [correction.spoken for correction in report.corrections[:_MOST_CORRECTIONS]]
    if corrections:
        openings = (say("first"), say("second"))
        parts += [
            f"{opening} {words}" for opening, words in zip(openings, corrections, strict=False)
        ]
        parts.append(say("encourage"))
    elif report.anything_judged():
        parts.append(say("praise"))
    else:
        judged = report.exercise in exercises()
        parts.append(say("not_compared" if judged else "not_judged_yet"))
    parts += tempo_remarks(report)[:1]
    return " ".join(parts)
