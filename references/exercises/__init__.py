"""What good form is, exercise by exercise, as data: one TOML file each, read here.

Adding an exercise is adding a file; no code names one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal

from references.skeleton import JOINT_KINDS, JOINTS, KEYPOINT_INDEX, SIDES
from references.texts import DEFAULT_LANGUAGE
from references.toml_files import read_each

Phase = Literal["start", "turn"]
PHASES: Final[tuple[Phase, ...]] = ("start", "turn")
"""The salient moments of a repetition, at which the lifter is slowest."""

Way = Literal["out", "back"]
WAYS: Final[tuple[Way, ...]] = ("out", "back")
"""Halfway between the phases: out to the turn, and back."""

Stage = Phase | Way
STAGES: Final[tuple[Stage, ...]] = ("start", "out", "turn", "back")
"""The phases and the ways as they follow each other: all moments at which form is judged."""

Direction = Literal["larger", "smaller"]
DIRECTIONS: Final[tuple[Direction, ...]] = ("larger", "smaller")
"""A joint more open than the expert's, or more closed."""

DEFAULT_THRESHOLD_DEG: Final = 25.0
"""The paper's threshold: Appendix A flags a difference of 27 degrees against it."""

_STRAIGHT_DEG: Final = 180.0


@dataclass(frozen=True, slots=True)
class Words:
    """One correction: ``write`` is read in the report, ``say`` is heard in the voice note."""

    write: str
    say: str


@dataclass(frozen=True, slots=True)
class Check:
    """One joint, both sides, compared with the expert's at one stage of the repetition.

    ``threshold_deg`` is the difference of included angles beyond which a correction is due and
    ``source`` where that figure comes from; ``priority`` orders corrections, 1 first (risk, then
    effect). ``larger`` and ``smaller`` give, by language, the words for a joint more open or more
    closed than the expert's; a direction without words is not a fault and draws none.
    Within ``safe_deg``, two included angles, a lifter's own norm may take the expert's place;
    ``safe_source`` is where these come from. Without it the expert's limit holds for everybody.
    """

    joint: str
    phase: Stage
    threshold_deg: float
    source: str
    priority: int
    larger: Mapping[str, Words]
    smaller: Mapping[str, Words]
    safe_deg: tuple[float, float] | None = None
    safe_source: str = ""

    def joints(self) -> tuple[str, ...]:
        """Return the joint on both sides, like ``("left_elbow", "right_elbow")``."""
        return tuple(f"{side}_{self.joint}" for side in SIDES)


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise: what moves, what is checked and the words for it.

    ``name`` is the identifier, like ``bench_press``; ``driver`` the joint (without side) whose
    angle drives the repetition and ``moving`` the keypoints that move with it. ``display``,
    ``filming`` (where to put the phone) and ``phases`` (what each stage is called) are by
    language; ``aliases`` are what people type for it.
    """

    name: str
    display: Mapping[str, str]
    aliases: tuple[str, ...]
    driver: str
    moving: tuple[str, ...]
    filming: Mapping[str, str]
    phases: Mapping[Stage, Mapping[str, str]]
    checks: tuple[Check, ...]

    def title(self, language: str = DEFAULT_LANGUAGE) -> str:
        """Return the exercise's name as people write it."""
        return self.display[language]

    def phase_title(self, phase: Stage, language: str = DEFAULT_LANGUAGE) -> str:
        """Return what this exercise calls a stage, like "chest" or "way up"."""
        return self.phases[phase][language]

    def joints(self) -> tuple[str, ...]:
        """Return every joint that some check looks at, both sides, without repeats."""
        return tuple(dict.fromkeys(joint for check in self.checks for joint in check.joints()))


@cache
def exercises() -> Mapping[str, Exercise]:
    """Return every exercise of this installation by name, in alphabetical order.

    Raises ValueError, naming the file, when a file does not describe an exercise.
    """
    return read_each(__name__, _parse)


def find_exercise(words: str) -> str | None:
    """Return the identifier of the exercise that ``words`` name exactly, or None.

    Case, spaces, hyphens and underscores make no difference; aliases count.
    """
    wanted = plain(words)
    for exercise in exercises().values():
        names = (exercise.name, *exercise.display.values(), *exercise.aliases)
        if wanted in map(plain, names):
            return exercise.name
    return None


def plain(words: str) -> str:
    """Return words without the differences that do not count when an exercise is named."""
    return " ".join(words.lower().replace("_", " ").replace("-", " ").split())


def _parse(name: str, table: Mapping[str, Any]) -> Exercise:
    moving = tuple(table["moving"])
    unknown = [keypoint for keypoint in moving if keypoint not in KEYPOINT_INDEX]
    if unknown:
        raise ValueError(f"no such keypoints: {unknown}")
    if table["driver"] not in JOINT_KINDS:
        raise ValueError(f"no such joint: {table['driver']}")
    return Exercise(
        name=name,
        display=table["display"],
        aliases=tuple(table["aliases"]),
        driver=table["driver"],
        moving=moving,
        filming=table["filming"],
        phases={stage: table["phases"][stage] for stage in STAGES},
        checks=tuple(check for each in table["checks"] for check in _parse_checks(each)),
    )


def _parse_checks(table: Mapping[str, Any]) -> Iterator[Check]:
    """Yield the check of one table at each stage that it names."""
    stages = [table["phase"]] if isinstance(table["phase"], str) else table["phase"]
    for stage in stages:
        if stage not in STAGES:
            raise ValueError(f"no such phase: {stage}")
        yield _parse_check(table, stage)


def _parse_check(table: Mapping[str, Any], stage: Stage) -> Check:
    if f"left_{table['joint']}" not in JOINTS:
        raise ValueError(f"no such joint: {table['joint']}")
    return Check(
        joint=table["joint"],
        phase=stage,
        threshold_deg=float(table.get("threshold_deg", DEFAULT_THRESHOLD_DEG)),
        source=table["source"],
        priority=int(table["priority"]),
        larger=_parse_words(table.get("larger", {})),
        smaller=_parse_words(table.get("smaller", {})),
        safe_deg=_parse_range(table["safe_deg"]) if "safe_deg" in table else None,
        safe_source=table["safe_source"] if "safe_deg" in table else "",
    )


def _parse_range(values: Sequence[float]) -> tuple[float, float]:
    low, high = map(float, values)
    if not 0 <= low < high <= _STRAIGHT_DEG:
        raise ValueError(f"no range of included angles: {values}")
    return low, high


def _parse_words(table: Mapping[str, Mapping[str, str]]) -> Mapping[str, Words]:
    return {language: Words(words["write"], words["say"]) for language, words in table.items()}
