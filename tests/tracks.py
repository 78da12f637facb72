"""Pose tracks of a stick figure whose every angle is known."""

import numpy as np
import numpy.typing as npt

from pipeline.pose.track import PoseTrack
from references.experts import expert_motions
from references.skeleton import KEYPOINT_INDEX
from references.viewpoint import Viewpoint

Floats = npt.NDArray[np.float64]

TORSO_PX = 200.0


def curl_pose(elbow_deg: float, *, origin: tuple[float, float] = (300.0, 300.0)) -> Floats:
    """Return a pose (17, 2) seen from the lifter's left, elbows at an included angle in degrees."""
    shoulder = np.array(origin)
    points = {
        "shoulder": shoulder,
        "elbow": shoulder + (0, 0.6 * TORSO_PX),
        "hip": shoulder + (0, TORSO_PX),
        "knee": shoulder + (0, 1.8 * TORSO_PX),
        "ankle": shoulder + (0, 2.6 * TORSO_PX),
    }
    bend = np.radians(180 - elbow_deg)
    points["wrist"] = points["elbow"] + 0.5 * TORSO_PX * np.array([-np.sin(bend), np.cos(bend)])
    pose = np.tile(shoulder - (30, 60), (17, 1)).astype(float)
    for name, point in points.items():
        for side, offset in (("left", 0.0), ("right", 6.0)):
            pose[KEYPOINT_INDEX[f"{side}_{name}"]] = point + (offset, 0)
    return pose


def curl_track(
    turns: int = 3,
    *,
    straight: float = 165.0,
    bent: float = 45.0,
    seconds: float = 2.0,
    fps: float = 15.0,
    rest_s: float = 1.0,
) -> PoseTrack:
    """Return a set of curls that begins and ends with a rest, arms straight."""
    t = np.arange(0, 2 * rest_s + turns * seconds, 1 / fps)
    phase = np.clip((t - rest_s) / seconds, 0, turns) % 1
    elbow = straight - (straight - bent) * (1 - np.cos(2 * np.pi * phase)) / 2
    xy = np.stack([curl_pose(angle) for angle in elbow]).astype(np.float32)
    return PoseTrack(t, xy, np.full((len(t), 17), 0.9, np.float32), 720, 1280)


def expert_track(
    exercise: str,
    azimuth_deg: float,
    turns: int = 3,
    *,
    short_starts: float = 0.0,
    fps: float = 15.0,
    seconds: float = 2.5,
    rest_s: float = 0.8,
) -> PoseTrack:
    """Return the expert's set, filmed with a phone from some side.

    ``short_starts`` is the share of the way to the turn at which each repetition already begins.
    """
    [motion, *_] = expert_motions(exercise)
    t = np.arange(0, 2 * rest_s + turns * seconds, 1 / fps)
    cycle = np.clip((t - rest_s) / seconds, 0, turns) % 1
    phase = short_starts + (1 - short_starts) * (1 - np.cos(2 * np.pi * cycle)) / 2
    at = phase * (len(motion.phase) - 1)
    below = np.minimum(at.astype(int), len(motion.phase) - 2)
    share = (at - below)[:, None, None]
    joints = motion.joints[below] * (1 - share) + motion.joints[below + 1] * share
    corners = motion.joints.reshape(-1, 3)
    x, y, z = (corners.min(axis=0) + corners.max(axis=0)) / 2
    viewpoint = Viewpoint(azimuth_deg, 12.0, 3.3, (float(x), float(y), float(z)))
    xy = viewpoint.project(joints) * 1100 + (360, 640)
    return PoseTrack(t, xy.astype(np.float32), np.full((len(t), 17), 0.9, np.float32), 720, 1280)
