"""Sheets of small pictures to look every motion and every fault over."""

from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from references.experts.pictures import SIZE, framing
from references.motions import Motion
from references.synthetic.body import Body, load_body
from references.synthetic.equipment import build_stage
from references.synthetic.experts import expert_motion
from references.synthetic.outfit import Lifter, Outfit, dress
from references.synthetic.posture import pose_values
from references.synthetic.renderer import Renderer
from references.synthetic.room import STUDIO_LIGHT, studio

Image = npt.NDArray[np.uint8]

_AZIMUTHS: Final = (0.0, 60.0, 90.0)
_FAULT_AZIMUTH: Final = 60.0
_TILE: Final = (240, 320)
_PAIRS_A_ROW: Final = 4
_WHITE: Final = 255


def motion_sheet(motions: Sequence[Motion], body: str = "man") -> Image:
    """Return one row a motion: start from three sides, turn from three sides."""
    with Renderer(*SIZE) as renderer:
        rows = [
            np.hstack(
                [
                    _labelled(picture, motion.exercise if not index else "")
                    for index, picture in enumerate(
                        _picture(renderer, body, motion, phase, azimuth)
                        for phase in (0.0, 1.0)
                        for azimuth in _AZIMUTHS
                    )
                ]
            )
            for motion in motions
        ]
    return np.vstack(rows)


def fault_sheet(motions: Sequence[Motion], body: str = "man") -> Image:
    """Return every fault beside its correct twin, at the phase where it shows most."""
    pairs = []
    with Renderer(*SIZE) as renderer:
        for motion in motions:
            for fault in motion.faults:
                wrong = {fault.name: fault.magnitude_deg}
                phase = _most_visible(load_body(body), motion, wrong)
                right, faulty = (
                    _picture(renderer, body, motion, phase, _FAULT_AZIMUTH, faults)
                    for faults in (_NO_FAULTS, wrong)
                )
                pairs.append(
                    np.hstack([_labelled(right, motion.exercise), _labelled(faulty, fault.name)])
                )
    while len(pairs) % _PAIRS_A_ROW:
        pairs.append(np.full_like(pairs[0], _WHITE))
    rows = range(0, len(pairs), _PAIRS_A_ROW)
    return np.vstack([np.hstack(pairs[row : row + _PAIRS_A_ROW]) for row in rows])


_NO_FAULTS: Final[Mapping[str, float]] = MappingProxyType({})


def _picture(
    renderer: Renderer,
    body: str,
    motion: Motion,
    phase: float,
    azimuth: float,
    faults: Mapping[str, float] = _NO_FAULTS,
) -> Image:
    lifter = _lifter(body)
    # The start position comes first: it says where seats and benches stand.
    pose = pose_values(lifter.bare, motion, motion.values([0.0, phase], faults))
    stage = build_stage(lifter.bare, motion, pose)
    viewpoint, lens = framing(expert_motion(motion, body), azimuth)
    meshes = [*studio(), *lifter.meshes(pose, 1), *stage.meshes(lifter.bare, pose, 1)]
    picture = renderer.render(meshes, viewpoint, lens, STUDIO_LIGHT)
    return np.asarray(cv2.resize(picture, _TILE, interpolation=cv2.INTER_AREA), np.uint8)


@cache
def _lifter(body: str) -> Lifter:
    return dress(load_body(body), Outfit())


def _most_visible(body: Body, motion: Motion, faults: Mapping[str, float]) -> float:
    phases = [0.0, 1.0]
    right, wrong = (
        body.keypoints(pose_values(body, motion, motion.values(phases, these)))
        for these in (_NO_FAULTS, faults)
    )
    return phases[int(np.abs(wrong - right).max(axis=(1, 2)).argmax())]


def _labelled(picture: Image, words: str) -> Image:
    cv2.putText(picture, words, (4, 14), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (40, 40, 160), 1)
    return picture
