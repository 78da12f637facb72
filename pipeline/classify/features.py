"""What the network sees of a track: 30 time steps of a skeleton without place, size or frame rate.

Of the camera, what a phone on the floor or in a hand changes most is taken out: where the lifter
stands in the picture, how large they are and how many frames a second were filmed. The direction of
gravity stays, because it tells a bench press from a push-up.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.pose.proportions import LIMBS, limbs, torso_by_limbs
from pipeline.pose.track import PoseTrack
from references.skeleton import JOINTS, KEYPOINT_INDEX, KEYPOINTS

Floats = npt.NDArray[np.float32]

STEPS: Final = 30
"""Time steps per clip: the paper's 30 frames."""

LONGEST_S: Final = 8.0
"""Longest stretch that 30 steps describe: nearly four samples a second still follow the two seconds
of a quick repetition. A longer clip is cut into several."""

_SHOULDERS: Final = (KEYPOINT_INDEX["left_shoulder"], KEYPOINT_INDEX["right_shoulder"])

FEATURES: Final = 3 * len(KEYPOINTS) + 2 * len(LIMBS) + 2 * len(JOINTS)
"""Per time step: x and y of each keypoint in torso lengths, how surely each was seen (0 to 1), x
and y of the direction of each limb, cosine and sine of the angle at each joint."""

# A limb that looks shorter than this many torso lengths points at the camera: its direction in the
# picture is chance, and counts for as much less as it looks shorter.
_SHORT: Final = 0.15


def windows(track: PoseTrack) -> tuple[PoseTrack, ...]:
    """Cut a track into half-overlapping stretches of at most ``LONGEST_S`` seconds, one at least.

    A shorter track comes back whole.
    """
    seconds = float(track.t[-1] - track.t[0])
    if seconds <= LONGEST_S:
        return (track,)
    count = int(np.ceil((seconds - LONGEST_S) / (LONGEST_S / 2))) + 1
    starts = track.t[0] + np.linspace(0, seconds - LONGEST_S, count)
    return tuple(cut(track, start, start + LONGEST_S) for start in starts)


def cut(track: PoseTrack, start_s: float, end_s: float) -> PoseTrack:
    """Return the frames of a track between two times, both included."""
    first, last = np.searchsorted(track.t, (start_s, np.nextafter(end_s, np.inf)))
    at = slice(int(first), max(int(last), int(first) + 1))
    return PoseTrack(track.t[at], track.xy[at], track.conf[at], track.width, track.height)


def features(track: PoseTrack) -> Floats:
    """Return what the network sees of a track, (30, F) float32.

    Positions are relative to the middle of the shoulders (its median over the track) and in torso
    lengths, x to the right and y down; how surely a keypoint was seen is the track's confidence.
    One that is not known is at 0, 0, surely unseen, and a limb of which an end is not known has the
    direction 0, 0, as a joint has the cosine and sine.
    Directions and angles follow from positions, but a network that is shown them learns much sooner
    how far a curl or a pushdown bends the elbow. Unchanged, to rounding, when the picture is scaled
    or shifted or the same movement is sampled at another frame rate.
    """
    xy = resample(track)  # (30, 17, 2)
    known = np.isfinite(xy[..., 0])
    if known.any():
        xy = (xy - _origin(xy)) / _torso_length(xy)
    placed = np.where(known[..., None], xy, 0.0)
    steps = [
        placed.reshape(STEPS, -1),
        np.where(known, _how_surely(track), 0.0),
        _directions(limbs(xy)).reshape(STEPS, -1),
        _bends(xy).reshape(STEPS, -1),
    ]
    return np.concatenate(steps, axis=1, dtype=np.float32)


def stack(tracks: Sequence[PoseTrack]) -> Floats:
    """Return the features of several tracks, (N, 30, F) float32."""
    return np.stack([features(track) for track in tracks])


def resample(track: PoseTrack) -> Floats:
    """Return the keypoints (30, 17, 2) in pixels at 30 equally spaced times from first to last.

    Linear between the two frames around each time; where one of them lacks the keypoint, the nearer
    frame decides.
    """
    at = _times(track)
    after = np.clip(np.searchsorted(track.t, at), min(1, len(track) - 1), len(track) - 1)
    before = np.maximum(after - 1, 0)
    gap = np.maximum(track.t[after] - track.t[before], 1e-9)
    weight = np.clip((at - track.t[before]) / gap, 0, 1)[:, None, None].astype(np.float32)
    mixed = (1 - weight) * track.xy[before] + weight * track.xy[after]
    nearer = np.where(np.rint(weight) > 0, track.xy[after], track.xy[before])
    return np.where(np.isfinite(mixed), mixed, nearer)


def _how_surely(track: PoseTrack) -> Floats:
    """Return the confidence (30, 17) at the times of `resample`, linear in between."""
    at = _times(track)
    return np.stack([np.interp(at, track.t, c) for c in track.conf.T], axis=1)


def _times(track: PoseTrack) -> npt.NDArray[np.float64]:
    """Return 30 equally spaced times from the first frame to the last, in seconds."""
    return np.linspace(track.t[0], track.t[-1], STEPS)


def _origin(xy: Floats) -> Floats:
    """Return the median place (2,) of the shoulders, or of every keypoint when none was seen."""
    shoulders = xy[:, _SHOULDERS].reshape(-1, 2)
    points = shoulders if np.isfinite(shoulders).any() else xy.reshape(-1, 2)
    return np.asarray(np.nanmedian(points, axis=0), np.float32)


def _torso_length(xy: Floats) -> float:
    """Return how long the lifter's torso is in pixels, or how far the keypoints spread."""
    length = torso_by_limbs(xy)
    if np.isnan(length):
        finite = xy[np.isfinite(xy[..., 0])]
        length = float(np.linalg.norm(finite.std(axis=0)))
    return max(length, 1.0)


def _directions(ways: npt.NDArray[np.floating]) -> Floats:
    """Return the direction of each limb (30, N, 2) from the ways between their ends."""
    looks = np.linalg.norm(ways, axis=-1, keepdims=True)
    return np.asarray(np.nan_to_num(ways / np.maximum(looks, _SHORT)), np.float32)


def _bends(xy: Floats) -> Floats:
    """Return cosine and sine (30, 8, 2) of the turn from one limb of a joint to the other."""
    nearer, joint, farther = (list(index) for index in zip(*JOINTS.values(), strict=True))
    one = _directions(xy[:, nearer] - xy[:, joint])
    other = _directions(xy[:, farther] - xy[:, joint])
    cosine = (one * other).sum(axis=-1)
    sine = one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0]
    return np.stack([cosine, sine], axis=-1)
