"""The tables of `benchmarks.form`, and the figures that matter."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.form_scores import Angle, Errors, Result, Share, view_off_deg, within
from benchmarks.form_sets import Case
from references.skeleton import kind_of

Item = TypeVar("Item")


def show(console: Console, results: Sequence[Result]) -> dict[str, Any]:
    """Print the tables of rendered sets; return the figures that matter."""
    _show_angles(console, "Angles by exercise", results, lambda case, _: case.exercise)
    _show_angles(console, "Angles by joint", results, lambda _, angle: kind_of(angle.joint))
    _show_angles(console, "Angles by side (0 in front)", results, lambda case, _: case.azimuth_deg)
    _show_angles(console, "Angles by height in metres", results, lambda case, _: case.height_m)
    _show_angles(console, "Angles by lens", results, lambda case, _: case.phone)
    _show_faults(console, "Planted faults", results, lambda case: (case.exercise, case.fault))
    _show_faults(console, "Planted faults by side", results, lambda case: case.azimuth_deg)
    right = [result for result in results if result.case.fault is None]
    _show_right(console, right)

    told = _visible(angle for result in results for angle in result.told)
    errors = _errors(told)
    outcomes = [result.fault_outcome() for result in results if result.case.fault]
    judged = [out for out in outcomes if out != "not judged"]
    views = [view_off_deg(r.truth, r.report) for r in results if r.report]
    view = Errors.of(views, [0.0] * len(views))
    exact = Share(sum(result.repetitions_off() == 0 for result in results), len(results))
    corrected = Share(sum(bool(result.corrections()) for result in right), len(right))
    console.print(f"Camera's direction off by (mean / median / 90 %): {view}")
    console.print(f"Repetitions exact: {exact}")
    return {
        "angle_error_median_deg": errors.median(),
        "angle_error_mean_deg": errors.mean(),
        "angle_error_p90_deg": errors.p90(),
        "angle_told_share": Share(sum(a.told() for a in told), len(told)).value(),
        "interval_coverage": within(told).value(),
        "drawn_error_median_deg": _drawn(told).median(),
        "drawn_error_p90_deg": _drawn(told).p90(),
        "fault_recall": Share(judged.count("found"), len(judged)).value(),
        "fault_not_judged_share": Share(len(outcomes) - len(judged), len(outcomes)).value(),
        "false_correction_rate": corrected.value(),
        "view_error_median_deg": view.median(),
        "repetitions_exact": exact.value(),
        "judging_ms": round(
            1000 * float(np.median([r.report["judging_s"] for r in results if r.report]))
        ),
        "refused": sum(result.report is None for result in results),
    }


def _visible(angles: Iterable[Angle]) -> list[Angle]:
    return [angle for angle in angles if angle.visible]


def _errors(angles: Sequence[Angle]) -> Errors:
    return Errors.of([a.told_deg for a in angles], [a.true_deg for a in angles])


def _drawn(angles: Sequence[Angle]) -> Errors:
    return Errors.of([a.drawn_deg for a in angles], [a.true_deg for a in angles])


def _show_angles(
    console: Console,
    title: str,
    results: Sequence[Result],
    key: Callable[[Case, Angle], Hashable],
) -> None:
    """Print errors of angles, grouped; mean / median / 90th percentile in degrees."""
    arms = [
        _grouped((key(result.case, angle), angle) for result in results for angle in chosen(result))
        for chosen in (
            lambda result: _visible(result.told),
            lambda result: _visible(result.calibrated),
            lambda result: _visible(result.from_truth),
            lambda result: [angle for angle in result.told if not angle.visible],
        )
    ]
    table = Table(
        *("", "visible", "told", "error", "in interval", "width", "drawn in 2D", "calibrated"),
        *("true keypoints", "hidden joints"),
        title=f"{title}: mean / median / 90 % in degrees",
    )
    for group in _sorted(arms[0]):
        told, calibrated, from_truth, hidden = (arm.get(group, []) for arm in arms)
        widths = [a.high_deg - a.low_deg for a in told if np.isfinite(a.low_deg)]
        share = Share(sum(a.told() for a in told), len(told)).value()
        table.add_row(
            str(group),
            str(len(told)),
            str(share),
            str(_errors(told)),
            str(within(told).value()),
            f"{np.median(widths):.1f}" if widths else "-",
            str(_drawn(told)),
            str(_errors(calibrated)),
            str(_errors(from_truth)),
            str(_errors(hidden)),
        )
    console.print(table)


def _show_faults(
    console: Console, title: str, results: Sequence[Result], key: Callable[[Case], Hashable]
) -> None:
    """Print what became of planted faults, grouped."""
    groups = _grouped((key(result.case), result) for result in results if result.case.fault)
    table = Table(
        "", "found of those judged", "not judged", "what was said where missed", title=title
    )
    for group in _sorted(groups):
        outcomes = [result.fault_outcome() for result in groups[group]]
        judged = [out for out in outcomes if out != "not judged"]
        instead = [
            f"{result.case.name}: {'; '.join(result.corrections()) or 'nothing'}"
            for result, out in zip(groups[group], outcomes, strict=True)
            if out == "missed"
        ]
        table.add_row(
            " ".join(group) if isinstance(group, tuple) else str(group),
            str(Share(judged.count("found"), len(judged))),
            str(len(outcomes) - len(judged)),
            "\n".join(instead),
        )
    console.print(table)


def _show_right(console: Console, right: Sequence[Result]) -> None:
    """Print how often a set done right was corrected, and how."""
    table = Table("done right", "corrected", "what was said", title="Sets done right")
    groups = _grouped((result.case.exercise, result) for result in right)
    for exercise in _sorted(groups):
        wrong = [result for result in groups[exercise] if result.corrections()]
        table.add_row(
            str(exercise),
            str(Share(len(wrong), len(groups[exercise]))),
            "\n".join(f"{r.case.name}: {'; '.join(r.corrections())}" for r in wrong),
        )
    console.print(table)


def _grouped(pairs: Iterable[tuple[Hashable, Item]]) -> Mapping[Hashable, list[Item]]:
    groups: defaultdict[Hashable, list[Item]] = defaultdict(list)
    for key, item in pairs:
        groups[key].append(item)
    return groups


def _sorted(groups: Mapping[Hashable, object]) -> list[Any]:
    # The keys of one table are of one kind.
    return sorted(groups, key=lambda key: key)
