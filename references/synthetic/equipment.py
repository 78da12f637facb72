"""The equipment of each exercise, built around a body in its start position."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from references.motions import Motion
from references.synthetic.body import Body, Pose
from references.synthetic.held import (
    BLUE,
    PLATE_RADIUS_M,
    RED,
    RUBBER,
    STEEL,
    Held,
    barbell,
    barbell_at,
    by,
    cable_bar,
    dumbbells,
    landmine,
    nothing,
    plate,
    swinging_handles,
)
from references.synthetic.kinematics import unit
from references.synthetic.mesh import Colour, Mesh, box, cylinder, tube
from references.synthetic.posture import hand_centre

Floats = npt.NDArray[np.float64]

_FRAME: Final[Colour] = (0.17, 0.17, 0.19)
_PAINT: Final[Colour] = (0.50, 0.09, 0.07)
_PAD: Final[Colour] = (0.10, 0.10, 0.11)
_MAT: Final[Colour] = (0.20, 0.28, 0.42)

PAINTED: Final = (_FRAME, _PAINT, _PAD, _MAT, RUBBER, RED, BLUE)
"""What may have another colour: frames, pads, mats and plates."""

AS_USUAL: Final[Mapping[Colour, Colour]] = MappingProxyType({})
"""No other colour."""

# Height of the pulley of a cable machine.
_PULLEY_M: Final = 2.2

_LIGHT_PLATES: Final = ((0.115, 0.035, RUBBER), (0.09, 0.025, RED))
_BENCH_PLATES: Final = ((0.16, 0.04, RUBBER), (0.115, 0.03, BLUE))
_FULL_PLATES: Final = ((PLATE_RADIUS_M, 0.045, RUBBER),)


@dataclass(frozen=True, slots=True)
class Stage:
    """The equipment of one set: ``fixed`` stands still, ``moving`` follows the body.

    ``paints`` says which of `PAINTED` have another colour in this gym.
    """

    fixed: tuple[Mesh, ...]
    held: Held
    moving: Callable[[Body, Pose, int], list[Mesh]] = lambda _body, _pose, _moment: []
    paints: Mapping[Colour, Colour] = field(default_factory=lambda: AS_USUAL)

    def meshes(self, body: Body, pose: Pose, moment: int = 0) -> list[Mesh]:
        """Return everything as it is at one moment."""
        left = hand_centre(body, pose, "L")[moment]
        right = hand_centre(body, pose, "R")[moment]
        meshes = [*self.fixed, *self.held(left, right), *self.moving(body, pose, moment)]
        return [self._painted(mesh) for mesh in meshes] if self.paints else meshes

    def _painted(self, mesh: Mesh) -> Mesh:
        red, green, blue = mesh.colours[0].tolist()
        paint = self.paints.get((red, green, blue))
        if paint is None:
            return mesh
        return replace(mesh, colours=np.tile(np.asarray(paint), (len(mesh.colours), 1)))


@dataclass(frozen=True, slots=True)
class _Start:
    """Where a body is in its start position, (3,) each; paired joints stand for their middle."""

    head: Floats
    shoulders: Floats
    hips: Floats
    knees: Floats
    ankles: Floats
    hands: Floats
    support: float

    @classmethod
    def of(cls, body: Body, motion: Motion, pose: Pose) -> "_Start":
        def middle(bone: str) -> Floats:
            sides = [body.index(f"{bone}.{side}") for side in ("L", "R")]
            return np.asarray(pose.heads[0, sides].mean(axis=0))

        return cls(
            head=pose.heads[0, body.index("head")],
            shoulders=middle("upperarm01"),
            hips=middle("upperleg01"),
            knees=middle("lowerleg01"),
            ankles=middle("foot"),
            hands=(hand_centre(body, pose, "L") + hand_centre(body, pose, "R"))[0] / 2,
            support=motion.support_height_m,
        )


def build_stage(
    body: Body,
    motion: Motion,
    pose: Pose,
    paints: Mapping[Colour, Colour] = AS_USUAL,
) -> Stage:
    """Return the equipment of a motion, placed around the body at the first moment of ``pose``."""
    return replace(_BUILDERS[motion.equipment](_Start.of(body, motion, pose)), paints=paints)


def _none(_start: _Start) -> Stage:
    return Stage((), nothing)


def _mat(start: _Start) -> Stage:
    middle = (start.head[1] + start.ankles[1]) / 2
    return Stage((box([0, middle, 0.004], [0.7, 2.0, 0.008], _MAT),), nothing)


def _plate(start: _Start) -> Stage:
    return Stage(_mat(start).fixed, plate)


def _barbell(_start: _Start) -> Stage:
    return Stage((), barbell(1.4, 0.22, _LIGHT_PLATES))


def _loaded_barbell(_start: _Start) -> Stage:
    return Stage((), barbell(2.2, 0.40, _FULL_PLATES))


def _squat_barbell(start: _Start) -> Stage:
    fixed = _rack(start.ankles[1] - 0.65, 1.5)
    return Stage(tuple(fixed), barbell(2.2, 0.40, _FULL_PLATES))


def _dumbbells(_start: _Start) -> Stage:
    def forwards(_hand: Floats, _other: Floats) -> Floats:
        return np.array([0.0, -1.0, 0.0])

    return Stage((), dumbbells(forwards))


def _bench_and_barbell(start: _Start) -> Stage:
    fixed = [
        *_bench(start.hips[1] - 0.12, start.head[1] + 0.22, start.support, start.support),
        *_rack(start.hands[1] + 0.26, start.support + 0.62),
    ]
    return Stage(tuple(fixed), barbell(2.2, 0.36, _BENCH_PLATES))


def _incline_bench_and_barbell(start: _Start) -> Stage:
    back = start.head - start.hips
    back /= np.linalg.norm(back)
    outwards = np.array([0.0, -back[2], back[1]])
    middle = (start.hips + start.head) / 2 - 0.155 * outwards * np.sign(outwards[2])
    axes = np.stack([[1.0, 0.0, 0.0], back, np.cross([1.0, 0.0, 0.0], back)], axis=1)
    fixed = [
        box([0, start.hips[1] - 0.12, start.support - 0.04], [0.3, 0.42, 0.08], _PAD),
        box(middle + 0.02 * back, [0.29, 0.86, 0.07], _PAD, axes=axes),
        box(
            [0, start.hips[1] - 0.1, start.support / 2 - 0.04], [0.06, 0.06, start.support], _PAINT
        ),
        tube([middle, [0, middle[1] + 0.12, 0.04]], 0.03, _PAINT),
        box([0, start.hips[1] + 0.25, 0.025], [0.06, 1.1, 0.05], _PAINT),
        box([0, start.hips[1] - 0.3, 0.025], [0.34, 0.06, 0.05], _PAINT),
        *_rack(start.hands[1] + 0.34, start.hands[2] - 0.12),
    ]
    return Stage(tuple(fixed), barbell(2.2, 0.36, _BENCH_PLATES))


def _decline_bench_and_barbell(start: _Start) -> Stage:
    slope = (start.hips[2] - start.shoulders[2]) / (start.shoulders[1] - start.hips[1])
    foot, end = start.hips[1] - 0.22, start.head[1] + 0.18
    high = start.support + slope * (start.shoulders[1] - foot)
    low = start.support + slope * (start.shoulders[1] - end)
    roller = by(start.ankles, 0, -0.03, 0.10)
    knee_pad = by(start.knees, 0, 0.08, -0.135)
    fixed = [
        *_bench(foot, end, high - 0.01, low - 0.01),
        *(cylinder(by(p, -0.3, 0, 0), by(p, 0.3, 0, 0), 0.05, _PAD) for p in (roller, knee_pad)),
        tube([[0, foot, high - 0.1], knee_pad, roller], 0.025, _PAINT),
        *_rack(start.hands[1] + 0.30, start.hands[2] - 0.12),
    ]
    return Stage(tuple(fixed), barbell(2.2, 0.36, _BENCH_PLATES))


# How far up the belly a bar lies that would lie in the crease, when thighs are at right angles.
_ROLL_M: Final = 0.10


def _hip_thrust_bench(start: _Start) -> Stage:
    top = start.support - 0.11
    behind = start.shoulders[1] + 0.10
    fixed = [
        box([0, behind, top - 0.04], [1.2, 0.30, 0.08], _PAD),
        *(box([x, behind, top / 2 - 0.04], [0.06, 0.26, top - 0.08], _PAINT) for x in (-0.4, 0.4)),
    ]

    def bar(body: Body, pose: Pose, moment: int) -> list[Mesh]:
        hips = pose.heads[moment, [body.index("upperleg01.L"), body.index("upperleg01.R")]]
        knees = pose.heads[moment, [body.index("lowerleg01.L"), body.index("lowerleg01.R")]]
        pelvis = pose.rotations[moment, body.index("root")]
        thigh = unit(knees.mean(axis=0) - hips.mean(axis=0))
        # Thighs that bend up push the bar out of the crease of the hips towards the belly.
        bent = 1 + float(thigh @ pelvis[:, 2])
        centre = hips.mean(axis=0) + pelvis @ np.array([0.0, -0.145, 0.03 + _ROLL_M * bent])
        return barbell_at(centre, np.array([1.0, 0, 0]), 2.2, 0.40, _FULL_PLATES)

    return Stage(tuple(fixed), nothing, bar)


def _pull_up_bar(start: _Start) -> Stage:
    y, height = start.hands[1], start.support
    fixed = [
        cylinder([-0.75, y, height], [0.75, y, height], 0.016, STEEL, gloss=0.3),
        *(box([x, y, height / 2 + 0.04], [0.08, 0.08, height + 0.08], _FRAME) for x in (-0.8, 0.8)),
        *(box([x, y, 0.03], [0.1, 1.1, 0.06], _FRAME) for x in (-0.8, 0.8)),
    ]
    return Stage(tuple(fixed), nothing)


def _dip_bars(start: _Start) -> Stage:
    y, height = start.hands[1], start.support
    half = 0.30
    fixed = []
    for x in (-half, half):
        fixed.append(cylinder([x, y - 0.35, height], [x, y + 0.25, height], 0.018, STEEL))
        fixed.append(tube([[x, y - 0.35, height], [x * 1.6, y - 0.35, 0.03]], 0.03, _FRAME))
        fixed.append(box([x * 1.6, y - 0.15, 0.03], [0.07, 1.0, 0.06], _FRAME))
    fixed.append(cylinder([-half, y - 0.35, height], [half, y - 0.35, height], 0.03, _FRAME))
    return Stage(tuple(fixed), nothing)


def _t_bar(start: _Start) -> Stage:
    pivot = np.array([0.0, start.ankles[1] + 1.15, 0.05])
    fixed = (box([0, pivot[1], 0.04], [0.3, 0.3, 0.08], _FRAME),)
    return Stage(fixed, landmine(pivot))


def _pushdown_cable(start: _Start) -> Stage:
    pulley = np.array([0.0, start.hands[1] - 0.06, _PULLEY_M - 0.12])
    column = pulley[1] - 0.35
    fixed = [
        *(box([x, column, 1.1], [0.07, 0.07, 2.2], _FRAME) for x in (-0.45, 0.45)),
        box([0, column, _PULLEY_M], [0.97, 0.07, 0.07], _FRAME),
        box([0, column, 0.04], [0.97, 0.35, 0.06], _FRAME),
        box([0, (column + pulley[1]) / 2, _PULLEY_M], [0.06, 0.42, 0.06], _FRAME),
        cylinder(by(pulley, -0.02, 0, 0.05), by(pulley, 0.02, 0, 0.05), 0.06, RUBBER),
        *_weight_stack(column, 0.62),
    ]
    return Stage(tuple(fixed), cable_bar(pulley, 0.26, 0.0))


def _pulldown_machine(start: _Start) -> Stage:
    seat_y = start.hips[1] - 0.02
    pulley = np.array([0.0, start.hands[1] - 0.04, _PULLEY_M + 0.06])
    column = start.knees[1] - 0.42
    pad = np.array([0.0, start.knees[1] + 0.10, start.knees[2] + 0.14])
    fixed = [
        *_seat(seat_y, start.support),
        cylinder(by(pad, -0.3, 0, 0), by(pad, 0.3, 0, 0), 0.06, _PAD),
        tube([pad, by(pad, 0, -0.14, 0), [0, pad[1] - 0.14, 0.02]], 0.025, _FRAME),
        box([0, (column + seat_y) / 2, 0.03], [0.08, seat_y - column + 0.5, 0.05], _FRAME),
        *(box([x, column, 1.15], [0.07, 0.07, 2.3], _FRAME) for x in (-0.5, 0.5)),
        box([0, column, _PULLEY_M + 0.1], [1.07, 0.07, 0.07], _FRAME),
        box(
            [0, (column + pulley[1]) / 2, _PULLEY_M + 0.1],
            [0.07, pulley[1] - column + 0.1, 0.07],
            _FRAME,
        ),
        *_weight_stack(column, 0.46),
    ]
    return Stage(tuple(fixed), cable_bar(pulley, 0.52, 0.09))


def _leg_extension_machine(start: _Start) -> Stage:
    seat_y = start.hips[1] - 0.06
    fixed = [
        *_seat(seat_y, start.support),
        *_backrest(start),
        *(
            cylinder([x, start.hands[1] - 0.06, z], [x, start.hands[1] + 0.06, z], 0.016, RUBBER)
            for x, z in ((-0.25, start.hands[2]), (0.25, start.hands[2]))
        ),
        *_weight_stack(start.shoulders[1] + 0.55, 0.6),
    ]

    def roller(body: Body, pose: Pose, moment: int) -> list[Mesh]:
        knee, ankle = (
            pose.heads[moment, [body.index(f"{bone}.{side}") for side in ("L", "R")]].mean(axis=0)
            for bone in ("lowerleg01", "foot")
        )
        shin = (ankle - knee) / np.linalg.norm(ankle - knee)
        front = np.array([0.0, shin[2], -shin[1]])
        pad = ankle - 0.06 * shin + 0.095 * front
        axle = by(knee, 0.34, 0, 0)
        return [
            cylinder(by(pad, -0.24, 0, 0), by(pad, 0.24, 0, 0), 0.05, _PAD),
            tube([axle, by(pad, 0.34, 0, 0), pad], 0.022, _FRAME),
        ]

    return Stage(tuple(fixed), nothing, roller)


def _chest_fly_machine(start: _Start) -> Stage:
    column = start.shoulders[1] + 0.26
    top = start.head[2] + 0.32
    axles = tuple(np.array([x, start.shoulders[1] + 0.02, top]) for x in (0.2, -0.2))
    fixed = [
        *_seat(start.hips[1] - 0.06, start.support),
        *_backrest(start),
        box([0, column, top / 2], [0.12, 0.08, top], _FRAME),
        box([0, (column + axles[0][1]) / 2, top], [0.5, 0.32, 0.05], _FRAME),
        *_weight_stack(column + 0.2, 1.1),
    ]
    return Stage(tuple(fixed), swinging_handles((axles[0], axles[1])))


def _seat(y: float, height: float) -> list[Mesh]:
    return [
        box([0, y, height - 0.045], [0.36, 0.42, 0.09], _PAD),
        box([0, y, (height - 0.09) / 2], [0.09, 0.09, height - 0.09], _FRAME),
        box([0, y, 0.03], [0.09, 0.7, 0.06], _FRAME),
    ]


def _backrest(start: _Start) -> list[Mesh]:
    back = start.shoulders - start.hips
    back /= np.linalg.norm(back)
    behind = np.array([0.0, back[2], -back[1]])
    axes = np.stack([[1.0, 0.0, 0.0], behind, back], axis=1)
    middle = (start.hips + start.shoulders) / 2 + 0.165 * behind + 0.06 * back
    return [
        box(middle, [0.34, 0.07, 0.6], _PAD, axes=axes),
        tube([middle, by(middle, 0, 0.12, -0.1), [0, middle[1] + 0.12, 0.03]], 0.03, _FRAME),
    ]


def _bench(foot_end: float, head_end: float, foot_height: float, head_height: float) -> list[Mesh]:
    length = float(np.hypot(head_end - foot_end, head_height - foot_height))
    along = np.array([0.0, head_end - foot_end, head_height - foot_height]) / length
    axes = np.stack([[1.0, 0.0, 0.0], along, np.cross([1.0, 0.0, 0.0], along)], axis=1)
    middle = [0, (foot_end + head_end) / 2, (foot_height + head_height) / 2 - 0.04]
    meshes = [box(middle, [0.29, length, 0.08], _PAD, axes=axes)]
    for y, height in ((foot_end + 0.15, foot_height), (head_end - 0.15, head_height)):
        meshes.append(box([0, y, (height - 0.08) / 2], [0.06, 0.06, height - 0.08], _PAINT))
        meshes.append(box([0, y, 0.025], [0.46, 0.06, 0.05], _PAINT))
    meshes.append(box([0, middle[1], 0.1], [0.05, length - 0.3, 0.05], _PAINT))
    return meshes


def _rack(y: float, height: float) -> list[Mesh]:
    meshes = [box([0, y, 0.03], [1.2, 0.06, 0.06], _PAINT)]
    for x in (-0.6, 0.6):
        meshes.append(box([x, y, height / 2], [0.06, 0.06, height], _PAINT))
        meshes.append(box([x, y, 0.03], [0.07, 0.6, 0.06], _PAINT))
        meshes.append(box([x, y - 0.06, height - 0.12], [0.05, 0.1, 0.03], STEEL))
    return meshes


def _weight_stack(y: float, top: float) -> list[Mesh]:
    plates = [box([0, y - 0.01, z], [0.3, 0.14, 0.045], RUBBER) for z in np.arange(0.1, top, 0.05)]
    rods = [cylinder([x, y, 0.05], [x, y, 2.1], 0.01, STEEL, gloss=0.3) for x in (-0.08, 0.08)]
    return [*plates, *rods]


_BUILDERS: Final[Mapping[str, Callable[[_Start], Stage]]] = MappingProxyType(
    {
        "none": _none,
        "mat": _mat,
        "plate": _plate,
        "barbell": _barbell,
        "loaded_barbell": _loaded_barbell,
        "squat_barbell": _squat_barbell,
        "dumbbells": _dumbbells,
        "bench_and_barbell": _bench_and_barbell,
        "incline_bench_and_barbell": _incline_bench_and_barbell,
        "decline_bench_and_barbell": _decline_bench_and_barbell,
        "hip_thrust_bench": _hip_thrust_bench,
        "pull_up_bar": _pull_up_bar,
        "dip_bars": _dip_bars,
        "t_bar": _t_bar,
        "pushdown_cable": _pushdown_cable,
        "pulldown_machine": _pulldown_machine,
        "leg_extension_machine": _leg_extension_machine,
        "chest_fly_machine": _chest_fly_machine,
    }
)
