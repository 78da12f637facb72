"""A human body as bones, skin and keypoints: posed and skinned with numpy alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Final

import numpy as np
import numpy.typing as npt

from references.skeleton import KEYPOINTS

Floats = npt.NDArray[np.float64]

BODIES: Final = ("man", "woman")


@dataclass(frozen=True, slots=True)
class Pose:
    """Where every bone of a body is: world ``rotations`` (P, B, 3, 3) and ``heads`` (P, B, 3)."""

    rotations: Floats
    heads: Floats

    def moved(self, offset: npt.ArrayLike) -> "Pose":
        """Return the pose shifted by an offset (3,) or (P, 3) in metres."""
        return Pose(self.rotations, self.heads + np.asarray(offset, np.float64).reshape(-1, 1, 3))

    def at(self, moment: int) -> "Pose":
        """Return the pose of one moment alone."""
        chosen = slice(moment, moment + 1)
        return Pose(self.rotations[chosen], self.heads[chosen])


@dataclass(frozen=True, slots=True)
class Body:
    """A body at rest.

    ``vertices`` (V, 3) and ``faces`` (F, 3) are its skin, ``weights`` and ``influences`` (V, 9) say
    how much of which bone moves a vertex. Bone ``i`` is called ``bones[i]``, begins at ``heads[i]``
    and hangs on ``parents[i]`` (-1 for the root); parents come before their children.
    ``regressor`` (17, V) are the COCO keypoints as means of the skin; ``keypoint_shares`` (17, B)
    and ``keypoint_offsets`` (17, B, 3) are the same folded into the bones.
    """

    vertices: Floats
    faces: npt.NDArray[np.int32]
    weights: Floats
    influences: npt.NDArray[np.intp]
    bones: tuple[str, ...]
    heads: Floats
    parents: npt.NDArray[np.intp]
    regressor: Floats
    keypoint_shares: Floats
    keypoint_offsets: Floats

    def index(self, bone: str) -> int:
        """Return the index of a bone by name."""
        return self.bones.index(bone)

    def head(self, bone: str) -> Floats:
        """Return where a bone begins at rest, (3,)."""
        return np.asarray(self.heads[self.index(bone)])

    def length(self, bone: str, end: str) -> float:
        """Return the distance at rest between the beginnings of two bones."""
        return float(np.linalg.norm(self.head(end) - self.head(bone)))

    def reshaped(self, scales: Mapping[str, float]) -> "Body":
        """Return a body of other proportions.

        ``scales`` maps beginnings of bone names to factors; a bone is scaled by the first that
        fits, and what hangs on it moves along.
        """
        factors = np.array(
            [next((f for n, f in scales.items() if b.startswith(n)), 1.0) for b in self.bones]
        )
        heads = self.heads.copy()
        for i, parent in enumerate(self.parents):
            if parent >= 0:
                heads[i] = heads[parent] + factors[parent] * (self.heads[i] - self.heads[parent])
        vertices = np.zeros_like(self.vertices)
        for bone, weight in zip(self.influences.T, self.weights.T, strict=True):
            local = factors[bone, None] * (self.vertices - self.heads[bone])
            vertices += weight[:, None] * (heads[bone] + local)
        shares, offsets = _fold(self.regressor, vertices, self.weights, self.influences, heads)
        return replace(
            self,
            vertices=vertices,
            heads=heads,
            keypoint_shares=shares,
            keypoint_offsets=offsets,
        )

    def pose(self, rotations: Mapping[str, Floats]) -> Pose:
        """Turn bones by world rotations (P, 3, 3), one per named bone; the root stays at rest.

        A bone that is not named turns with its parent.
        """
        count = max((len(r) for r in rotations.values()), default=1)
        # Every bone is rigid with the nearest bone above it, or itself, that turns.
        anchors = np.arange(len(self.bones))
        for i, (bone, parent) in enumerate(zip(self.bones, self.parents, strict=True)):
            if bone not in rotations and parent >= 0:
                anchors[i] = anchors[parent]
        turned = np.empty((count, len(self.bones), 3, 3))
        heads = np.empty((count, len(self.bones), 3))
        for i in np.unique(anchors):
            turned[:, i] = rotations.get(self.bones[i], np.eye(3))
            if self.parents[i] < 0:
                heads[:, i] = self.heads[i]
            else:
                above = anchors[self.parents[i]]
                heads[:, i] = heads[:, above] + turned[:, above] @ (
                    self.heads[i] - self.heads[above]
                )
        following = np.flatnonzero(anchors != np.arange(len(anchors)))
        above = anchors[following]
        turned[:, following] = turned[:, above]
        away = self.heads[following] - self.heads[above]
        heads[:, following] = heads[:, above] + np.einsum("pbij,bj->pbi", turned[:, above], away)
        return Pose(turned, heads)

    def keypoints(self, pose: Pose) -> Floats:
        """Return the COCO keypoints (P, 17, 3), the same as regressing them from the skin."""
        turned = np.einsum("pbij,kbj->pki", pose.rotations, self.keypoint_offsets, optimize=True)
        shifted = np.einsum("kb,pbi->pki", self.keypoint_shares, pose.heads, optimize=True)
        return np.asarray(turned + shifted)

    def skin(
        self, pose: Pose, moment: int = 0, only: npt.NDArray[np.bool_] | None = None
    ) -> Floats:
        """Return the skin (V, 3) at one moment of a pose by linear blend skinning.

        ``only`` (V,) picks some of the vertices.
        """
        rotations, heads = pose.rotations[moment], pose.heads[moment]
        chosen = slice(None) if only is None else only
        vertices, weights = self.vertices[chosen], self.weights[chosen]
        origins = heads - np.einsum("bij,bj->bi", rotations, self.heads)
        skin = np.zeros_like(vertices)
        for bone, weight in zip(self.influences[chosen].T, weights.T, strict=True):
            moved = np.einsum("vij,vj->vi", rotations[bone], vertices) + origins[bone]
            skin += weight[:, None] * moved
        return skin

    def mostly_moved_by(self, bones: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Return which vertices (V,) these bones move more than any other bone does."""
        most = self.influences[np.arange(len(self.vertices)), self.weights.argmax(axis=1)]
        return np.isin(most, [self.index(bone) for bone in bones])


