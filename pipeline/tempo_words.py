"""What is said of a set's tempo and range."""

from statistics import median
from typing import Final

from pipeline.correct import listed
from pipeline.report import Report
from pipeline.titles import phase_title
from references.exercises import exercises
from references.texts import text

# The last repetitions of a set are always a little slower; from a loss of 20 % on it grows hard
# (Pareja-Blanco et al., 2017). It is told when it is surely more than most of that.
_SLOWER_PERCENT: Final = 15

# By so much both sides of anybody may differ (our figure).
_UNEVEN_DEG: Final = 10


def tempo_words(report: Report) -> tuple[str, ...]:
    """Return sentences on a set's typical tempo and on what is remarkable about it."""
    return (*_typical(report), *tempo_remarks(report))


def tempo_remarks(report: Report) -> tuple[str, ...]:
    """Return a sentence each on repetitions cut short, lost speed and unlike sides."""
    return (*_partial(report), *_slower(report), *_uneven(report))


def _typical(report: Report) -> list[str]:
    times = [
        (each.lift_s, each.pause_s, each.lower_s)
        for each in report.repetitions
        if each.lift_s is not None and each.pause_s is not None and each.lower_s is not None
    ]
    if not times:
        return []
    lift, pause, lower = (f"{median(each):.1f}" for each in zip(*times, strict=True))
    turn = phase_title(report.exercise, "turn", report.language)
    return [text("tempo.line", report.language, lift=lift, pause=pause, lower=lower, turn=turn)]


def _partial(report: Report) -> list[str]:
    partial = [str(n) for n, each in enumerate(report.repetitions, 1) if each.partial]
    if not partial:
        return []
    key = "tempo.partial_one" if len(partial) == 1 else "tempo.partial_some"
    return [text(key, report.language, numbers=listed(partial, report.language))]


def _slower(report: Report) -> list[str]:
    tempo = report.tempo
    if tempo is None or tempo.speed_loss_percent is None or tempo.speed_loss_low_percent is None:
        return []
    if tempo.speed_loss_low_percent < _SLOWER_PERCENT:
        return []
    return [text("tempo.slower", report.language, percent=round(tempo.speed_loss_percent))]


def _uneven(report: Report) -> list[str]:
    tempo, exercise = report.tempo, exercises().get(report.exercise or "")
    if (
        tempo is None
        or exercise is None
        or tempo.range_difference_deg is None
        or tempo.range_spread_deg is None
        or abs(tempo.range_difference_deg) - tempo.range_spread_deg < _UNEVEN_DEG
    ):
        return []
    more, less = ("left", "right") if tempo.range_difference_deg > 0 else ("right", "left")
    return [
        text(
            "tempo.uneven",
            report.language,
            more=text(f"body.{more}", report.language),
            less=text(f"body.{less}", report.language),
            joint=text(f"body.{exercise.driver}", report.language),
            degrees=round(abs(tempo.range_difference_deg)),
        )
    ]
