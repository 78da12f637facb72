"""Writing the expert movements that `references.experts` reads."""

from pathlib import Path
from typing import Final

import numpy as np

from references.motions import Motion
from references.synthetic.body import load_body
from references.synthetic.posture import pose_motion

PHASES: Final = 21

_BODY: Final = "man"


def write_expert(motion: Motion, folder: Path) -> Path:
    """Write the expert movement of one exercise into ``folder`` and return the file."""
    phase = np.linspace(0, 1, PHASES)
    body = load_body(_BODY)
    joints = body.keypoints(pose_motion(body, motion, phase))
    file = folder / f"{motion.exercise}.npz"
    np.savez_compressed(
        file,
        id=np.array([f"{motion.exercise}/{_BODY}"]),
        phase=phase.astype(np.float32),
        joints=joints[None].astype(np.float32),
        source=np.array([motion.source]),
    )
    return file
