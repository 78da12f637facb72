"""What the voice note says: short enough to listen to between two sets."""

from typing import Final

from pipeline.report import Report
from pipeline.tempo_words import tempo_remarks
from pipeline.titles import exercise_title
from references.motions import is_held
from references.texts import text

# More than two corrections at once are not remembered under the bar.
_MOST_CORRECTIONS: Final = 2


def compose(report: Report) -> str:
    """Return the words of the voice note, in the report's language.

    The exercise and the repetitions first, then the two corrections that matter most, or praise
    when joints were judged and none was off, and the tempo if something about it is remarkable.
    """
    language = report.language

    def say(key: str, **fields: object) -> str:
        return text(f"voice.{key}", language, **fields)

    if report.exercise is None:
        return say("unknown")
    count = len(report.repetitions)
    exercise = exercise_title(report.exercise, language)
    if not count:
        return say("no_repetition", exercise=exercise)
    key = "held" if is_held(report.exercise) else "one" if count == 1 else "many"
    parts = [say(key, exercise=exercise, count=count, seconds=round(report.longest_s()))]
    corrections = [correction.spoken for correction in report.corrections[:_MOST_CORRECTIONS]]
    if not report.anything_judged():
        parts.append(say("not_compared"))
    elif not corrections:
        parts.append(say("praise"))
    else:
        openings = (say("first"), say("second"))
        parts += [
            f"{opening} {words}" for opening, words in zip(openings, corrections, strict=False)
        ]
        parts.append(say("encourage"))
    parts += tempo_remarks(report)[:1]
    return " ".join(parts)
