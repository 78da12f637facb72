"""Lifters who are not the expert: other bodies, half the range, joints that bend more or less.

The synthetic lifter repeats the expert's movement with small habits. A network that saw nothing
else takes everybody for the expert: whoever stops half way is told to have gone nearly all of it.
So half of the sets here are done as nobody should, each joint anywhere between right and very
wrong.
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from pipeline.space.moments import MOMENTS, START, TURN
from references.geometry import included_angle, torso
from references.skeleton import KEYPOINT_INDEX, SIDES

Floats = npt.NDArray[np.float32]

# How far bodies differ from those of the lessons (standard deviations), so that no body is learned
# by heart; as far as people's segments differ (Drillis and Contini, "Body Segment Parameters",
# 1966: 3 to 6 %).
_SEGMENT_SPREAD: Final = 0.045

# So many sets are done in some odd way; the others differ from the expert by habits alone.
_ODD_SHARE: Final = 0.5
# Of those, so many are odd in the same way all along, the others more in some repetitions than in
# others: drawn from these bounds, where below 0 is none and above 1 is all of it.
_STEADY_SHARE: Final = 0.4
_EXTENT: Final = (-0.5, 1.5)
# And so many begin or turn early, by up to this share of the way.
_SHORT_SHARE: Final = 0.4
_SHORTEST: Final = 0.6
# What is odd about an arm is odd about the other as well, but for so many sets.
_ONE_SIDED_SHARE: Final = 0.3
# Repetitions of a set differ, too (standard deviation in degrees).
_REPETITION_DEG: Final = 2.5
# Nobody's limb bends or stretches further.
_BEND_DEG: Final = (20.0, 178.0)
# The torso of one who lies rises less than this; it cannot lean further.
_LYING_SINE: Final = 0.2

_SMALL: Final = 1e-6


@dataclass(frozen=True, slots=True)
class _Habit:
    """How far a joint is off, in degrees.

    Everybody's is, by chance with a standard deviation of ``spread``; in a ``share`` of the odd
    sets anything between ``least`` and ``most`` comes on top.
    """

    spread: float
    share: float
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class _Limb:
    """How a limb is held at its root, and bent at the more open and the more closed end."""

    forwards: _Habit
    outwards: _Habit
    around: _Habit
    open: _Habit
    closed: _Habit


_LEAN: Final = _Habit(3.0, 0.4, -20.0, 20.0)
# Swinging the weight up, or letting it fall.
_SWAY: Final = _Habit(4.0, 0.5, -40.0, 40.0)
_SWING: Final = _Habit(4.0, 0.5, -35.0, 35.0)
_ARM: Final = _Limb(
    forwards=_Habit(5.0, 0.5, -35.0, 35.0),
    outwards=_Habit(5.0, 0.4, -15.0, 25.0),
    around=_Habit(5.0, 0.3, -20.0, 20.0),
    open=_Habit(6.0, 0.6, -55.0, 20.0),
    closed=_Habit(6.0, 0.6, -25.0, 55.0),
)
_LEG: Final = _Limb(
    forwards=_Habit(5.0, 0.4, -20.0, 20.0),
    outwards=_Habit(3.0, 0.4, -15.0, 15.0),
    around=_Habit(3.0, 0.3, -10.0, 10.0),
    open=_Habit(5.0, 0.4, -25.0, 15.0),
    closed=_Habit(5.0, 0.4, -25.0, 15.0),
)


@dataclass(frozen=True, slots=True)
class _Sets:
    """P repetitions of S sets: ``of`` (P,) which set each is of; ``odd`` (S,); and chance.

    ``extent`` (P,) is how much of what is odd about its set a repetition shows, 0 to 1.
    """

    of: npt.NDArray[np.intp]
    odd: npt.NDArray[np.bool_]
    extent: npt.NDArray[np.float64]
    rng: np.random.Generator

    @classmethod
    def by_chance(cls, of: npt.NDArray[np.intp], rng: np.random.Generator) -> Self:
        """Return repetitions of sets of which some are odd, all along or from time to time."""
        count = of[-1] + 1
        odd = rng.uniform(size=count) < _ODD_SHARE
        steady = rng.uniform(size=count) < _STEADY_SHARE
        extent = np.where(steady[of], 1.0, rng.uniform(*_EXTENT, len(of)).clip(0, 1))
        return cls(of, odd, extent, rng)

    def chosen(self, share: float) -> npt.NDArray[np.bool_]:
        """Return a share of the odd sets, (S,)."""
        return np.asarray(self.odd & (self.rng.uniform(size=len(self.odd)) < share))

    def habits(self, start: _Habit, turn: _Habit) -> Floats:
        """Return how far off each repetition is at its start and its turn, (P, 2) degrees."""
        return np.stack([self._habit(start), self._habit(turn)], axis=1, dtype=np.float32)

    def on_both_sides(self, start: _Habit, turn: _Habit) -> tuple[Floats, Floats]:
        """Return the `habits` of the left and of the right, mostly the same."""
        left, other = self.habits(start, turn), self.habits(start, turn)
        one_sided = self.chosen(_ONE_SIDED_SHARE)[self.of]
        return left, np.where(one_sided[:, None], other, left)

    def _habit(self, habit: _Habit) -> npt.NDArray[np.float64]:
        usual = self.rng.normal(0, habit.spread, len(self.odd))
        on_top = self.rng.uniform(habit.least, habit.most, len(self.odd))
        on_top *= self.chosen(habit.share)
        chance = self.rng.normal(0, _REPETITION_DEG, len(self.of))
        return usual[self.of] + self.extent * on_top[self.of] + chance


def varied(
    joints: Floats, of: npt.NDArray[np.intp], rng: np.random.Generator
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return poses (P, M, 17, 3) as other lifters strike them; ``of`` (P,) tells sets apart.

    Also returns which sets (S,) were left as they were but for habits.
    """
    sets = _Sets.by_chance(of, rng)
    new = _leaning(_shortened(joints, sets), sets)
    new = _swung(new, sets, ("shoulder", "elbow", "wrist"), _ARM)
    new = _swung(new, sets, ("hip", "knee", "ankle"), _LEG)
    return _reshaped(new, sets), ~sets.odd


