"""Variations of a track that leave the exercise what it is."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.classify.features import LONGEST_S, cut
from pipeline.pose.proportions import ARMS_AND_LEGS
from pipeline.pose.track import PoseTrack
from references.geometry import torso
from references.skeleton import KEYPOINT_INDEX, MIRROR

Floats = npt.NDArray[np.float32]

_FACE: Final = [KEYPOINT_INDEX[name] for name in ("nose", "left_eye", "right_eye")]

_TORSO: Final = [
    KEYPOINT_INDEX[name] for name in ("left_shoulder", "right_shoulder", "left_hip", "right_hip")
]

# What furniture, the edge of the picture or the body itself hides together.
_PARTS: Final = tuple(
    [KEYPOINT_INDEX[name] for name in names]
    for names in (
        ("left_ankle", "right_ankle"),
        ("left_knee", "right_knee", "left_ankle", "right_ankle"),
        ("left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle"),
        ("left_elbow", "left_wrist"),
        ("right_elbow", "right_wrist"),
        ("nose", "left_eye", "right_eye", "left_ear", "right_ear"),
    )
)

# Who is filmed from the side hides their own far side.
_SIDES: Final = tuple(
    [KEYPOINT_INDEX[f"{side}_{name}"] for name in ("shoulder", "elbow", "wrist", *below)]
    for side in ("left", "right")
    for below in ((), ("hip", "knee", "ankle"))
)
# From the side shoulders look narrower than this share of the torso; our figure.
_NARROW: Final = 0.45


# How guessed limbs look, by eye on real clips: their length next to the true one, which share of
# their own movement is left, how far they are turned (radians), how far they drift (shares of the
# body's extent), and how probably they are said to be seen.
_SHORTER: Final = (0.2, 1.1)
_MOVES: Final = 0.4
_TURNED: Final = 0.6
_DRIFTS: Final = 0.03
_TOLD: Final = (0.1, 0.7)
_TOLD_SPREAD: Final = 0.1
_TINY: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How tracks are varied while training; zero or False turns a variation off.

    The paper's two come first. ``translate_px``: the picture moves sideways by up to so many of its
    pixels. ``features`` take the place in the picture out, so what remains of this is the keypoints
    that leave the picture: they become missing. ``mirror``: every other track is mirrored.

    ``shortest_s``: a stretch of at least so many seconds is cut out. ``warp``: its tempo swells and
    fades by up to this share. ``rotate_deg``: the camera is held askew, or the lifter leans: people
    lean more than the synthetic lifter does, and a network that may rely on its posture takes who
    leans forwards in a curl for somebody at a cable. ``rotate_lying_deg``: the same for whoever
    lies, by less, because how a bench slopes tells the presses apart. ``stretch``: the camera
    stands elsewhere, and the width is shorter or longer by up to this share. ``noise``: standard
    deviation of a keypoint's error, in hundredths of the body's extent. ``hide``: the probability
    that a part of the body is hidden throughout, and that of any one keypoint. ``guess``: how often
    a hidden part is not missing, but where a pose network guesses what it cannot see: legs out of
    the picture, an arm behind a plate.
    """

    translate_px: float = 100.0
    mirror: bool = True
    behind: bool = True
    shortest_s: float = 1.5
    warp: float = 0.1
    rotate_deg: float = 12.0
    rotate_lying_deg: float = 6.0
    stretch: float = 0.2
    noise: float = 0.5
    hide: float = 0.15
    guess: float = 0.4

    def __call__(self, track: PoseTrack, rng: np.random.Generator) -> PoseTrack:
        """Return a variation of ``track``."""
        if self.shortest_s:
            track = _cut_at_random(track, self.shortest_s, rng)
        if self.mirror and rng.integers(2):
            track = in_mirror(track)
        t, xy, conf = track.t, track.xy, track.conf
        if self.warp:
            t = _warp(t, self.warp, rng)
        if self.behind and rng.integers(2):
            xy = from_behind(xy, track.width)
        if self.translate_px:
            xy = shifted(xy, rng.uniform(-self.translate_px, self.translate_px), track.width)
        most = self.rotate_lying_deg if _lies(xy) else self.rotate_deg
        xy = _turn(xy, np.radians(rng.uniform(-most, most)))
        xy = xy * _pixels(1 + rng.uniform(-self.stretch, self.stretch), 1)
        if self.noise:
            xy = xy + rng.normal(0, self.noise / 100 * _extent(xy), xy.shape).astype(np.float32)
        if self.hide:
            xy, conf = self._hide(xy, conf, rng)
        return PoseTrack(t, xy, conf, track.width, track.height)

    def _hide(self, xy: Floats, conf: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
        hidden = np.less(rng.random(xy.shape[1]), self.hide / 4)
        for part in _PARTS + (_SIDES if _from_the_side(xy) else ()):
            if rng.random() < self.hide:
                if rng.random() < self.guess:
                    xy, conf = _guessed(xy, conf, part, rng)
                else:
                    hidden[part] = True
        return np.where(hidden[:, None], np.float32(np.nan), xy), conf


def in_mirror(track: PoseTrack) -> PoseTrack:
    """Return a track as a mirror shows it: left is right, and named so."""
    xy = mirrored(track.xy, track.width)
    return PoseTrack(track.t, xy, track.conf[:, MIRROR], track.width, track.height)


def mirrored(xy: Floats, width: int) -> Floats:
    """Return keypoints (T, 17, 2) as a mirror shows them: left is right, and named so."""
    return xy[:, MIRROR] * _pixels(-1, 1) + _pixels(width, 0)


def from_behind(xy: Floats, width: int) -> Floats:
    """Return keypoints (T, 17, 2) as a camera on the other side of the lifter sees them.

    Exact for a distant camera at the height of the lifter; the face is hidden.
    """
    turned = xy * _pixels(-1, 1) + _pixels(width, 0)
    turned[:, _FACE] = np.nan
    return turned


def shifted(xy: Floats, by_px: float, width: int) -> Floats:
    """Return keypoints (T, 17, 2) of a picture moved sideways; what leaves it is not seen."""
    moved = xy + _pixels(by_px, 0)
    outside = (moved[..., 0] < 0) | (moved[..., 0] >= width)
    return np.where(outside[..., None], np.float32(np.nan), moved)


def _pixels(x: float, y: float) -> Floats:
    return np.array([x, y], np.float32)


def _cut_at_random(track: PoseTrack, shortest_s: float, rng: np.random.Generator) -> PoseTrack:
    seconds = float(track.t[-1] - track.t[0])
    if seconds <= shortest_s:
        return track
    kept = rng.uniform(shortest_s, min(seconds, LONGEST_S))
    # Every other stretch begins where the clip does: what somebody does before the first repetition
    # tells a curl from a pushdown, which is a curl played backwards.
    start = track.t[0] + rng.integers(2) * rng.uniform(0, seconds - kept)
    return cut(track, start, start + kept)


def _warp(
    t: npt.NDArray[np.float64], share: float, rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Return times that run through the same range at a tempo which swells and fades once."""
    span = max(float(t[-1] - t[0]), 1e-9)
    phase = (t - t[0]) / span
    amount, offset = rng.uniform(0, share), rng.uniform(0, 2 * np.pi)
    swell = (np.sin(2 * np.pi * phase + offset) - np.sin(offset)) / (2 * np.pi)
    return np.asarray(t[0] + span * (phase + amount * swell), np.float64)


def _lies(xy: Floats) -> bool:
    """Return whether the torso lies more across the picture than along it; unseen, it stands."""
    seen = _with_torso(xy)
    if not len(seen):
        return False
    x, y = np.abs(np.median(torso(seen), axis=0))
    return bool(x > y)


def _from_the_side(xy: Floats) -> bool:
    """Return whether the shoulders look narrow next to the torso; unseen, they do not."""
    seen = _with_torso(xy)
    if not len(seen):
        return False
    left, right = (seen[:, shoulder] for shoulder in _TORSO[:2])
    width, length = (
        np.median(np.linalg.norm(span, axis=1)) for span in (left - right, torso(seen))
    )
    return bool(width < _NARROW * length)


def _with_torso(xy: Floats) -> Floats:
    """Return the keypoints (S, 17, 2) of the frames in which shoulders and hips are known."""
    return xy[np.isfinite(xy[:, _TORSO]).all(axis=(1, 2))]


def _turn(xy: Floats, angle: float) -> Floats:
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]], np.float32)
    return np.asarray(xy @ turn, np.float32)


def _guessed(
    xy: Floats, conf: Floats, part: list[int], rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Return keypoints (T, 17, 2) and how surely each is seen (T, 17), a part of them guessed.

    Its limbs are shorter than they are, turned from where they belong, hardly move on their own and
    drift.
    """
    guessed, sure = xy.copy(), conf.copy()
    shorter, moves, turn = rng.uniform(*_SHORTER), rng.uniform(0, _MOVES), rng.normal(0, _TURNED)
    extent = _extent(xy)
    for nearer, farther in ARMS_AND_LEGS:
        if farther in part:
            limb = xy[:, farther] - xy[:, nearer]
            known = np.isfinite(limb[:, 0])
            if not known.any():
                continue
            usual = np.median(limb[known], axis=0)
            limb = usual + moves * (np.where(known[:, None], limb, usual) - usual)
            drift = np.cumsum(rng.normal(size=limb.shape), axis=0)
            drift *= rng.uniform(0, _DRIFTS) * extent / max(float(drift.std()), _TINY)
            placed = guessed[:, nearer] + _turn(shorter * limb, turn) + drift - drift.mean(axis=0)
            guessed[:, farther] = placed
    told = rng.uniform(*_TOLD) + rng.normal(0, _TOLD_SPREAD, (len(xy), len(part)))
    sure[:, part] = np.clip(told, 0, 1)
    return guessed, sure


def _extent(xy: Floats) -> float:
    """Return how far the known keypoints reach across the picture or along it, 0 of none."""
    known = xy[np.isfinite(xy[..., 0])]
    return float(np.ptp(known, axis=0).max()) if len(known) else 0.0
