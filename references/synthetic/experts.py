"""Writing the expert movements and pictures that `references.experts` reads."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from references.exercises import PHASES
from references.experts.movements import ExpertMotion
from references.experts.pictures import AZIMUTHS, SIZE, framing, picture_name
from references.motions import Motion
from references.synthetic.body import load_body
from references.synthetic.equipment import build_stage
from references.synthetic.outfit import Outfit, dress
from references.synthetic.posture import pose_motion
from references.synthetic.renderer import Renderer
from references.synthetic.room import STUDIO_LIGHT, studio

_MOMENTS: Final = 21
_BODY: Final = "man"
_JPEG_QUALITY: Final = 85
# Pictures are drawn this much larger and shrunk, for smooth edges.
_SUPERSAMPLING: Final = 2


def expert_motion(motion: Motion, body: str = _BODY) -> ExpertMotion:
    """Return the expert movement of one exercise by one of `references.synthetic.body.BODIES`."""
    phase = np.linspace(0, 1, _MOMENTS)
    shape = load_body(body)
    joints = shape.keypoints(pose_motion(shape, motion, phase))
    return ExpertMotion(
        f"{motion.exercise}/{body}",
        motion.exercise,
        phase.astype(np.float32),
        joints.astype(np.float32),
        motion.source,
    )


def write_expert(motion: Motion, folder: Path) -> Path:
    """Write the expert movement of one exercise into ``folder`` and return the file."""
    expert = expert_motion(motion)
    file = folder / f"{motion.exercise}.npz"
    np.savez_compressed(
        file,
        id=np.array([expert.id]),
        phase=expert.phase,
        joints=expert.joints[None],
        source=np.array([expert.source]),
    )
    return file


def write_pictures(motion: Motion, folder: Path) -> Iterator[Path]:
    """Write the pictures of one expert at start and turn from all around, file by file."""
    expert = expert_motion(motion)
    lifter = dress(load_body(_BODY), Outfit())
    pose = pose_motion(lifter.bare, motion, [0.0, 1.0])
    stage = build_stage(lifter.bare, motion, pose)
    with Renderer(SIZE[0] * _SUPERSAMPLING, SIZE[1] * _SUPERSAMPLING) as renderer:
        for moment, phase in enumerate(PHASES):
            meshes = [
                *studio(),
                *lifter.meshes(pose, moment),
                *stage.meshes(lifter.bare, pose, moment),
            ]
            for azimuth in AZIMUTHS:
                viewpoint, lens = framing(expert, azimuth)
                large = renderer.render(
                    meshes, viewpoint, lens.scaled(_SUPERSAMPLING), STUDIO_LIGHT
                )
                picture = cv2.resize(large, SIZE, interpolation=cv2.INTER_AREA)
                file = folder / picture_name(motion.exercise, phase, azimuth)
                file.parent.mkdir(parents=True, exist_ok=True)
                cv2.imwrite(str(file), picture, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
                yield file
