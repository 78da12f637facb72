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
    (gravity; the default) or ``trunk``.

    Arms have a ``grip`` (``over``, ``under`` or ``neutral``) and a ``wrist`` that bends backwards.

    Legs may have planted feet instead of a ``bend``: ``plant`` is how far in front of the hips, in
    metres. ``toes_out`` turns the feet; ``ankle`` makes them follow the shin at that angle instead
    of standing flat.
``[support]``
    what carries the lifter: ``by`` is ``feet``, ``hands``, ``seat`` or ``back``, and ``height`` the
    height in metres of what carries.

Every parameter is a number, or a list of numbers evenly spread over the phases; a table with
``over`` and ``source`` tells where the figures come from.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Support = Literal["feet", "hands", "seat", "back"]
Grip = Literal["over", "under", "neutral"]

_POLE: Final = ("pole_out", "pole_forward", "pole_up")
_LIMB: Final = frozenset({"bend", "reach", "upper", "width", "spread", "flare", *_POLE})

PARTS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "trunk": frozenset({"lean", "flex", "twist", "shrug", "nod"}),
        "arms": _LIMB | {"wrist"},
        "legs": _LIMB | {"plant", "toes_out", "ankle"},
    }
)
"""The parameters of each part of the body, in degrees unless the module says otherwise."""


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

    def has(self, part: str, name: str) -> bool:
        """Tell whether the motion sets a parameter."""
        return (part, name) in self.tracks

    def at(self, part: str, name: str, phase: npt.ArrayLike) -> Floats:
        """Return a parameter at phases (P,); one that the motion leaves out is zero."""
        track = self.tracks.get((part, name), Track((0.0,)))
        return track.at(phase)


@cache
def motions() -> Mapping[str, Motion]:
    """Return the motion of every exercise that has one, by name, in alphabetical order.

    Raises ValueError, naming the file, when a file does not describe a motion.
    """
    files = sorted(
        (f for f in resources.files(__package__).iterdir() if f.name.endswith(".toml")),
        key=lambda f: f.name,
    )
    found = {}
    for file in files:
        name = file.name.removesuffix(".toml")
        try:
            found[name] = parse_motion(name, tomllib.loads(file.read_text(encoding="utf-8")))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{file.name}: {error!r}") from error
    return found


def parse_motion(exercise: str, table: Mapping[str, Any]) -> Motion:
    """Return the motion that a TOML table describes.

    Raises KeyError, TypeError or ValueError when it does not describe one.
    """
    tracks = {
        (part, name): _parse_track(value)
        for part, known in PARTS.items()
        for name, value in table[part].items()
        if name in known
    }
    words = {"arms": {"grip", "relative_to"}, "legs": {"relative_to"}, "trunk": set[str]()}
    for part, known in PARTS.items():
        unknown = table[part].keys() - known - words[part]
        if unknown:
            raise ValueError(f"[{part}] has no {sorted(unknown)}")
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
    )
    _check_limb(motion, "arms", ("reach", "upper"))
    _check_limb(motion, "legs", ("reach", "upper", "plant"))
    return motion


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
