"""The chart of a lifter's progress, made for the screen of a phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import MaxNLocator

from pipeline.titles import exercise_title
from references.exercises import exercises
from references.motions import is_held
from references.texts import DEFAULT_LANGUAGE, text
from storage.sets import SetProgress

# 1080 pixels square: as wide as a phone's screen, and Telegram does not scale it down.
_INCHES: Final = 7.2
_DPI: Final = 150
_FONT: Final = 15
_PADDING_INCHES: Final = 0.15

_INK: Final = "#1c2733"
_GRID: Final = "#dde3e9"
_RANGE_COLOUR: Final = "#1f77d0"
_TEMPO_COLOUR: Final = "#e07b00"

# More dates than this overlap.
_MOST_DATES: Final = 5

# An axis shows at least this much, so that the scatter of measuring does not look like a change.
_LEAST_SPAN_DEG: Final = 40.0
_LEAST_SPAN_S: Final = 2.0
_LEAST_SPAN_HELD_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class _Curve:
    """One quantity over the sets; None where it was not seen, which is not everywhere."""

    title: str
    values: Sequence[float | None]
    colour: str
    least_span: float
    digits: int


def draw_progress(name: str, done: Sequence[SetProgress]) -> bytes:
    """Return a PNG of an exercise's range of motion, where it is known, and tempo, set by set.

    Of a position that is held it shows for how long; ``done`` has at least one set.
    """
    curves = _curves(name, done)
    layout = ConstrainedLayoutEngine(w_pad=_PADDING_INCHES, h_pad=_PADDING_INCHES)
    figure = Figure(figsize=(_INCHES, _INCHES), dpi=_DPI, layout=layout, facecolor="white")
    title = exercise_title(name, DEFAULT_LANGUAGE).capitalize()
    figure.suptitle(title, fontsize=_FONT + 6, fontweight="bold", color=_INK)
    rows = figure.subplots(len(curves), 1, sharex=True, squeeze=False)[:, 0]
    for axes, curve in zip(rows, curves, strict=True):
        _draw(axes, curve)
    _date(rows[-1], done)
    png = BytesIO()
    figure.savefig(png, format="png")
    return png.getvalue()


def _curves(name: str, done: Sequence[SetProgress]) -> list[_Curve]:
    seconds = [each.tempo_s for each in done]
    if is_held(name):
        return [_Curve(text("chart.held"), seconds, _TEMPO_COLOUR, _LEAST_SPAN_HELD_S, 0)]
    tempo = _Curve(text("chart.tempo"), seconds, _TEMPO_COLOUR, _LEAST_SPAN_S, 1)
    ranges = [each.range_deg for each in done]
    if name not in exercises() or all(each is None for each in ranges):
        return [tempo]
    return [_Curve(text("chart.range"), ranges, _RANGE_COLOUR, _LEAST_SPAN_DEG, 0), tempo]


def _draw(axes: Axes, curve: _Curve) -> None:
    """Draw one quantity over the sets; a set in which it was not seen leaves a gap."""
    axes.set_title(curve.title, fontsize=_FONT, loc="left", color=_INK)
    heights = [float("nan") if value is None else value for value in curve.values]
    places = range(1, len(heights) + 1)
    axes.plot(places, heights, "-o", color=curve.colour, linewidth=3, markersize=9)
    seen = [(x, value) for x, value in enumerate(curve.values, 1) if value is not None]
    low, high = min(v for _, v in seen), max(v for _, v in seen)
    least = curve.least_span
    margin = max(least - (high - low), 0) / 2 + 0.2 * max(high - low, least / 2)
    axes.set_ylim(max(low - margin, 0), high + margin)
    (_, before), (x, value) = seen[-2:] if len(seen) > 1 else seen * 2
    # Above a curve that rises at its end, below one that falls: never on it.
    rises = value >= before
    axes.annotate(
        f"{value:.{curve.digits}f}",
        (x, value),
        xytext=(0, 12 if rises else -12),
        textcoords="offset points",
        ha="center",
        va="bottom" if rises else "top",
        fontsize=_FONT,
        fontweight="bold",
        color=curve.colour,
    )
    axes.grid(visible=True, axis="y", color=_GRID)
    axes.set_axisbelow(True)
    axes.tick_params(labelsize=_FONT - 2, colors=_INK, length=0)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.yaxis.set_major_locator(MaxNLocator(5))


def _date(axes: Axes, done: Sequence[SetProgress]) -> None:
    """Label the sets with their days, as many as fit, the first and the last among them."""
    count = len(done)
    axes.set_xlim(0.5, count + 0.5)
    shown = min(count, _MOST_DATES)
    ticks = sorted({round(1 + i * (count - 1) / max(shown - 1, 1)) for i in range(shown)})
    days = [done[tick - 1].filmed_at for tick in ticks]
    one_year = days[0].year == days[-1].year
    axes.set_xticks(ticks, [f"{day.day} {day:%b}" if one_year else f"{day:%b %Y}" for day in days])
