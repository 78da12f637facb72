"""Is the one who lifts chosen among others? Made-up sets beside company, as keypoints.

    python -m benchmarks.lifters [--scenes N] [--seed N]

Each set is joined by one other: a bystander who keeps one pose with the network's noise, a
reflection, or somebody who passes through. The last line is one JSON object.
"""

import json
from typing import Annotated, Final

import numpy as np
import numpy.typing as npt
import typer

from pipeline.pose.follow import choose_lifter, follow
from pipeline.pose.people import People
from references.skeleton import MIRROR
from references.synthetic.skeleton_clips import SkeletonClip, skeleton_clips

Floats = npt.NDArray[np.float64]

# Whole frames are looked at three times a second (``pipeline.watch.LookSettings``).
_FRAMES_PER_SECOND: Final = 15.0
_EVERY: Final = 5

COMPANY: Final = ("bystander", "reflection", "passer-by")


def main(
    scenes: Annotated[int, typer.Option(help="Scenes of each kind of company.")] = 200,
    seed: Annotated[int, typer.Option(help="Seed of the sets.")] = 0,
) -> None:
    """Print the share of all frames in which the one chosen is the lifter, by company."""
    rng = np.random.default_rng(seed)
    right: dict[str, float] = {}
    for company in COMPANY:
        clips = skeleton_clips(scenes, seed=seed, fps=_FRAMES_PER_SECOND)
        right[company] = float(np.mean([_share_right(clip, company, rng) for clip in clips]))
        print(f"{company:12} {right[company]:.1%}")
    print(json.dumps({"scenes": scenes, "seed": seed, "right": right}))


def _share_right(clip: SkeletonClip, company: str, rng: np.random.Generator) -> float:
    """Return in which share of the frames that show the lifter the chosen one is the lifter."""
    lifter, conf = clip.xy[::_EVERY], clip.conf[::_EVERY]
    found = np.asarray(np.isfinite(lifter).all(axis=(1, 2)))
    other, present = _other(clip.true_xy[::_EVERY], company, rng)
    frames = []
    for index in range(len(lifter)):
        poses = [lifter[index]] if found[index] else []
        poses += [other[index]] if present[index] else []
        confs = [conf[index]] if found[index] else []
        confs += [np.full(17, 0.9)] if present[index] else []
        frames.append(_people(poses, confs))
    chosen = choose_lifter(follow(frames, clip.t[::_EVERY]), frames)
    if chosen is None:
        return 0.0
    # The lifter, where found, is always the first row.
    right = sum(found[f] and r == 0 for f, r in zip(chosen.frames, chosen.rows, strict=True))
    return float(right / max(1, found.sum()))


def _other(
    lifter: Floats, company: str, rng: np.random.Generator
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return the other's keypoints (T, 17, 2) and in which frames (T,) they are in the picture."""
    low, high = lifter.min(axis=(0, 1)), lifter.max(axis=(0, 1))
    size = float(np.max(high - low))
    scale = rng.uniform(0.5, 1.0)
    beside = np.array([rng.choice([-1, 1]) * size * rng.uniform(0.7, 1.5), 0.0])
    present = np.ones(len(lifter), bool)
    if company == "reflection":
        flipped = (lifter[:, list(MIRROR)] - (low + high) / 2) * [-scale, scale]
        pose = flipped + (low + high) / 2 + beside
    else:
        still = (lifter[:1] - (low + high) / 2) * scale + (low + high) / 2
        pose = np.repeat(still + beside, len(lifter), axis=0)
    if company == "passer-by":
        walked = np.linspace(-2, 2, len(lifter))[:, None, None] * size * [1.0, 0.0]
        pose = pose - beside + walked
        present = np.abs(walked[:, 0, 0]) < size
    noise = rng.normal(0, 0.01 * size, pose.shape)
    return pose + noise, present


def _people(poses: list[Floats], confs: list[Floats]) -> People:
    xy = np.array(poses, np.float32).reshape(-1, 17, 2)
    boxes = np.concatenate([xy.min(axis=1), xy.max(axis=1)], axis=1)
    conf = np.array(confs, np.float32).reshape(-1, 17)
    return People(boxes, np.full(len(xy), 0.9, np.float32), xy, conf)


if __name__ == "__main__":
    typer.run(main)
