"""The chart of a lifter's progress, made for the screen of a phone."""

from collections.abc import Sequence
from io import BytesIO
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import MaxNLocator

from references.texts import text
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


def draw_progress(title: str, done: Sequence[SetProgress]) -> bytes:
    """Return a PNG of range of motion and tempo, set by set; ``done`` has at least one set."""
    layout = ConstrainedLayoutEngine(w_pad=_PADDING_INCHES, h_pad=_PADDING_INCHES)
    figure = Figure(figsize=(_INCHES, _INCHES), dpi=_DPI, layout=layout, facecolor="white")
    figure.suptitle(title.capitalize(), fontsize=_FONT + 6, fontweight="bold", color=_INK)
    upper, lower = figure.subplots(2, 1, sharex=True)
    _draw(
        upper,
        text("chart.range"),
        [each.range_deg for each in done],
        _RANGE_COLOUR,
        _LEAST_SPAN_DEG,
        digits=0,
    )
    _draw(
        lower,
        text("chart.tempo"),
        [each.tempo_s for each in done],
        _TEMPO_COLOUR,
        _LEAST_SPAN_S,
        digits=1,
    )
    _date(lower, done)
    png = BytesIO()
    figure.savefig(png, format="png")
    return png.getvalue()


def _draw(
    axes: Axes,
    title: str,
    values: Sequence[float | None],
    colour: str,
    least_span: float,
    *,
    digits: int,
) -> None:
    """Draw one quantity over the sets; a set in which it was not seen leaves a gap."""
    axes.set_title(title, fontsize=_FONT, loc="left", color=_INK)
    heights = [float("nan") if value is None else value for value in values]
    axes.plot(range(1, len(values) + 1), heights, "-o", color=colour, linewidth=3, markersize=9)
    seen = [(x, value) for x, value in enumerate(values, 1) if value is not None]
    if seen:
        low, high = min(v for _, v in seen), max(v for _, v in seen)
        margin = max(least_span - (high - low), 0) / 2 + 0.2 * max(high - low, least_span / 2)
        axes.set_ylim(max(low - margin, 0), high + margin)
        x, value = seen[-1]
        axes.annotate(
            f"{value:.{digits}f}",
            (x, value),
            xytext=(0, 12),
            textcoords="offset points",
            ha="center",
            fontsize=_FONT,
            fontweight="bold",
            color=colour,
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
    axes.set_xticks(ticks, [f"{day.day} {day:%b}" for day in days])
