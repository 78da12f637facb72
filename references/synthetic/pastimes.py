"""What people do in a gym that is no exercise we know: stand, sit, walk, and lift in other ways."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d
from scipy.spatial.transform import Rotation

from references.motions import Motion, Values, motions, parse_motion
from references.synthetic.body import Body
from references.synthetic.posture import pose_values
from references.synthetic.skeleton_clips import Seen, see
from references.synthetic.unlike import unlike_ours_deg
from references.synthetic.variation import random_body

Floats = npt.NDArray[np.float64]

# An exercise counts as another one when it is this much unlike all of ours.
_ANOTHER_DEG: Final = 30.0

_STANDING: Final[Mapping[str, Any]] = {
    "equipment": "none",
    "source": "our figures",
    "trunk": {"lean": 0, "flex": 0, "twist": 0, "nod": 5},
    "arms": {"upper": 5, "bend": 160, "spread": 8},
    "legs": {"reach": 0, "bend": 174, "width": 0.9, "toes_out": 8},
    "support": {"by": "feet"},
}
_LIFTING: Final[Mapping[str, Any]] = {
    **_STANDING,
    "legs": {"upper": 3, "bend": 174, "width": 1.0, "toes_out": 8},
}
_SITTING: Final[Mapping[str, Any]] = {
    **_STANDING,
    "arms": {"upper": 20, "bend": 110, "spread": 8},
    "legs": {"upper": 85, "bend": 95, "width": 1.1, "toes_out": 8},
    "support": {"by": "seat", "height": 0.45},
}


@dataclass(frozen=True, slots=True)
class Pastime:
    """Some seconds of somebody: ``t`` (T,) seconds, what was ``seen`` of them, and what it is."""

    kind: str
    t: Floats
    seen: Seen


def pastimes(
    count: int, *, seed: int, fps: float = 15.0, close_share: float = 0.0
) -> Iterator[Pastime]:
    """Return ``count`` pastimes of 3 to 9 seconds, the same for the same seed.

    Every other one is an exercise that nobody teaches: a posture of a known one, the arms or the
    legs, or both, moving to and fro between positions of chance that no known exercise has.
    ``close_share`` is that of ``skeleton_clips``.
    """
    kinds: tuple[tuple[str, _Play], ...] = (
        ("standing", _standing),
        ("another exercise", _another_exercise),
        ("walking", _walking),
        ("another exercise", _another_exercise),
        ("sitting", _sitting),
        ("another exercise", _another_exercise),
    )
    for number in range(count):
        rng = np.random.default_rng((seed, number))
        kind, play = kinds[number % len(kinds)]
        t = np.arange(round(rng.uniform(3, 9) * fps)) / fps
        joints = play(random_body(rng), t, rng)
        yield Pastime(kind, t, see(joints, rng, fps=fps, close_share=close_share))


Ends = tuple[dict[tuple[str, str], float], ...]
"""Parameters at the start and at the turn."""

_Play = Callable[[Body, Floats, np.random.Generator], Floats]


def _standing(body: Body, t: Floats, rng: np.random.Generator) -> Floats:
    """Stand and talk: shift the weight, look about, gesture with the hands."""
    return _about(body, _motion(_STANDING), t, rng)


def _sitting(body: Body, t: Floats, rng: np.random.Generator) -> Floats:
    return _about(body, _motion(_SITTING), t, rng)


def _about(body: Body, motion: Motion, t: Floats, rng: np.random.Generator) -> Floats:
    values = dict(motion.values(np.zeros(len(t))))
    lively = rng.uniform(0, 1)
    wanders: Mapping[tuple[str, str], float] = {
        ("trunk", "lean"): 4,
        ("trunk", "flex"): 5,
        ("trunk", "twist"): 15,
        ("trunk", "nod"): 15,
        ("arms", "spread"): 6,
        **{(f"{side}_arm", "upper"): 30 * lively for side in ("left", "right")},
        **{(f"{side}_leg", "bend"): 4 for side in ("left", "right")},
    }
    for key, degrees in wanders.items():
        values[key] = values.get(key, 0) + degrees * _wander(t, rng)
    for side in ("left_arm", "right_arm"):
        # Gestures bend an elbow; nothing bends it backwards.
        held = rng.uniform(-80, 15) * (rng.uniform() < 0.5)
        values[side, "bend"] = held - 90 * lively * np.abs(_wander(t, rng))
    values["arms", "bend"] = values["arms", "bend"] + 10
    facing = rng.uniform(0, 90) * _wander(t, rng, seconds=1.5)
    return _turned(body.keypoints(pose_values(body, motion, _bounded(values))), facing)


def _walking(body: Body, t: Floats, rng: np.random.Generator) -> Floats:
    """Walk through the picture, or towards the phone and away from it."""
    motion = _motion(_STANDING)
    stride = 2 * np.pi * t / rng.uniform(0.9, 1.3) + rng.uniform(0, 2 * np.pi)
    values = dict(motion.values(np.zeros(len(t))))
    swing, arms = rng.uniform(18, 28), rng.uniform(8, 25)
    for side, phase in (("left", stride), ("right", stride + np.pi)):
        values[f"{side}_leg", "reach"] = swing * np.sin(phase)
        # The knee bends while the leg swings forwards, by about 60 degrees (Winter, 2009).
        values[f"{side}_leg", "bend"] = -55 * np.clip(np.cos(phase), 0, 1) ** 2
        values[f"{side}_arm", "upper"] = -arms * np.sin(phase)
    values["arms", "bend"] = values["arms", "bend"] - rng.uniform(0, 30)
    joints = body.keypoints(pose_values(body, motion, _bounded(values)))
    joints = joints + np.array([0.0, 0.0, 1.0]) * (0.02 * np.cos(2 * stride))[:, None, None]
    forwards = np.zeros((len(t), 1, 3))
    # He faces against the y axis.
    forwards[:, 0, 1] = -rng.uniform(0.2, 0.5) * (t - t.mean())
    return joints + forwards


def _another_exercise(body: Body, t: Floats, rng: np.random.Generator) -> Floats:
    motion, values = _invented(rng)
    repetition = rng.uniform(1.2, 4.5)
    phase = (1 - np.cos(2 * np.pi * t / repetition + rng.uniform(0, 2 * np.pi))) / 2
    start, turn = (values[i] for i in (0, 1))
    moving = {key: start[key] + phase * (turn[key] - start[key]) for key in start}
    sway = {("trunk", "lean"): 2.0, ("arms", "bend"): 2.0}
    for key, degrees in sway.items():
        moving[key] = moving[key] + degrees * _wander(t, rng)
    return body.keypoints(pose_values(body, motion, _bounded(moving)))


def _invented(rng: np.random.Generator) -> tuple[Motion, Ends]:
    """Return a posture and its parameters at the start and at the turn."""
    postures = [m for m in motions().values() if m.support in ("feet", "seat", "back")]
    while True:
        like = postures[int(rng.integers(len(postures)))]
        carried = {"by": like.support, "height": like.support_height_m}
        motion = _motion({**(_SITTING if like.support == "seat" else _LIFTING), "support": carried})
        ends = tuple(
            {key: float(track.at(0)[0]) for key, track in motion.tracks.items()} for _ in range(2)
        )
        leaning = like.values([0.0, 1.0]).get(("trunk", "lean"), np.zeros(2))
        arms, legs = rng.uniform() < 0.8, rng.uniform() < 0.4
        for end, lean in zip(ends, leaning, strict=True):
            end["trunk", "lean"] = float(lean) + rng.normal(0, 8)
            if arms:
                end["arms", "upper"] = rng.uniform(-30, 175)
                end["arms", "bend"] = rng.uniform(40, 175)
                end["arms", "spread"] = rng.uniform(-5, 60)
            if legs:
                end["legs", "upper"] = rng.uniform(-10, 100)
                end["legs", "bend"] = rng.uniform(70, 175)
        values = {key: np.array([end[key] for end in ends]) for key in ends[0]}
        if _moves(ends) and unlike_ours_deg(motion, values) > _ANOTHER_DEG:
            return motion, ends


def _moves(ends: Ends) -> bool:
    return max(abs(ends[0][key] - ends[1][key]) for key in ends[0]) > _ANOTHER_DEG


def _motion(table: Mapping[str, Any]) -> Motion:
    return parse_motion("pastime", table)


def _bounded(values: Mapping[tuple[str, str], Floats]) -> Values:
    """Return the parameters with elbows and knees that bend the human way only."""
    bounded = dict(values)
    for part, sides in (("arms", ("left_arm", "right_arm")), ("legs", ("left_leg", "right_leg"))):
        both = np.clip(bounded[part, "bend"], 35, 178)
        bounded[part, "bend"] = both
        for side in sides:
            own = bounded.get((side, "bend"), np.zeros(1))
            bounded[side, "bend"] = np.clip(both + own, 35, 178) - both
    return bounded


def _turned(joints: Floats, degrees: Floats) -> Floats:
    """Return joints that turn about the vertical by an angle (T,)."""
    turn = Rotation.from_rotvec(np.radians(degrees)[:, None] * [0.0, 0.0, 1.0]).as_matrix()
    return np.asarray(np.einsum("tij,tkj->tki", turn, joints))


def _wander(t: Floats, rng: np.random.Generator, seconds: float = 0.6) -> Floats:
    """Return a slow random walk around zero with a standard deviation of about one, (T,)."""
    sigma = seconds / (t[1] - t[0])
    noise = gaussian_filter1d(rng.normal(size=len(t)), sigma, mode="reflect")
    return np.asarray(noise * np.sqrt(2 * np.sqrt(np.pi) * sigma))
