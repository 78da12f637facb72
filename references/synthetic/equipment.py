"""What the lifter holds, lies on and sits on, built around a posed body."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from references.motions import Motion
from references.synthetic.body import Body, Pose
from references.synthetic.mesh import Colour, Mesh, box, cylinder, tube
from references.synthetic.posture import hand_centre

Floats = npt.NDArray[np.float64]
Held = Callable[[Floats, Floats], list[Mesh]]

_STEEL: Final[Colour] = (0.62, 0.63, 0.65)
_RUBBER: Final[Colour] = (0.07, 0.07, 0.075)
_FRAME: Final[Colour] = (0.17, 0.17, 0.19)
_PAINT: Final[Colour] = (0.50, 0.09, 0.07)
_PAD: Final[Colour] = (0.10, 0.10, 0.11)
_RED_PLATE: Final[Colour] = (0.52, 0.07, 0.06)
_BLUE_PLATE: Final[Colour] = (0.06, 0.14, 0.42)
_CABLE: Final[Colour] = (0.05, 0.05, 0.05)

BAR_RADIUS_M: Final = 0.014

# Height of the pulley of a cable machine.
_PULLEY_M: Final = 2.2


@dataclass(frozen=True, slots=True)
class Stage:
    """The equipment of one set: ``fixed`` stands still, ``held`` follows the hands."""

    fixed: tuple[Mesh, ...]
    held: Held

    def meshes(self, body: Body, pose: Pose, moment: int = 0) -> list[Mesh]:
        """Return everything as it is at one moment."""
        left = hand_centre(body, pose, "L")[moment]
        right = hand_centre(body, pose, "R")[moment]
        return [*self.fixed, *self.held(left, right)]


def build_stage(body: Body, motion: Motion, pose: Pose) -> Stage:
    """Return the equipment of a motion, placed around the body at the first moment of ``pose``."""
    return _BUILDERS[motion.equipment](body, motion, pose)


def _barbell(
    length: float, sleeve_length: float, plates: tuple[tuple[float, float, Colour], ...]
) -> Held:
    """Return a barbell between the hands; each plate is (radius, thickness, colour)."""

    def held(left: Floats, right: Floats) -> list[Mesh]:
        centre, axis = (left + right) / 2, _along(left, right)
        half = length / 2
        sleeve = half - sleeve_length
        meshes = [_rod(centre, axis, -half, half, BAR_RADIUS_M, _STEEL, gloss=0.3)]
        for side in (-1, 1):
            at = sleeve
            meshes.append(_rod(centre, axis, side * at, side * half, 0.025, _STEEL, gloss=0.3))
            meshes.append(_rod(centre, axis, side * (at - 0.02), side * at, 0.035, _STEEL))
            for radius, thickness, colour in plates:
                end = at + thickness
                meshes.append(_rod(centre, axis, side * at, side * end, radius, colour, sides=40))
                at = end + 0.004
        return meshes

    return held


def _free_barbell(_body: Body, _motion: Motion, _pose: Pose) -> Stage:
    return Stage((), _barbell(1.4, 0.22, ((0.115, 0.035, _RUBBER), (0.09, 0.025, _RED_PLATE))))


def _bench_and_barbell(body: Body, motion: Motion, pose: Pose) -> Stage:
    head = pose.heads[0, body.index("head")]
    hips = pose.heads[0, body.index("root")]
    hands = hand_centre(body, pose, "L")[0]
    fixed = [
        *_flat_bench(hips[1] - 0.12, head[1] + 0.22, motion.support_height_m),
        *_rack(hands[1] + 0.26, motion.support_height_m + 0.62),
    ]
    plates = ((0.16, 0.04, _RUBBER), (0.115, 0.03, _BLUE_PLATE))
    return Stage(tuple(fixed), _barbell(2.2, 0.36, plates))


def _pushdown_cable(body: Body, _motion: Motion, pose: Pose) -> Stage:
    hands = hand_centre(body, pose, "L")[0]
    pulley = np.array([0.0, hands[1] - 0.06, _PULLEY_M - 0.12])
    column = pulley[1] - 0.35
    fixed = [
        *(box([x, column, 1.1], [0.07, 0.07, 2.2], _FRAME) for x in (-0.45, 0.45)),
        box([0, column, _PULLEY_M], [0.97, 0.07, 0.07], _FRAME),
        box([0, column, 0.04], [0.97, 0.35, 0.06], _FRAME),
        box([0, (column + pulley[1]) / 2, _PULLEY_M], [0.06, 0.42, 0.06], _FRAME),
        cylinder(_by(pulley, -0.02, 0, 0.05), _by(pulley, 0.02, 0, 0.05), 0.06, _RUBBER),
        *_weight_stack(column, 0.62),
    ]
    return Stage(tuple(fixed), _cable_bar(pulley, 0.26, 0.0))


def _pulldown_machine(body: Body, motion: Motion, pose: Pose) -> Stage:
    hips = pose.heads[0, body.index("root")]
    hands = hand_centre(body, pose, "L")[0]
    knees = pose.heads[0, body.index("lowerleg01.L")]
    seat = motion.support_height_m
    pulley = np.array([0.0, hands[1] - 0.04, _PULLEY_M + 0.06])
    column = knees[1] - 0.42
    pad = np.array([0.0, knees[1] + 0.10, knees[2] + 0.125])
    fixed = [
        box([0, hips[1] - 0.02, seat - 0.045], [0.36, 0.42, 0.09], _PAD),
        box([0, hips[1] - 0.02, (seat - 0.09) / 2], [0.09, 0.09, seat - 0.09], _FRAME),
        cylinder(_by(pad, -0.3, 0, 0), _by(pad, 0.3, 0, 0), 0.06, _PAD),
        tube([pad, _by(pad, 0, -0.14, 0), [0, pad[1] - 0.14, 0.02]], 0.025, _FRAME),
        box([0, (column + hips[1]) / 2, 0.03], [0.08, hips[1] - column + 0.5, 0.05], _FRAME),
        *(box([x, column, 1.15], [0.07, 0.07, 2.3], _FRAME) for x in (-0.5, 0.5)),
        box([0, column, _PULLEY_M + 0.1], [1.07, 0.07, 0.07], _FRAME),
        box(
            [0, (column + pulley[1]) / 2, _PULLEY_M + 0.1],
            [0.07, pulley[1] - column + 0.1, 0.07],
            _FRAME,
        ),
        *_weight_stack(column, 0.46),
    ]
    return Stage(tuple(fixed), _cable_bar(pulley, 0.52, 0.09))


def _cable_bar(pulley: Floats, half: float, drop: float) -> Held:
    """Return a bar on a cable, its ends bent down by ``drop``."""

    def held(left: Floats, right: Floats) -> list[Mesh]:
        centre, axis = (left + right) / 2, _along(left, right)
        meshes = [
            _rod(centre, axis, -half, half, BAR_RADIUS_M, _STEEL, gloss=0.3),
            cylinder(_by(centre, 0, 0, BAR_RADIUS_M), pulley, 0.004, _CABLE, sides=8),
            cylinder(centre, _by(centre, 0, 0, 0.05), 0.012, _STEEL, gloss=0.3),
        ]
        for side in (-1, 1) if drop else ():
            end = centre + side * half * axis
            tip = _by(end + side * 0.10 * axis, 0, 0, -drop)
            meshes.append(tube([end - side * 0.02 * axis, end, tip], BAR_RADIUS_M, _STEEL))
        return meshes

    return held


def _flat_bench(foot_end: float, head_end: float, height: float) -> list[Mesh]:
    middle, length = (foot_end + head_end) / 2, head_end - foot_end
    meshes = [box([0, middle, height - 0.04], [0.29, length, 0.08], _PAD)]
    for y in (foot_end + 0.15, head_end - 0.15):
        meshes.append(box([0, y, (height - 0.08) / 2], [0.06, 0.06, height - 0.08], _PAINT))
        meshes.append(box([0, y, 0.025], [0.46, 0.06, 0.05], _PAINT))
    meshes.append(box([0, middle, 0.1], [0.05, length - 0.3, 0.05], _PAINT))
    return meshes


def _rack(y: float, height: float) -> list[Mesh]:
    meshes = [box([0, y, 0.03], [1.2, 0.06, 0.06], _PAINT)]
    for x in (-0.6, 0.6):
        meshes.append(box([x, y, height / 2], [0.06, 0.06, height], _PAINT))
        meshes.append(box([x, y, 0.03], [0.07, 0.6, 0.06], _PAINT))
        meshes.append(box([x, y - 0.06, height - 0.12], [0.05, 0.1, 0.03], _STEEL))
    return meshes


def _weight_stack(y: float, top: float) -> list[Mesh]:
    plates = [box([0, y - 0.01, z], [0.3, 0.14, 0.045], _RUBBER) for z in np.arange(0.1, top, 0.05)]
    rods = [cylinder([x, y, 0.05], [x, y, 2.1], 0.01, _STEEL, gloss=0.3) for x in (-0.08, 0.08)]
    return [*plates, *rods]


def _rod(
    centre: Floats,
    axis: Floats,
    start: float,
    end: float,
    radius: float,
    colour: Colour,
    *,
    gloss: float = 0.05,
    sides: int = 24,
) -> Mesh:
    """Return a cylinder along an axis from ``start`` to ``end`` metres off a centre."""
    return cylinder(
        centre + start * axis, centre + end * axis, radius, colour, gloss=gloss, sides=sides
    )


def _by(point: Floats, x: float, y: float, z: float) -> Floats:
    return np.asarray(point + np.array([x, y, z]))


def _along(left: Floats, right: Floats) -> Floats:
    span = left - right
    return np.asarray(span / np.linalg.norm(span))


_BUILDERS: Final[Mapping[str, Callable[[Body, Motion, Pose], Stage]]] = MappingProxyType(
    {
        "barbell": _free_barbell,
        "bench_and_barbell": _bench_and_barbell,
        "pushdown_cable": _pushdown_cable,
        "pulldown_machine": _pulldown_machine,
    }
)