def _index(side: str, name: str) -> int:
    return KEYPOINT_INDEX[f"{side}_{name}"]


def _pair(name: str) -> list[int]:
    return [_index(side, name) for side in SIDES]


def _along_way(ends: Floats) -> Floats:
    """Return what is between values at start and turn (P, 2), eased out and back: (P, M)."""
    there = 1 - np.abs(np.arange(MOMENTS) - TURN) / TURN
    eased = (there**2 * (3 - 2 * there)).astype(np.float32)
    return np.asarray(ends[:, :1] + (ends[:, 1:] - ends[:, :1]) * eased)


def _on_the_way(ends: Floats) -> Floats:
    """Return what comes and goes halfway out and halfway back (P, 2), none at the ends: (P, M)."""
    there = np.sin(np.pi * np.arange(MOMENTS) / TURN).astype(np.float32) ** 2
    return np.asarray(there * np.where(np.arange(MOMENTS) < TURN, ends[:, :1], ends[:, 1:]))


def _swung(joints: Floats, sets: _Sets, names: tuple[str, str, str], limb: _Limb) -> Floats:
    """Return poses with limbs that are held otherwise at their root and bent otherwise."""
    new = joints.copy()
    right, ahead = _frame(joints)
    forwards, outwards, around, opened, closed = (
        sets.on_both_sides(habit, habit)
        for habit in (limb.forwards, limb.outwards, limb.around, limb.open, limb.closed)
    )
    swings = sets.on_both_sides(_SWING, _SWING)
    for number, side in enumerate(SIDES):
        root, middle, end = (joints[..., _index(side, name), :] for name in names)
        upper, lower = middle - root, end - middle
        sign = np.float32(1 if side == "left" else -1)
        for axis, degrees in (
            (right, _along_way(forwards[number]) + _on_the_way(swings[number])),
            (ahead, sign * _along_way(outwards[number])),
            (_unit(upper), sign * _along_way(around[number])),
        ):
            upper, lower = _turned(upper, axis, degrees), _turned(lower, axis, degrees)
        angle = included_angle(root, middle, end)
        opens = np.stack([angle[:, START] > angle[:, TURN], angle[:, START] <= angle[:, TURN]], 1)
        bend = _along_way(np.where(opens, opened[number], closed[number]))
        lower = _turned(lower, _hinge(-upper, lower), np.clip(angle + bend, *_BEND_DEG) - angle)
        new[..., _index(side, names[1]), :] = root + upper
        new[..., _index(side, names[2]), :] = root + upper + lower
    return new


def _frame(joints: Floats) -> tuple[Floats, Floats]:
    """Return unit vectors (P, M, 3) to the lifter's right, and out of the front of the chest."""
    across = (
        joints[..., _index("right", "shoulder"), :] - joints[..., _index("left", "shoulder"), :]
    )
    right = _unit(across)
    return right, _unit(np.cross(torso(joints), right))


def _hinge(to_root: Floats, to_end: Floats) -> Floats:
    """Return the axis (P, M, 3) around which limbs open.

    A straight limb does not show it: it is taken from the moments around, where it is bent.
    """
    axis = np.cross(_unit(to_root), _unit(to_end))
    apart = np.arange(MOMENTS)[:, None] - np.arange(MOMENTS)
    near = np.exp(-(apart**2) / (2 * 1.5**2)).astype(np.float32)
    return _unit(np.einsum("mk,pkc->pmc", near, axis))


