"""Do the experts agree with photos? Elbow angles at start and turn, in 3D.

    python -m benchmarks.expert_photos

The network is wrong too often about lifters who lie down, so people marked the joints that can be
seen on 44 photos: benchmarks/photo_labels.csv, in pixels. The photos are start and end pictures of
free-exercise-db (Unlicense), where their names are found; they do not come with us.

A photo shows an angle only from its own side. So each photo is explained as a picture of the
expert's skeleton from a viewpoint: azimuth, elevation, roll, scale and place are fitted together
with the arms, which are turned about the shoulders and bent at the elbows until the joints fall on
the marks. Both arms are mirror images of each other. What the marks leave open is held by weak
priors, listed below; the elbow has none. The bend that is found is the photo's elbow angle, and its
standard deviation, from the curvature of the fit, says how well the photo tells it.
The last line is one JSON object.
"""

import csv
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import numpy as np
import numpy.typing as npt
import typer
from scipy.optimize import least_squares
from scipy.spatial.transform import Rotation

from references.exercises import Phase
from references.experts import ExpertMotion, expert_motions
from references.geometry import joint_angles
from references.skeleton import KEYPOINT_INDEX
from references.viewpoint import Viewpoint

Floats = npt.NDArray[np.float64]
Marks = Mapping[str, tuple[float, float]]
"""Keypoint to pixel."""

LABELS: Final = Path(__file__).with_name("photo_labels.csv")

# From how far the photos were taken, about: the perspective of the body hardly depends on it.
_DISTANCE_M: Final = 4.0
# Marks and the proportions of other bodies are off by this share of what is marked; hips are twice
# as uncertain under their clothes.
_MARK_ERROR: Final = 0.03
_HIP_ERROR: Final = 0.06
# Who takes photos holds the camera before the face, within some degrees of elevation.
_CAMERA_HEIGHT_M: Final = 1.5
_ELEVATION_DEG: Final = 7.0
# How much camera and lifter tilt and upper arms differ from the expert's, standard deviations in
# degrees, and how much the length of arms does (Drillis and Contini, "Body Segment Parameters",
# 1966: single segments by 3 to 6 %).
_ROLL_DEG: Final = 8.0
_TURN_DEG: Final = 20.0
_ARM_LENGTH: Final = 0.05
_STARTS_DEG: Final = range(0, 360, 45)
# Elbows bend one way only, and not further than this (Norkin and White, "Measurement of Joint
# Motion", 5th ed., 2016); everything else is free.
_BOUNDS: Final = (np.array([-np.inf] * 10 + [25.0]), np.array([np.inf] * 10 + [180.0]))
# A photo that leaves the angle open by more than this is no measurement.
_TELLS_DEG: Final = 15.0

_SHOULDER, _ELBOW, _WRIST = (KEYPOINT_INDEX[f"left_{n}"] for n in ("shoulder", "elbow", "wrist"))
_ARMS: Final = {
    KEYPOINT_INDEX[f"{side}_{joint}"]: (joint, sign)
    for side, sign in (("left", 1.0), ("right", -1.0))
    for joint in ("elbow", "wrist")
}


@dataclass(frozen=True, slots=True)
class Measured:
    """What a photo says: the elbow angle and its standard deviation, the side it is taken from.

    ``error`` is how far the joints stay from the marks, as a share of what is marked (RMS).
    """

    elbow_deg: float
    deviation_deg: float
    azimuth_deg: float
    elevation_deg: float
    error: float


def main(labels: Annotated[Path, typer.Argument(exists=True)] = LABELS) -> None:
    """Compare the experts with the photos."""
    differences = []
    told = []
    print("photo | phase | expert | photo | +- | photo - expert | azimuth | elevation | error")
    for (photo, phase), marks in read_labels(labels).items():
        (expert,) = expert_motions(Path(photo).parts[0])
        measured = measure(expert, phase, marks)
        ours = elbow_of(expert, phase)
        differences.append(measured.elbow_deg - ours)
        told.append(measured.deviation_deg <= _TELLS_DEG)
        print(
            f"{photo} | {phase} | {ours:.0f} | {measured.elbow_deg:.0f} "
            f"| {measured.deviation_deg:.0f} | {differences[-1]:+.0f} "
            f"| {measured.azimuth_deg:.0f} | {measured.elevation_deg:.0f} | {measured.error:.3f}"
        )
    off = np.array(differences)[told]
    print(
        json.dumps(
            {
                "photos": len(differences),
                "that_tell_the_angle": len(off),
                "median_difference_deg": round(float(np.median(off)), 1),
                "median_absolute_difference_deg": round(float(np.median(np.abs(off))), 1),
                "within_15_deg": round(float((np.abs(off) <= 15).mean()), 3),
            }
        )
    )


def read_labels(file: Path) -> Mapping[tuple[str, Phase], Marks]:
    """Return the marks by photo and phase."""
    photos: dict[tuple[str, Phase], dict[str, tuple[float, float]]] = defaultdict(dict)
    with file.open(newline="") as lines:
        for row in csv.DictReader(lines):
            phase: Phase = "start" if row["phase"] == "start" else "turn"
            photos[row["photo"], phase][row["keypoint"]] = (float(row["x"]), float(row["y"]))
    return photos


