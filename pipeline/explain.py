"""How each correction came about: what was measured, against what, by whose limit."""

from collections.abc import Iterator

from pipeline.correct import in_repetitions
from pipeline.faults import fault_title
from pipeline.report import Deviation, FoundFault, Repetition, Report
from pipeline.titles import exercise_title, joint_title, moment_title
from references.exercises import Stage
from references.texts import text


def explain(report: Report) -> tuple[str, ...]:
    """Return one paragraph on the whole, then one on each correction, in the report's order.

    Everything stands in the report: neither the clip nor the poses are needed. Frames are counted
    from 0 at the clip's mean frame rate.
    """
    language = report.language
    if not report.corrections:
        return (text("explain.nothing", language),)
    exercise = exercise_title(report.exercise, language)
    return (
        text("explain.head", language, exercise=exercise),
        *(
            "\n".join(_lines(report, number, deviation))
            for number, deviation in enumerate(report.deviations, 1)
        ),
        *(
            "\n".join(_fault_lines(report, fault, number))
            for number, fault in enumerate(report.faults, len(report.deviations) + 1)
        ),
    )


def _lines(report: Report, number: int, deviation: Deviation) -> Iterator[str]:
    language = report.language
    yield text(
        "explain.joint",
        language,
        number=number,
        joint=joint_title(deviation.joint, language),
        moment=moment_title(report.exercise, deviation.phase, language),
    )
    for repetition in deviation.repetitions:
        yield _measured(report, deviation, repetition)
    yield text(
        "explain.median",
        language,
        user=_degrees(deviation.user_deg),
        difference=_degrees(abs(deviation.difference_deg)),
        manner=text(f"correct.{'open' if deviation.difference_deg > 0 else 'bent'}", language),
    )
    yield _norm(report, deviation)
    yield text(
        "explain.limit",
        language,
        threshold=_degrees(deviation.threshold_deg),
        source=deviation.source,
    )
    yield text("explain.priority", language, priority=deviation.priority)


def _fault_lines(report: Report, fault: FoundFault, number: int) -> Iterator[str]:
    language = report.language
    yield text("explain.fault", language, number=number, fault=fault_title(fault.name))
    yield text(
        "explain.size",
        language,
        size=_degrees(fault.size_deg),
        low=_degrees(fault.low_deg),
        high=_degrees(fault.high_deg),
        repetitions=in_repetitions(fault.repetitions, len(report.repetitions), language),
    )
    if fault.told_deg is not None and fault.by_chance_deg is not None:
        yield text(
            "explain.chance",
            language,
            told=_degrees(fault.told_deg),
            chance=_degrees(fault.by_chance_deg),
        )
    yield text("explain.fine", language, limit=_degrees(fault.limit_deg), source=fault.source)
    yield text("explain.priority", language, priority=fault.priority)


def _measured(report: Report, deviation: Deviation, number: int) -> str:
    repetition = report.repetitions[number - 1]
    seconds = _seconds(repetition, deviation.phase)
    return text(
        "explain.measured",
        report.language,
        repetition=number,
        seconds=f"{seconds:.1f}",
        frame=round(seconds * report.clip.fps),
        angle=_degrees(repetition.angles_deg[deviation.phase][deviation.joint]),
        low=_degrees(repetition.low_deg[deviation.phase][deviation.joint]),
        high=_degrees(repetition.high_deg[deviation.phase][deviation.joint]),
    )


def _seconds(repetition: Repetition, stage: Stage) -> float:
    start_s, turn_s, end_s = repetition.start_s, repetition.turn_s, repetition.end_s
    return {
        "start": start_s,
        "out": (start_s + turn_s) / 2,
        "turn": turn_s,
        "back": (turn_s + end_s) / 2,
    }[stage]


def _norm(report: Report, deviation: Deviation) -> str:
    reference = report.reference
    return text(
        f"explain.{deviation.norm}",
        report.language,
        reference=_degrees(deviation.reference_deg),
        id=reference.id if reference else "",
        azimuth=round(reference.azimuth_deg) if reference else "",
        elevation=round(reference.elevation_deg) if reference else "",
    )


def _degrees(angle: float) -> str:
    return f"{angle:.0f}°"
