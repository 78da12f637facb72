"""What an analysis found: the documented, versioned schema behind ``report.json``.

Angles are included angles in space in degrees (180 is straight), times are seconds from the first
frame, sides are the lifter's own. What lies between ``low_deg`` and ``high_deg`` holds the true
value four times out of five.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

from pipeline.space.answer import View
from references.exercises import Stage

SCHEMA_VERSION: Final = 2

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
    enough; a joint that was not is absent. ``low_deg`` and ``high_deg`` hold the interval of each.
    They are empty for an exercise of which only the angles drawn in the picture are known.

    ``lift_s`` and ``lower_s`` are how long the weight goes up and down, None when it is not known
    which way is which or when the clip ends before it is gone; ``pause_s`` is the time at the turn.
    ``range_share`` is how far the repetition goes, as a share of the set's median; one that goes
    clearly less far is ``partial``. ``cut_off``: the clip ends before the repetition does.
    """

    start_s: float
    turn_s: float
    end_s: float
    angles_deg: Mapping[Stage, Mapping[str, float]]
    low_deg: Mapping[Stage, Mapping[str, float]]
    high_deg: Mapping[Stage, Mapping[str, float]]
    lift_s: float | None = None
    pause_s: float | None = None
    lower_s: float | None = None
    range_share: float | None = None
    partial: bool = False
    cut_off: bool = False


@dataclass(frozen=True, slots=True)
class Tempo:
    """How a set went on.

    ``speed_loss_percent`` is how much slower the last whole repetition was lifted than the first,
    by the trend of them all, and the true loss is at least ``speed_loss_low_percent`` nine times
    out of ten; None with too few repetitions for a trend. ``range_deg`` is the median range of
    motion of the joint that drives the exercise, by side, of those that were seen.
    ``range_difference_deg`` is left less right, and the true one lies within ``range_spread_deg``
    of it four times out of five; None unless both were seen.
    """

    speed_loss_percent: float | None
    speed_loss_low_percent: float | None
    range_deg: Mapping[str, float]
    range_difference_deg: float | None
    range_spread_deg: float | None


@dataclass(frozen=True, slots=True)
class Deviation:
    """A joint that differs from the expert's by more than the exercise allows.

    ``repetitions`` counts from 1. ``user_deg`` is the median over those repetitions, ``low_deg``
    and ``high_deg`` those of its interval, and ``difference_deg`` is ``user_deg - reference_deg``.
    ``message`` is the correction in the lifter's language, ``spoken`` the same for the voice note;
    ``priority`` 1 matters most.
    ``reference_deg`` and ``threshold_deg`` are those of the ``norm``.
    """

    joint: str
    side: str
    phase: Stage
    repetitions: tuple[int, ...]
    user_deg: float
    low_deg: float
    high_deg: float
    reference_deg: float
    difference_deg: float
    threshold_deg: float
    source: str
    priority: int
    message: str
    spoken: str
    norm: Norm = "expert"


@dataclass(frozen=True, slots=True)
class FoundFault:
    """A fault that coaches know by name (``references/motions``), found in some repetitions.

    ``low_deg`` and ``high_deg`` are the medians of its interval over those repetitions and
    ``size_deg`` the middle of it; up to ``limit_deg`` it is fine. ``told_deg`` is the median best
    guess, and of sets done right hardly any is told a ``low_deg`` beyond ``by_chance_deg``. Both
    are None, and ``size_deg`` what was measured, where the angle of its joint says it. The rest is
    as in `Deviation`.
    """

    name: str
    repetitions: tuple[int, ...]
    size_deg: float
    low_deg: float
    high_deg: float
    limit_deg: float
    source: str
    priority: int
    message: str
    spoken: str
    told_deg: float | None = None
    by_chance_deg: float | None = None


Finding = Deviation | FoundFault
"""Something that is off: a joint against the expert's, or a fault known by its name."""


@dataclass(frozen=True, slots=True)
class Correction:
    """Something the lifter is told to change: to read and to hear; ``priority`` 1 matters most."""

    message: str
    spoken: str
    priority: int


@dataclass(frozen=True, slots=True)
class NotJudged:
    """A joint that was not seen well enough to be judged at some phase, and why."""

    joint: str
    phase: Stage
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
    only what their own clip shows. ``tempo`` is None without a repetition.
    ``corrections`` is what deviations and faults come to, what matters most first.
    ``faults_not_judged`` names those that may be there, large, without this view showing them: all
    of them where nothing could be compared.
    ``view`` is None where no repetition tells it. ``chosen_by`` is ``classifier`` or ``lifter``.
    ``camera`` is None without a calibration. ``warnings`` are sentences.
    """

    exercise: str | None
    confidence: float
    chosen_by: str
    candidates: tuple[Candidate, ...]
    repetitions: tuple[Repetition, ...]
    tempo: Tempo | None
    deviations: tuple[Deviation, ...]
    faults: tuple[FoundFault, ...]
    faults_not_judged: tuple[str, ...]
    corrections: tuple[Correction, ...]
    not_judged: tuple[NotJudged, ...]
    reference: Reference | None
    reference_angles_deg: Mapping[Stage, Mapping[str, float]]
    view: View | None
    camera: Mapping[str, Any] | None
    clip: ClipFacts
    warnings: tuple[str, ...]
    timings_s: Mapping[str, float]
    language: str
    schema_version: int = SCHEMA_VERSION

    def longest_s(self) -> float:
        """Return the duration of the longest repetition in seconds, 0 when there is none."""
        return max((r.end_s - r.start_s for r in self.repetitions), default=0.0)

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
                "tempo": values["tempo"] and Tempo(**values["tempo"]),
                "deviations": tuple(
                    Deviation(**{**v, "repetitions": tuple(v["repetitions"])})
                    for v in values["deviations"]
                ),
                "faults": tuple(
                    FoundFault(**{**v, "repetitions": tuple(v["repetitions"])})
                    for v in values["faults"]
                ),
                "faults_not_judged": tuple(values["faults_not_judged"]),
                "corrections": tuple(Correction(**v) for v in values["corrections"]),
                "not_judged": tuple(NotJudged(**v) for v in values["not_judged"]),
                "reference": values["reference"] and Reference(**values["reference"]),
                "view": values["view"] and View(**values["view"]),
                "clip": ClipFacts(**values["clip"]),
                "warnings": tuple(values["warnings"]),
            }
        )