def elbow_of(expert: ExpertMotion, phase: Phase) -> float:
    """Return the expert's elbow angle at start or turn in degrees."""
    return float(joint_angles(expert.joints[_moment(phase)])["left_elbow"])


def measure(expert: ExpertMotion, phase: Phase, marks: Marks) -> Measured:
    """Return the elbow angle that a photo shows, by fitting the expert's skeleton to its marks."""
    joints = expert.joints[_moment(phase)].astype(np.float64)
    fit = _Fit(joints, marks)
    results = [
        least_squares(
            fit.residuals, fit.first_guess(azimuth, elbow_of(expert, phase)), bounds=_BOUNDS
        )
        for azimuth in _STARTS_DEG
    ]
    best = min(results, key=lambda result: float(result.cost))
    azimuth, elevation, *_, bend = best.x
    slopes = np.asarray(best.jac)
    spread = np.linalg.inv(slopes.T @ slopes)
    misses = fit.missed(best.x)
    return Measured(
        elbow_deg=float(bend),
        deviation_deg=float(np.sqrt(spread[-1, -1])),
        azimuth_deg=float(azimuth % 360),
        elevation_deg=float(elevation),
        error=float(np.sqrt((misses**2).sum(axis=1).mean())),
    )


def _moment(phase: Phase) -> int:
    return 0 if phase == "start" else -1


class _Fit:
    """The expert's skeleton (17, 3) in front of one photo.

    Its parameters are azimuth, elevation, roll (degrees), scale, place (2,) in shares of what is
    marked, the turn of the arms about the shoulder (3,), their length and the elbow's angle.
    """

    def __init__(self, joints: Floats, marks: Marks) -> None:
        self._joints = joints
        self._keypoints = [KEYPOINT_INDEX[name] for name in marks]
        self._xy = np.array(list(marks.values()))
        self._errors = np.array(
            [[_HIP_ERROR if name.endswith("hip") else _MARK_ERROR] for name in marks]
        )
        self._extent = float(np.linalg.norm(np.ptp(self._xy, axis=0)))
        self._upper = joints[_ELBOW] - joints[_SHOULDER]
        self._lower_m = float(np.linalg.norm(joints[_WRIST] - joints[_ELBOW]))
        hinge = np.cross(self._upper, joints[_WRIST] - joints[_ELBOW])
        self._hinge = hinge / np.linalg.norm(hinge)
        height = _CAMERA_HEIGHT_M - joints[:, 2].mean()
        self._elevation = float(np.degrees(np.arctan2(height, _DISTANCE_M)))

    def first_guess(self, azimuth: float, elbow: float) -> Floats:
        return np.array([azimuth, self._elevation, 0, 1, 0, 0, 0, 0, 0, 1, elbow], np.float64)

    def residuals(self, parameters: Floats) -> Floats:
        """Return how far joints are from marks, and parameters from priors, in deviations."""
        _, elevation, roll, *_, length, _ = parameters
        priors = [
            (elevation - self._elevation) / _ELEVATION_DEG,
            roll / _ROLL_DEG,
            *(parameters[6:9] / _TURN_DEG),
            (length - 1) / _ARM_LENGTH,
        ]
        return np.concatenate([(self.missed(parameters) / self._errors).ravel(), priors])

    def missed(self, parameters: Floats) -> Floats:
        """Return from mark to joint (M, 2), in shares of what is marked."""
        azimuth, elevation, roll, scale, *_, length, elbow = parameters
        place, turn = parameters[4:6], parameters[6:9]
        x, y, z = self._joints.mean(axis=0)
        viewpoint = Viewpoint(azimuth, elevation, _DISTANCE_M, (x, y, z))
        seen = viewpoint.project(self._posed(turn, length, elbow))[self._keypoints] * _DISTANCE_M
        c, s = np.cos(np.radians(roll)), np.sin(np.radians(roll))
        seen = seen @ np.array([[c, s], [-s, c]]) * scale
        # The marks in shares of what is marked, around their middle; a body is about one such tall.
        marked = (self._xy - self._xy.mean(axis=0)) / self._extent
        return np.asarray(seen - seen.mean(axis=0) + place - marked)

    def _posed(self, turn_deg: Floats, length: float, elbow_deg: float) -> Floats:
        """Return the joints with both arms turned, lengthened and bent alike."""
        turned = Rotation.from_rotvec(turn_deg, degrees=True)
        bent = Rotation.from_rotvec(self._hinge * (180 - elbow_deg), degrees=True)
        upper = length * turned.apply(self._upper)
        lower = turned.apply(bent.apply(self._upper))
        lower *= length * self._lower_m / np.linalg.norm(lower)
        joints = self._joints.copy()
        for joint, (kind, sign) in _ARMS.items():
            shoulder = joints[_SHOULDER + (0 if sign > 0 else 1)]
            along = upper if kind == "elbow" else upper + lower
            joints[joint] = shoulder + along * (sign, 1, 1)
        return joints


if __name__ == "__main__":
    typer.run(main)