def _leaning(joints: Floats, sets: _Sets) -> Floats:
    """Return poses of lifters of whom those who do not lie lean further, or back."""
    right, _ = _frame(joints)
    stands = np.abs(_unit(torso(joints))[..., 2]) > _LYING_SINE
    lean = _along_way(sets.habits(_LEAN, _LEAN)) + _on_the_way(sets.habits(_SWAY, _SWAY))
    lean = np.where(stands, lean, 0)
    hips = joints[..., _pair("hip"), :].mean(axis=-2, keepdims=True)
    above = np.setdiff1d(
        np.arange(joints.shape[2]), [*_pair("hip"), *_pair("knee"), *_pair("ankle")]
    )
    new = joints.copy()
    new[..., above, :] = hips + _turned(
        joints[..., above, :] - hips, right[..., None, :], lean[..., None]
    )
    return new


def _turned(vectors: Floats, axis: Floats, degrees: npt.NDArray[np.floating]) -> Floats:
    """Return vectors (..., 3) turned around unit axes (..., 3) (Rodrigues' formula)."""
    angle = np.radians(degrees)[..., None]
    along = (axis * vectors).sum(axis=-1, keepdims=True) * axis
    turned = along + np.cos(angle) * (vectors - along) + np.sin(angle) * np.cross(axis, vectors)
    return np.asarray(turned, np.float32)


def _unit(vectors: npt.NDArray[np.floating]) -> Floats:
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, _SMALL), np.float32)


def _shortened(joints: Floats, sets: _Sets) -> Floats:
    """Return poses of sets of which some odd ones go only part of the way."""
    count = len(sets.odd)
    # What is left out at the start and before the turn, each of them in two sets of three.
    left_out = sets.rng.uniform(0, _SHORTEST, (count, 2))
    left_out *= sets.rng.uniform(size=(count, 2)) < 2 / 3
    left_out /= np.maximum(left_out.sum(axis=1, keepdims=True) / _SHORTEST, 1)
    left_out *= sets.chosen(_SHORT_SHARE)[:, None]
    return _part_of_the_way(joints, sets.extent[:, None] * left_out[sets.of])


def _part_of_the_way(joints: Floats, left_out: npt.NDArray[np.float64]) -> Floats:
    """Return poses (P, M, 17, 3) along the same ways, less the shares (P, 2) at start and turn."""
    way = np.linspace(0, 1, TURN + 1)
    kept = left_out[:, :1] + (1 - left_out.sum(axis=1, keepdims=True)) * way  # (P, 7)
    out = _along(joints[:, START : TURN + 1], kept * TURN)
    back = _along(joints[:, TURN:], TURN - kept[:, ::-1] * TURN)
    return np.concatenate([out, back[:, 1:]], axis=1)


def _along(joints: Floats, at: npt.NDArray[np.float64]) -> Floats:
    """Return poses (P, A, 17, 3) at places (P, A) between those of a way (P, N, 17, 3)."""
    below = np.minimum(at.astype(int), joints.shape[1] - 2)
    share = (at - below)[..., None, None].astype(np.float32)
    rows = np.arange(len(joints))[:, None]
    return np.asarray((1 - share) * joints[rows, below] + share * joints[rows, below + 1])


_PARENTS: Final = {"elbow": "shoulder", "wrist": "elbow", "knee": "hip", "ankle": "knee"}


def _reshaped(joints: Floats, sets: _Sets) -> Floats:
    """Return poses (P, M, 17, 3) of bodies with other proportions, the same for a whole set."""

    def factor() -> Floats:
        scale = sets.rng.normal(1, _SEGMENT_SPREAD, len(sets.odd)).astype(np.float32)
        return np.asarray(scale[sets.of][:, None, None])

    def middle(of_both: Floats) -> Floats:
        return np.asarray(of_both.mean(axis=-2, keepdims=True))

    hips, shoulders = joints[..., _pair("hip"), :], joints[..., _pair("shoulder"), :]
    low, high = middle(hips), middle(shoulders)
    top = low + factor()[..., None] * (high - low)
    new = joints - high + top
    new[..., _pair("hip"), :] = low + factor()[..., None] * (hips - low)
    new[..., _pair("shoulder"), :] = top + factor()[..., None] * (shoulders - high)
    # Both segments of a limb differ alike, and a little by themselves.
    limbs = {"elbow": factor(), "knee": factor()}
    limbs |= {"wrist": limbs["elbow"], "ankle": limbs["knee"]}
    for child, parent in _PARENTS.items():
        way = joints[..., _pair(child), :] - joints[..., _pair(parent), :]
        scale = limbs[child] + 0.5 * (factor() - 1)
        new[..., _pair(child), :] = new[..., _pair(parent), :] + scale[..., None] * way
    return new