@cache
def load_body(name: str) -> Body:
    """Return one of `BODIES`; their origin and licence are in ``bodies/NOTICE.md``."""
    file = resources.files(__package__) / "bodies" / f"{name}.npz"
    with file.open("rb") as opened, np.load(opened, allow_pickle=False) as arrays:
        heads = arrays["heads"].astype(np.float64)
        vertices = arrays["verts"].astype(np.float64)
        weights = arrays["w"].astype(np.float64)
        influences = arrays["wi"].astype(np.intp)
        names = [str(label) for label in arrays["kp_labels"]]
        regressor = np.zeros((len(names), len(vertices)))
        regressor[arrays["kp_i"], arrays["kp_v"]] = arrays["kp_w"]
        regressor = regressor[[names.index(keypoint) for keypoint in KEYPOINTS]]
        shares, offsets = _fold(regressor, vertices, weights, influences, heads)
        return Body(
            vertices=vertices,
            faces=arrays["faces"].astype(np.int32),
            weights=weights,
            influences=influences,
            bones=tuple(str(label) for label in arrays["labels"]),
            heads=heads,
            parents=arrays["parents"].astype(np.intp),
            regressor=regressor,
            keypoint_shares=shares,
            keypoint_offsets=offsets,
        )


def _fold(
    regressor: Floats,
    vertices: Floats,
    weights: Floats,
    influences: npt.NDArray[np.intp],
    heads: Floats,
) -> tuple[Floats, Floats]:
    """Sum regressor (K, V) and skinning into one weight and one offset per keypoint and bone.

    Both steps are linear, so a keypoint is a weighted sum over bones instead of over the skin.
    """
    shares = np.zeros((len(regressor), len(heads)))
    offsets = np.zeros((len(regressor), len(heads), 3))
    for bone, weight in zip(influences.T, weights.T, strict=True):
        share = regressor * weight  # (K, V)
        local = vertices - heads[bone]  # (V, 3)
        for k in range(len(regressor)):
            used = np.flatnonzero(share[k])
            np.add.at(shares[k], bone[used], share[k, used])
            np.add.at(offsets[k], bone[used], share[k, used, None] * local[used])
    return shares, offsets
