"""How each exercise moves, as data: one TOML file each, read here.

A motion says how the skeleton is posed over phase 0 (start) to 1 (turn), in the words of a coach:

``[trunk]``
    ``lean`` of the pelvis from upright (90 prone, -90 on the back), ``flex`` of the spine forwards,
    ``twist`` of the chest to its left, ``shrug`` of the shoulder girdle upwards, ``nod`` of the
    head forwards; all in degrees.
``[arms]``, ``[legs]``
    ``bend`` is the included angle of elbow or knee, 180 straight. Where the hand or foot goes is
    either its ``reach``, the direction from shoulder or hip in the sagittal plane (0 down, 90
    forward, 180 up), or ``upper``, the same for the upper arm or thigh. Sideways it is either
    ``width``, the distance between both hands or feet in shoulder widths, or ``spread``, the angle
    away from the sagittal plane. ``flare`` turns the elbow or knee outwards around the line from
    shoulder to hand or hip to foot; where that is hard to say, ``pole_out``, ``pole_forward`` and
    ``pole_up`` are the direction that elbow or knee points in. ``relative_to`` is ``world``
    (gravity; the default) or ``trunk``. What ``[left_arm]``, ``[right_arm]``, ``[left_leg]`` and
    ``[right_leg]`` say is added on that side.

    Arms have a ``grip``: ``over``, ``under``, ``neutral`` (palms facing each other),
    ``thumbs_forward``, or ``flat`` on the floor; and a ``wrist`` that bends backwards.

    Legs may have planted feet instead of a ``bend``: ``plant`` is how far in front of the hips, in
    metres. ``toes_out`` turns the feet; ``ankle`` makes them follow the shin at that angle instead
    of standing flat.
``[support]``
    what carries the lifter: ``by`` is ``feet``, ``hands``, ``seat``, ``back``, ``shoulders`` (the
    edge of a bench across the upper back) or ``hands_and_toes``, and ``height`` the height in
    metres of what carries.

``display``, by language, is what the exercise is called and ``aliases`` what people type for it; an
exercise that has a file of checks has both there. ``looks_like`` lists commoner exercises
that it can hardly be told from by its joints alone; the first is ``commoner`` times as common.

``[[variants]]``
    other ways to do it that count as the same exercise: what stands there, whole tables like
    ``[variants.arms]``, takes the place of what stands above.

Every parameter is a number, or a list of numbers evenly spread over the phases; a table with
``over`` and ``source`` tells where the figures come from.

``lifts``
    the way on which the weight is lifted: ``out`` from start to turn, or ``back``; on the other it
    is lowered. An exercise that lifts none, or that holds it, says nothing.
``[set_up]``
    how the lifter who takes the weight before the set, and puts it back after, differs from the
    start: degrees by parameter, like ``"arms.reach" = 16`` for a bar that lies on its hooks.

``[[faults]]``
    what lifters get wrong. ``adds`` says, for parameters like ``arms.bend`` (or ``left_arm.bend``
    for one side alone), how many degrees (or units) one degree of the fault adds over the phases.
    ``magnitude_deg`` is how bad it typically is, ``limit_deg`` what is still fine, with its
    ``source``. ``draws`` names the check whose correction it should draw; where no check watches
    it, ``correction`` is what a coach says instead and ``priority`` how much it matters, 1 most.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from references.exercises import Direction, Phase
from references.toml_files import read_each

Floats = npt.NDArray[np.float64]
Support = Literal["feet", "hands", "seat", "back", "shoulders", "hands_and_toes"]
Way = Literal["out", "back"]
Grip = Literal["over", "under", "neutral", "thumbs_forward", "flat"]

_POLE: Final = ("pole_out", "pole_forward", "pole_up")
_LIMB: Final = frozenset({"bend", "reach", "upper", "width", "spread", "flare", *_POLE})

_TRUNK: Final = frozenset({"lean", "flex", "twist", "shrug", "nod"})
_ARM: Final = _LIMB | {"wrist"}
_LEG: Final = _LIMB | {"plant", "toes_out", "ankle"}

PARTS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "trunk": _TRUNK,
        "arms": _ARM,
        "left_arm": _ARM,
        "right_arm": _ARM,
        "legs": _LEG,
        "left_leg": _LEG,
        "right_leg": _LEG,
    }
)
"""The parameters of each part of the body, in degrees unless the module says otherwise.

