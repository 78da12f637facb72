"""Which keypoints of a body can be seen in a picture: in its bounds, and with nothing in front."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from references.lens import Lens
from references.skeleton import KEYPOINTS
from references.viewpoint import Viewpoint

Floats = npt.NDArray[np.float64]

# How deep a joint lies under its own skin and clothes at most, in metres. What is nearer to the
# camera than that hides the joint. Measured on the two bodies alone in a room, from all around.
_FLESH_M: Final[Mapping[str, float]] = MappingProxyType(
    {
        "nose": 0.03,
        "eye": 0.03,
        "ear": 0.035,
        "shoulder": 0.14,
        "elbow": 0.08,
        "wrist": 0.06,
        "hip": 0.165,
        "knee": 0.09,
        "ankle": 0.08,
    }
)
_MARGINS_M: Final = np.array([_FLESH_M[name.rsplit("_", 1)[-1]] for name in KEYPOINTS])


def visible(
    joints: npt.ArrayLike, depth: npt.NDArray[np.float32], viewpoint: Viewpoint, pinhole: Lens
) -> npt.NDArray[np.bool_]:
    """Return which of the COCO keypoints (17, 3) are seen, (17,).

    ``depth`` (H, W) is what `references.synthetic.renderer.Renderer.depth` says of the same view.
    """
    ahead = viewpoint.seen(joints)[:, 2]
    pixel = np.rint(pinhole.project(viewpoint, joints))
    inside = (
        (ahead > 0)
        & (pixel >= 0).all(axis=1)
        & (pixel < (pinhole.width, pinhole.height)).all(axis=1)
    )
    column, row = np.where(inside[:, None], pixel, 0).astype(np.intp).T
    return np.asarray(inside & (depth[row, column] > ahead - _MARGINS_M))
