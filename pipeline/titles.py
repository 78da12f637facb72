"""What exercises, joints and phases are called when a person reads or hears them."""

from references.exercises import Stage, exercises
from references.motions import is_held
from references.names import exercise_names
from references.skeleton import kind_of, side_of
from references.texts import text


def exercise_title(name: str | None, language: str) -> str:
    """Return an exercise's name as people write it; a strange one keeps its identifier."""
    if name is None:
        return text("summary.unknown", language)
    names = exercise_names().get(name)
    return names.title(language) if names else name.replace("_", " ")


def done_title(exercise: str | None, repetitions: int, longest_s: float, language: str) -> str:
    """Return ``8 repetitions``, or ``held for 42 seconds`` of a position to hold.

    ``longest_s`` is the duration of the longest repetition, 0 of none.
    """
    if is_held(exercise):
        key = "held" if repetitions else "not_held"
    else:
        key = {0: "none", 1: "one"}.get(repetitions, "many")
    return text(f"summary.{key}", language, count=repetitions, seconds=round(longest_s))


def joint_title(joint: str, language: str) -> str:
    """Return ``left elbow`` for ``left_elbow``."""
    side, kind = side_of(joint), kind_of(joint)
    return f"{text(f'body.{side}', language)} {text(f'body.{kind}', language)}"


def moment_title(exercise: str | None, stage: Stage, language: str) -> str:
    """Return when something shows: ``at the bottom``, ``on the way up``."""
    return text(f"moment.{stage}", language, phase=phase_title(exercise, stage, language))


def phase_title(exercise: str | None, phase: Stage, language: str) -> str:
    """Return what an exercise calls a stage, or a plain "start" or "turn" without a file of it."""
    known = exercises().get(exercise or "")
    return known.phase_title(phase, language) if known else text(f"picture.{phase}", language)
