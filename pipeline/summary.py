"""The report as a page of Markdown that a lifter can read."""

from pathlib import Path
from typing import Final

from pipeline.correct import listed
from pipeline.faults import fault_title
from pipeline.report import Repetition, Report
from pipeline.space.answer import View
from pipeline.tempo_words import tempo_words
from pipeline.titles import (
    done_title,
    exercise_title,
    joint_title,
    moment_title,
    phase_title,
)
from references.exercises import PHASES, exercises
from references.skeleton import kind_of
from references.texts import text

# Where a camera stands, in eighths of a turn around the lifter towards their left, and the height
# from which it looks, by the elevation in degrees below which it is called that.
_SIDES: Final = (
    *("front", "front_left", "left", "back_left"),
    *("back", "back_right", "right", "front_right"),
)
_SECTOR_DEG: Final = 45.0
_HEIGHTS: Final = (("below", -12.0), ("level", 12.0), ("above", 40.0), ("overhead", float("inf")))


def write_summary(report: Report, path: Path) -> None:
    """Write the readable report in the report's language."""
    path.write_text(summarise(report), encoding="utf-8")


def summarise(report: Report) -> str:
    """Return the readable report: what was seen, what to change, what was not judged."""

    def say(key: str, **fields: object) -> str:
        return text(f"summary.{key}", report.language, **fields)

    title = exercise_title(report.exercise, report.language)
    lines = [f"# {title}", "", headline(report), ""]
    lines += ["![](start.png)", "", "![](end.png)", ""]
    lines += [f"## {say('corrections')}", ""]
    if report.corrections:
        lines += [f"- {correction.message}" for correction in report.corrections]
    else:
        lines.append(say("no_corrections" if report.anything_judged() else "nothing_compared"))
    if report.repetitions:
        lines += ["", f"## {say('repetitions')}", "", *_repetition_table(report)]
        if sentences := tempo_words(report):
            lines += ["", " ".join(sentences)]
    if report.not_judged:
        lines += ["", f"## {say('not_judged')}", ""]
        lines += [
            "- "
            + say(
                "not_judged_joint",
                joint=joint_title(n.joint, report.language),
                moment=moment_title(report.exercise, n.phase, report.language),
                reason=n.reason,
            )
            for n in report.not_judged
        ]
    if report.faults_not_judged and report.anything_judged():
        names = [fault_title(name).lower() for name in report.faults_not_judged]
        faults = listed(names, report.language)
        lines += ["", say("faults_not_judged", faults=faults)]
    if report.warnings:
        lines += ["", f"## {say('notes')}", "", *(f"- {warning}" for warning in report.warnings)]
    lines += ["", f"## {say('how')}", "", _provenance(report)]
    return "\n".join(lines) + "\n"


def headline(report: Report) -> str:
    """Return one sentence: the exercise, how sure it is, the repetitions."""
    language = report.language
    if report.exercise is None:
        guesses = [exercise_title(c.name, language) for c in report.candidates[:2]]
        return text("summary.unsure", language, first=guesses[0], second=guesses[-1])
    return text(
        f"summary.{'chosen' if report.chosen_by == 'lifter' else 'recognised'}",
        language,
        exercise=exercise_title(report.exercise, language),
        percent=round(100 * report.confidence),
        repetitions=done_title(
            report.exercise, len(report.repetitions), report.longest_s(), language
        ),
    )


def _repetition_table(report: Report) -> list[str]:
    language = report.language
    known = exercises().get(report.exercise or "")
    joints = [j for j in known.joints() if kind_of(j) == known.driver] if known else []
    columns = [(joint, phase) for joint in joints for phase in PHASES]
    head = [text("summary.number", language), text("summary.time", language)]
    head += [
        f"{joint_title(j, language)}, {phase_title(report.exercise, p, language)}"
        for j, p in columns
    ]
    head += [text(f"tempo.{part}", language) for part in ("lift", "pause", "lower")]
    rows = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for number, repetition in enumerate(report.repetitions, 1):
        cells = [_numbered(number, repetition, language)]
        cells.append(f"{repetition.start_s:.1f}–{repetition.end_s:.1f} s")
        for joint, phase in columns:
            angle = repetition.angles_deg[phase].get(joint)
            cells.append("–" if angle is None else f"{angle:.0f}°")
        for seconds in (repetition.lift_s, repetition.pause_s, repetition.lower_s):
            cells.append("–" if seconds is None else f"{seconds:.1f} s")
        rows.append("| " + " | ".join(cells) + " |")
    return rows


def _numbered(number: int, repetition: Repetition, language: str) -> str:
    if repetition.cut_off:
        return text("tempo.cut_off", language, number=number)
    if repetition.partial:
        return text("tempo.partial", language, number=number)
    return str(number)


def _provenance(report: Report) -> str:
    language = report.language
    if report.reference is None or report.view is None:
        return text("summary.no_reference", language)
    camera = "with_camera" if report.camera else "without_camera"
    return text(
        "summary.provenance",
        language,
        id=report.reference.id,
        azimuth=round(report.reference.azimuth_deg),
        elevation=round(report.reference.elevation_deg),
        distance=f"{report.reference.distance:.2f}",
        view=view_title(report.view, language),
        camera=text(f"summary.{camera}", language),
    )


def view_title(view: View, language: str) -> str:
    """Return where the camera stood in words: ``from your front left, from above``."""
    side = _SIDES[round(view.azimuth_deg / _SECTOR_DEG) % len(_SIDES)]
    height = next(name for name, below in _HEIGHTS if view.elevation_deg < below)
    return text(
        "view.title",
        language,
        side=text(f"view.{side}", language),
        height=text(f"view.{height}", language),
    )
