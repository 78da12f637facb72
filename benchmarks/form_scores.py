"""How what a report says of a set compares with the truth about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
from scipy.stats import binomtest

from benchmarks.form_sets import Case
from pipeline.pose.track import PoseTrack
from pipeline.space.lessons import moment_of
from pipeline.space.moments import START
from references.exercises import PHASES, Phase
from references.geometry import joint_angles
from references.motions import Fault, motions
from references.skeleton import JOINTS

Floats = npt.NDArray[np.float64]
Facts = Mapping[str, Any]
"""A report, a truth, or a part of one, as it stands in its JSON file."""

FaultOutcome = Literal["found", "missed", "not judged"]
"""A planted fault was named in most of the repetitions that have it; it was not; or the report says
that this view cannot show it."""

_NAN: Final = float("nan")


@dataclass(frozen=True, slots=True)
class Angle:
    """One joint at start or turn of one repetition, in degrees.

    ``told_deg`` is what the report says, between ``low_deg`` and ``high_deg`` with 80 %
    probability; ``drawn_deg`` is the angle of the same keypoints in the picture. NaN where nothing
    is said. ``visible`` tells whether all three keypoints of the joint are seen in truth.
    """

    joint: str
    phase: Phase
    visible: bool
    true_deg: float
    told_deg: float
    low_deg: float
    high_deg: float
    drawn_deg: float

    def told(self) -> bool:
        """Tell whether the report says this angle."""
        return bool(np.isfinite(self.told_deg))


def matched(told: Sequence[Facts], true: Sequence[Facts]) -> dict[int, int]:
    """Return which true repetition each told one is, by index: the one in which it turns.

    Of several that turn in the same repetition, the one that turns nearest to it counts.
    """
    pairs: dict[int, int] = {}
    for index, repetition in enumerate(true):
        off = {
            i: abs(other["turn_s"] - repetition["turn_s"])
            for i, other in enumerate(told)
            if repetition["start_s"] <= other["turn_s"] <= repetition["end_s"]
        }
        if off:
            pairs[min(off, key=lambda i: off[i])] = index
    return pairs


def compared(truth: Facts, report: Facts, track: PoseTrack) -> list[Angle]:
    """Return every joint at start and turn of every repetition that was found.

    ``truth`` is what `references.synthetic.film.truth` says, ``track`` what was seen of the set.
    """
    drawn = joint_angles(track.xy)
    visible = np.array(truth["visible"])
    frame_rate = (len(visible) - 1) / truth["seconds"]
    angles = []
    for told_index, true_index in matched(report["repetitions"], truth["repetitions"]).items():
        told, true = report["repetitions"][told_index], truth["repetitions"][true_index]
        for phase in PHASES:
            seen = visible[round(true[f"{phase}_s"] * frame_rate)]
            frame = int(np.argmin(np.abs(track.t - told[f"{phase}_s"])))
            angles += [
                Angle(
                    joint=joint,
                    phase=phase,
                    visible=bool(seen[list(keypoints)].all()),
                    true_deg=true["angles_deg"][phase][joint],
                    told_deg=told["angles_deg"][phase].get(joint, _NAN),
                    low_deg=told["low_deg"][phase].get(joint, _NAN),
                    high_deg=told["high_deg"][phase].get(joint, _NAN),
                    drawn_deg=float(drawn[joint][frame]),
                )
                for joint, keypoints in JOINTS.items()
            ]
    return angles


def view_off_deg(truth: Facts, report: Facts) -> float:
    """Return the angle between the told and the true direction of the camera, NaN if not told."""
    told, true = report["view"], truth["camera"]["viewpoint"]
    if told is None:
        return _NAN
    cosine = _direction(told) @ _direction(true)
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


def _direction(view: Facts) -> Floats:
    azimuth, elevation = np.radians([view["azimuth_deg"], view["elevation_deg"]])
    return np.array(
        [
            np.sin(azimuth) * np.cos(elevation),
            np.cos(azimuth) * np.cos(elevation),
            np.sin(elevation),
        ]
    )


def repetitions_with(fault: Fault, truth: Facts) -> set[int]:
    """Return the true repetitions, by index, in which a fault goes beyond its limit.

    What counts is the moment at which it shows: a start position is right before the first
    repetition.
    """
    phase: Phase = "start" if moment_of(fault) == START else "turn"
    return {
        index
        for index, repetition in enumerate(truth["repetitions"])
        if repetition["faults_deg"][fault.name][phase] > fault.limit_deg
    }


def outcome(fault: Fault, truth: Facts, report: Facts) -> FaultOutcome:
    """Return what became of a planted fault."""
    true_index = matched(report["repetitions"], truth["repetitions"])
    named = {
        true_index.get(number - 1)
        for told in report["faults"]
        if told["name"] == fault.name
        for number in told["repetitions"]
    }
    planted = repetitions_with(fault, truth)
    if 2 * len(named & planted) > len(planted):
        return "found"
    return "not judged" if fault.name in report["faults_not_judged"] else "missed"


def said(report: Facts) -> list[str]:
    """Return what a report corrects, in short: faults by name, deviations by joint and degrees."""
    faults = [f"{f['name']} {f['size_deg']:.0f}°{_numbers(f)}" for f in report["faults"]]
    deviations = [
        f"{d['joint']} at {d['phase']} {d['difference_deg']:+.0f}°{_numbers(d)}"
        for d in report["deviations"]
    ]
    return faults + deviations


def _numbers(finding: Facts) -> str:
    return f" ({','.join(map(str, finding['repetitions']))})"


@dataclass(frozen=True, slots=True)
class Share:
    """``count`` of ``total``."""

    count: int
    total: int

    def value(self) -> float | None:
        """Return the share, None of nothing."""
        return round(self.count / self.total, 4) if self.total else None

    def __str__(self) -> str:
        """Return count and total with the share and its 95 % bounds (Wilson, 1927)."""
        if not self.total:
            return "-"
        low, high = binomtest(self.count, self.total).proportion_ci(method="wilson")
        share = 100 * self.count / self.total
        return f"{self.count} of {self.total}, {share:.0f} % ({100 * low:.0f}-{100 * high:.0f})"


@dataclass(frozen=True, slots=True)
class Errors:
    """Absolute errors in degrees, in no order, without NaN."""

    deg: Floats

    @classmethod
    def of(cls, told: Sequence[float], true: Sequence[float]) -> "Errors":
        """Return those of what was told."""
        off = np.abs(np.array(told, np.float64) - np.array(true, np.float64))
        return cls(off[np.isfinite(off)])

    def median(self) -> float | None:
        """Return the median, None of nothing."""
        return self._rounded(np.median)

    def mean(self) -> float | None:
        """Return the mean, None of nothing."""
        return self._rounded(np.mean)

    def p90(self) -> float | None:
        """Return what nine of ten are below, None of nothing."""
        return self._rounded(lambda deg: np.percentile(deg, 90))

    def _rounded(self, figure: Any) -> float | None:
        return round(float(figure(self.deg)), 2) if len(self.deg) else None

    def __str__(self) -> str:
        """Return mean, median and 90th percentile."""
        figures = (self.mean(), self.median(), self.p90())
        return " / ".join("-" if figure is None else f"{figure:.1f}" for figure in figures)


def within(angles: Sequence[Angle]) -> Share:
    """Return in how many of the told angles the truth lies in the interval."""
    bounded = [angle for angle in angles if angle.told() and np.isfinite(angle.low_deg)]
    return Share(sum(a.low_deg <= a.true_deg <= a.high_deg for a in bounded), len(bounded))


@dataclass(frozen=True, slots=True)
class Result:
    """One set: what the report says, and its angles in all three arms.

    ``report`` is None when the clip was refused; then nothing is told.
    """

    case: Case
    truth: Facts
    report: Facts | None
    told: tuple[Angle, ...] = ()
    calibrated: tuple[Angle, ...] = ()
    from_truth: tuple[Angle, ...] = ()

    def repetitions_off(self) -> int:
        """Return how many repetitions too many or too few were counted."""
        told = len(self.report["repetitions"]) if self.report else 0
        return told - len(self.truth["repetitions"])

    def corrections(self) -> list[str]:
        """Return what the report corrects, in short."""
        return said(self.report) if self.report else []

    def fault_outcome(self) -> FaultOutcome:
        """Return what became of the fault that was planted; there must be one."""
        fault = motions()[self.case.exercise].fault(str(self.case.fault))
        return outcome(fault, self.truth, self.report) if self.report else "missed"
