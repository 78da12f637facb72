"""What an analysis found: the documented, versioned schema behind ``report.json``.

Angles are included angles in degrees (180 is straight), times are seconds from the first frame,
sides are the lifter's own.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

from references.exercises import Phase

SCHEMA_VERSION: Final = 1

Norm = Literal["expert", "own", "target"]
"""What a joint was held against: the expert, what this lifter's joints do, or a target range."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An exercise the classifier considered and how probable it thinks it, 0 to 1."""

    name: str
    probability: float


@dataclass(frozen=True, slots=True)
class Repetition:
    """One repetition: start position, turning point, end position.

    ``angles_deg`` holds, for ``start`` and ``turn``, the angle of each joint that was seen well
    enough; a joint that was not is absent.
    """

    start_s: float
    turn_s: float
    end_s: float
    angles_deg: Mapping[Phase, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Deviation:
    """A joint that differs from the expert's by more than the exercise allows.

    ``repetitions`` counts from 1. ``user_deg`` is the median over those repetitions and
    ``difference_deg`` is ``user_deg - reference_deg``. ``message`` is the correction in the
    lifter's language, ``spoken`` the same for the voice note; ``priority`` 1 matters most.
    ``reference_deg`` and ``threshold_deg`` are those of the ``norm``.
    """

    joint: str
    side: str
    phase: Phase
    repetitions: tuple[int, ...]
    user_deg: float
    reference_deg: float
    difference_deg: float
    threshold_deg: float
    source: str
    priority: int
    message: str
    spoken: str
    norm: Norm = "expert"


@dataclass(frozen=True, slots=True)
class NotJudged:
    """A joint that was not seen well enough to be judged at some phase, and why."""

    joint: str
    phase: Phase
    reason: str


@dataclass(frozen=True, slots=True)
class Reference:
    """The expert view the lifter was compared with.

    ``distance`` is the root mean square distance between corresponding keypoints of the two
    normalised poses at start and turn, in torso lengths. ``azimuth_deg`` is where the expert was
    seen from: 0 in front, 90 from the expert's left; ``elevation_deg`` is above the horizon.
    """

    id: str
    distance: float
    azimuth_deg: float
    elevation_deg: float


@dataclass(frozen=True, slots=True)
class ClipFacts:
    """The clip as decoded: duration, mean frame rate, displayed size, frames."""

    seconds: float
    fps: float
    width: int
    height: int
    frames_declared: int
    frames_decoded: int


@dataclass(frozen=True, slots=True)
class Report:
    """Everything one analysis says.

    ``exercise`` is None when the classifier knows none that fits; ``reference`` is None when there
    is no expert motion for the exercise or no repetition to compare. ``reference_angles_deg`` holds
    the expert's angle for every joint and phase that the exercise checks, judged or not; of a coach
    only what their own clip shows.
    ``chosen_by`` is ``classifier`` or ``lifter``. ``camera`` is None without a calibration.
    ``warnings`` are sentences.
    """

    exercise: str | None
    confidence: float
    chosen_by: str
    candidates: tuple[Candidate, ...]
    repetitions: tuple[Repetition, ...]
    deviations: tuple[Deviation, ...]
    not_judged: tuple[NotJudged, ...]
    reference: Reference | None
    reference_angles_deg: Mapping[Phase, Mapping[str, float]]
    camera: Mapping[str, Any] | None
    clip: ClipFacts
    warnings: tuple[str, ...]
    timings_s: Mapping[str, float]
    language: str
    schema_version: int = SCHEMA_VERSION

    def anything_judged(self) -> bool:
        """Tell whether at least one joint could be compared with the expert's."""
        obstructed = {(n.phase, n.joint) for n in self.not_judged}
        compared = {
            (p, joint) for p, angles in self.reference_angles_deg.items() for joint in angles
        }
        return bool(compared - obstructed)

    def save(self, path: Path) -> None:
        """Write the report as JSON."""
        path.write_text(
            json.dumps(asdict(self), indent=2, ensure_ascii=False, allow_nan=False) + "\n",
            encoding="utf-8",
        )

    @classmethod
    def load(cls, path: Path) -> "Report":
        """Read a report written by ``save``. Raises ValueError for another schema version."""
        return cls.from_dict(json.loads(path.read_text(encoding="utf-8")))

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Report":
        """Rebuild a report from its JSON object. Raises ValueError for another schema version."""
        if values["schema_version"] != SCHEMA_VERSION:
            raise ValueError(f"report schema {values['schema_version']}, want {SCHEMA_VERSION}")
        return cls(
            **{
                **values,
                "candidates": tuple(Candidate(**v) for v in values["candidates"]),
                "repetitions": tuple(Repetition(**v) for v in values["repetitions"]),
                "deviations": tuple(
                    Deviation(**{**v, "repetitions": tuple(v["repetitions"])})
                    for v in values["deviations"]
                ),
                "not_judged": tuple(NotJudged(**v) for v in values["not_judged"]),
                "reference": values["reference"] and Reference(**values["reference"]),
                "clip": ClipFacts(**values["clip"]),
                "warnings": tuple(values["warnings"]),
            }
        )