What is said of one side adds to what is said of both.
"""

Values = Mapping[tuple[str, str], Floats]
"""Parameters over time: (part, parameter) -> (T,)."""


@dataclass(frozen=True, slots=True)
class Track:
    """One parameter over the phases: ``values`` evenly spread, and where the figures come from."""

    values: tuple[float, ...]
    source: str = ""

    def at(self, phase: npt.ArrayLike) -> Floats:
        """Return the parameter at phases (P,), linear in between."""
        where = np.linspace(0, 1, len(self.values)) if len(self.values) > 1 else [0.0]
        return np.asarray(np.interp(np.atleast_1d(phase), where, self.values))


@dataclass(frozen=True, slots=True)
class Fault:
    """Something lifters get wrong; the module documents the fields.

    ``draws`` is (joint, phase, direction), like ``("elbow", "start", "smaller")``, or None when no
    check watches it; then ``correction`` is not empty and ``priority`` counts.
    """

    name: str
    adds: Mapping[tuple[str, str], Track]
    magnitude_deg: float
    limit_deg: float
    source: str
    draws: tuple[str, Phase, Direction] | None
    correction: str = ""
    priority: int = 2


@dataclass(frozen=True, slots=True)
class Motion:
    """The movement of one exercise; the module documents the parameters of ``tracks``.

    ``tracks`` is keyed by part and parameter, like ``("arms", "bend")``.
    """

    exercise: str
    equipment: str
    source: str
    tracks: Mapping[tuple[str, str], Track]
    grip: Grip
    arms_relative_to_trunk: bool
    legs_relative_to_trunk: bool
    support: Support
    support_height_m: float
    faults: tuple[Fault, ...] = ()
    set_up: Mapping[tuple[str, str], float] = field(default_factory=lambda: MappingProxyType({}))
    display: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    aliases: tuple[str, ...] = ()
    looks_like: tuple[str, ...] = ()
    commoner: float = 1.0
    variants: tuple["Motion", ...] = ()
    lifts: Way | None = None

    def has(self, part: str, name: str) -> bool:
        """Tell whether the motion sets a parameter."""
        return (part, name) in self.tracks

    def is_held(self) -> bool:
        """Tell whether the exercise is to hold one position: nothing moves."""
        return all(len(set(track.values)) == 1 for track in self.tracks.values())

    def values(
        self, phase: npt.ArrayLike, faults: Mapping[str, npt.ArrayLike] = MappingProxyType({})
    ) -> Values:
        """Return every parameter at phases (T,), with faults of so many degrees, each (T,) or one.

        Raises KeyError for a fault that the motion does not know.
        """
        values = {key: track.at(phase) for key, track in self.tracks.items()}
        for name, degrees in faults.items():
            for key, track in self.fault(name).adds.items():
                values[key] = values.get(key, 0) + np.asarray(degrees) * track.at(phase)
        return values

    def fault(self, name: str) -> Fault:
        """Return a fault by name. Raises KeyError when the motion does not know it."""
        for fault in self.faults:
            if fault.name == name:
                return fault
        raise KeyError(name)


@cache
def motions() -> Mapping[str, Motion]:
    """Return the motion of every exercise that has one, by name, in alphabetical order.

    Raises ValueError, naming the file, when a file does not describe a motion.
    """
    return read_each(__name__, parse_motion)


def is_held(exercise: str | None) -> bool:
    """Tell whether an exercise is a position to hold: seconds count, not repetitions."""
    motion = motions().get(exercise or "")
    return motion is not None and motion.is_held()


def parse_motion(exercise: str, table: Mapping[str, Any]) -> Motion:
    """Return the motion that a TOML table describes.

    Raises KeyError, TypeError or ValueError when it does not describe one.
    """
    tracks = {}
    for part, words in _WORDS.items():
        for name, value in table[part].items():
            if name not in words:
                tracks[_parameter(f"{part}.{name}")] = _parse_track(value)
    for side in (part for part in PARTS if part not in _WORDS):
        for name, value in table.get(side, {}).items():
            tracks[_parameter(f"{side}.{name}")] = _parse_track(value)
    lifts = table.get("lifts")
    if lifts not in (None, "out", "back"):
        raise ValueError(f"no such way: {lifts}")
    motion = Motion(
        exercise=exercise,
        equipment=table["equipment"],
        source=table["source"],
        tracks=MappingProxyType(tracks),
        grip=table["arms"].get("grip", "neutral"),
        arms_relative_to_trunk=_relative_to_trunk(table["arms"]),
        legs_relative_to_trunk=_relative_to_trunk(table["legs"]),
        support=table["support"]["by"],
        support_height_m=float(table["support"].get("height", 0.0)),
        faults=tuple(_parse_fault(fault) for fault in table.get("faults", ())),
        set_up=MappingProxyType(
            {_parameter(key): float(value) for key, value in table.get("set_up", {}).items()}
        ),
        display=MappingProxyType(table.get("display", {})),
        aliases=tuple(table.get("aliases", ())),
        looks_like=tuple(table.get("looks_like", ())),
        commoner=float(table.get("commoner", 1.0)),
        variants=tuple(
            parse_motion(exercise, {**table, "variants": (), **variant})
            for variant in table.get("variants", ())
        ),
        lifts=lifts,
    )
    _check_limb(motion, "arms", ("reach", "upper"))
    _check_limb(motion, "legs", ("reach", "upper", "plant"))
    return motion


_WORDS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "trunk": frozenset(),
        "arms": frozenset({"grip", "relative_to"}),
        "legs": frozenset({"relative_to"}),
    }
)


def _parameter(dotted: str) -> tuple[str, str]:
    part, _, name = dotted.partition(".")
    if name not in PARTS[part]:
        raise ValueError(f"[{part}] has no {name}")
    return part, name


def _parse_fault(table: Mapping[str, Any]) -> Fault:
    draws, correction = table.get("draws"), table.get("correction", "")
    if bool(draws) == bool(correction):
        raise ValueError(f"{table['name']} needs exactly one of draws and correction")
    return Fault(
        name=table["name"],
        adds={_parameter(key): _parse_track(value) for key, value in table["adds"].items()},
        magnitude_deg=float(table["magnitude_deg"]),
        limit_deg=float(table["limit_deg"]),
        source=table["source"],
        draws=(draws["joint"], draws["phase"], draws["direction"]) if draws else None,
        correction=correction,
        priority=int(table.get("priority", 2)),
    )


def _relative_to_trunk(table: Mapping[str, Any]) -> bool:
    relative_to = table.get("relative_to", "world")
    if relative_to not in ("world", "trunk"):
        raise ValueError(f"nothing is relative to {relative_to}")
    return bool(relative_to == "trunk")


def _check_limb(motion: Motion, part: str, ways: tuple[str, ...]) -> None:
    for choice in (ways, ("width", "spread")):
        if sum(motion.has(part, name) for name in choice) != 1:
            raise ValueError(f"[{part}] needs exactly one of {choice}")


def _parse_track(value: Any) -> Track:
    source = ""
    if isinstance(value, Mapping):
        value, source = value["over"], value["source"]
    values = value if isinstance(value, list) else [value]
    return Track(tuple(float(v) for v in values), source)
