"""A lifter's progress in an exercise, in a few sentences."""

from collections.abc import Callable, Sequence
from datetime import datetime
from statistics import fmean
from typing import Final

from pipeline.titles import exercise_title
from references.exercises import Exercise, exercises
from references.motions import is_held
from references.texts import DEFAULT_LANGUAGE, text
from storage.sets import SetProgress

# What counts as a change: less is the scatter of measuring the same set again.
_CHANGE_DEG: Final = 5.0
_CHANGE_S: Final = 0.3
_CHANGE_HELD_S: Final = 1.0
_CHANGE_CORRECTIONS: Final = 0.5

# From here on a decimal says nothing that a lifter wants to know.
_LARGE: Final = 10


def progress_words(name: str, done: Sequence[SetProgress]) -> str:
    """Return a sentence each on range of motion, tempo and form, as far as they are judged.

    Of a position that is held there is only its duration. The latest third of the sets is compared
    with the first; ``done`` has at least one set, the oldest first.
    """
    title = exercise_title(name, DEFAULT_LANGUAGE)
    head = text("progress.one_set" if len(done) == 1 else "progress.sets", count=len(done))
    if is_held(name):
        told = [_held(done)]
    elif known := exercises().get(name):
        told = [_range(known, done), _tempo(done), _form(done)]
    else:
        told = [_tempo(done), text("progress.counted_only")]
    return "\n".join((f"{title.capitalize()}, {head}.", *told))


def day(moment: datetime) -> str:
    """Return a day as people write it, like 1 Mar 2026."""
    return f"{moment.day} {moment:%b %Y}"


def _range(known: Exercise, done: Sequence[SetProgress]) -> str:
    seen = [each for each in done if each.range_deg is not None]
    if not seen:
        return text("progress.range_unseen")
    now, trend = _compare(seen, lambda each: each.range_deg or 0.0, _CHANGE_DEG)
    joint = text(f"body.{known.driver}")
    return text("progress.range", joint=joint, now=round(now), trend=trend("range"))


def _tempo(done: Sequence[SetProgress]) -> str:
    now, trend = _compare(done, lambda each: each.tempo_s, _CHANGE_S)
    return text("progress.tempo", now=_decimal(now), trend=trend("tempo"))


def _held(done: Sequence[SetProgress]) -> str:
    now, trend = _compare(done, lambda each: each.tempo_s, _CHANGE_HELD_S)
    return text("progress.held", now=_decimal(now), trend=trend("held"))


def _form(done: Sequence[SetProgress]) -> str:
    judged = [each for each in done if each.corrections is not None]
    if not judged:
        return text("progress.form_unseen")
    now, trend = _compare(judged, lambda each: float(each.corrections or 0), _CHANGE_CORRECTIONS)
    return text("progress.form", now=_decimal(now), trend=trend("form"))


def _compare(
    done: Sequence[SetProgress], of: Callable[[SetProgress], float], least: float
) -> tuple[float, Callable[[str], str]]:
    """Return the mean over the latest sets, and how to say its change since the first ones."""
    third = max(1, len(done) // 3)
    now = fmean(map(of, done[-third:]))
    change = now - fmean(map(of, done[:third]))

    def trend(kind: str) -> str:
        if len(done) == 1:
            return text("progress.first")
        if abs(change) < least:
            return text("progress.same")
        way = "more" if change > 0 else "less"
        return text(f"progress.{kind}_{way}", change=_decimal(abs(change)))

    return now, trend


def _decimal(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0") if value < _LARGE else f"{value:.0f}"
