"""A set as somebody does it: repetitions in time, pauses, faults, and the sway of a living body."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from references.motions import Motion, Values
from references.synthetic.body import Body, Pose
from references.synthetic.posture import pose_values

Floats = npt.NDArray[np.float64]

NO_FAULTS: Mapping[str, float] = MappingProxyType({})

# How much a parameter wanders while somebody holds still, as a standard deviation in degrees.
_SWAY_DEG: Mapping[tuple[str, str], float] = MappingProxyType(
    {("trunk", "lean"): 0.5, ("trunk", "nod"): 1.2, ("arms", "bend"): 0.7, ("trunk", "flex"): 0.6}
)
_SWAY_S = 0.45


@dataclass(frozen=True, slots=True)
class Repetition:
    """How one repetition is done: seconds to the turn, at the turn, back, and before the next.

    ``faults`` are in degrees by name.
    """

    out_s: float = 1.0
    hold_s: float = 0.15
    back_s: float = 1.2
    rest_s: float = 0.25
    faults: Mapping[str, float] = field(default_factory=lambda: NO_FAULTS)


@dataclass(frozen=True, slots=True)
class Boundary:
    """When a repetition starts, turns and ends, in seconds of the clip."""

    start_s: float
    turn_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Performance:
    """A set in time: ``t`` (T,) seconds, ``phase`` (T,), the ``boundaries`` of its repetitions.

    ``faults`` are in degrees over time, (T,) each; ``values`` are the motion's parameters.
    """

    motion: Motion
    t: Floats
    phase: Floats
    boundaries: tuple[Boundary, ...]
    faults: Mapping[str, Floats]
    values: Values

    def pose(self, body: Body) -> Pose:
        """Return a body that performs the set, (T, ...)."""
        return pose_values(body, self.motion, self.values)


def perform(
    motion: Motion,
    repetitions: tuple[Repetition, ...],
    *,
    rng: np.random.Generator,
    fps: float = 30.0,
    before_s: float = 1.0,
    after_s: float = 1.0,
) -> Performance:
    """Return a set: ``before_s`` still in the start position, the repetitions, ``after_s`` still.

    The first repetition starts from the position done right; a fault of the start position shows
    from the second on, because a lifter reaches it by coming back from the first.
    """
    boundaries = _boundaries(repetitions, before_s)
    length = boundaries[-1].end_s + after_s
    t = np.arange(round(length * fps)) / fps
    phase = _phase(t, boundaries, repetitions)
    names = sorted({name for repetition in repetitions for name in repetition.faults})
    faults = {name: _fault(t, boundaries, repetitions, name) for name in names}
    values = dict(motion.values(phase, faults))
    for key, deviation in _SWAY_DEG.items():
        if key in values or key[0] == "trunk":
            values[key] = values.get(key, np.zeros(len(t))) + deviation * wander(rng, t, fps)
    return Performance(motion, t, phase, boundaries, faults, values)


def _boundaries(repetitions: tuple[Repetition, ...], begin_s: float) -> tuple[Boundary, ...]:
    boundaries = []
    for repetition in repetitions:
        turn_s = begin_s + repetition.out_s + repetition.hold_s / 2
        end_s = turn_s + repetition.hold_s / 2 + repetition.back_s
        boundaries.append(Boundary(begin_s, turn_s, end_s))
        begin_s = end_s + repetition.rest_s
    return tuple(boundaries)


def _phase(
    t: Floats, boundaries: tuple[Boundary, ...], repetitions: tuple[Repetition, ...]
) -> Floats:
    phase = np.zeros(len(t))
    for boundary, repetition in zip(boundaries, repetitions, strict=True):
        out = (t - boundary.start_s) / repetition.out_s
        back = (boundary.end_s - t) / repetition.back_s
        phase += _eased(np.minimum(out, back))
    return phase


def _fault(
    t: Floats,
    boundaries: tuple[Boundary, ...],
    repetitions: tuple[Repetition, ...],
    name: str,
) -> Floats:
    """Return how far a fault goes over time: each repetition's own, changing on the way back."""
    degrees = np.full(len(t), 0.0)
    sizes = [repetition.faults.get(name, 0.0) for repetition in repetitions]
    # Before its first turn a lifter still stands as they set up, unless the fault is there at once.
    degrees += sizes[0] * _eased((t - boundaries[0].start_s) / repetitions[0].out_s)
    for boundary, size, following in zip(boundaries, sizes, [*sizes[1:], 0.0], strict=True):
        way_back = (t - boundary.turn_s) / (boundary.end_s - boundary.turn_s)
        degrees += (following - size) * _eased(way_back)
    return degrees


def _eased(share: Floats) -> Floats:
    """Return a smooth way from 0 to 1 (minimum jerk, Flash and Hogan, 1985)."""
    s = np.clip(share, 0, 1)
    return np.asarray(s**3 * (10 - 15 * s + 6 * s**2))


def wander(rng: np.random.Generator, t: Floats, fps: float) -> Floats:
    """Return a slow random walk around zero with a standard deviation of about one, (T,)."""
    sigma = _SWAY_S * fps
    noise = gaussian_filter1d(rng.normal(size=len(t)), sigma, mode="reflect")
    # Smoothing white noise over sigma frames divides its deviation by this.
    return np.asarray(noise * np.sqrt(2 * np.sqrt(np.pi) * sigma))
