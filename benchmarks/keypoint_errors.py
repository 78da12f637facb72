"""What the pose network gets wrong on rendered lifters, and whether the error model says the same.

    python -m benchmarks.keypoint_errors [--frames N] [--seed S] [--fit FILE]

Renders lifters at random moments of random sets, filmed by random phones in random rooms, runs the
network on them and compares keypoints. ``--fit`` writes the error model from them; without it the
model that is there is compared with them: median and 90th percentile of the error by kind of
keypoint, measured beside modelled. The last line is one JSON object.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import typer
from rich.progress import track
from scipy.stats import spearmanr

from pipeline.pose.network import PoseNetwork
from references.motions import motions
from references.skeleton import MIRROR
from references.synthetic.equipment import build_stage
from references.synthetic.error_model import (
    KINDS,
    POSTURES,
    QUANTILES,
    SIDES,
    ErrorModel,
    body_size,
    classes,
    load_error_model,
)
from references.synthetic.outfit import dress
from references.synthetic.performance import perform
from references.synthetic.renderer import Renderer
from references.synthetic.room import GYMS, scenery
from references.synthetic.variation import (
    random_body,
    random_lens,
    random_motion,
    random_outfit,
    random_repetitions,
    random_viewpoint,
)
from references.viewpoint import Viewpoint

Floats = npt.NDArray[np.float64]

_LONG_SIDE = 960
_EXTENT_M = 1.15
# With fewer keypoints of a class than this its errors are taken from both sides or postures.
_ENOUGH = 40


@dataclass(frozen=True, slots=True)
class Look:
    """One rendered frame: the truth, and what the network saw; ``seen`` is None for nobody."""

    exercise: str
    viewpoint: Viewpoint
    joints: Floats
    true_xy: Floats
    seen: Floats | None
    conf: Floats | None


def look_at(frames: int, seed: int, network: PoseNetwork, names: Sequence[str]) -> list[Look]:
    """Render and look: ``frames`` single frames, the exercises named in turn."""
    looks = []
    upright, sideways = Renderer(540, 960), Renderer(960, 540)
    for number in track(range(frames), "looking"):
        rng = np.random.default_rng((seed, number))
        motion = random_motion(motions()[names[number % len(names)]], rng)
        performance = perform(motion, random_repetitions(motion, rng), rng=rng, fps=10.0)
        lifter = dress(random_body(rng), random_outfit(rng))
        pose = performance.pose(lifter.bare)
        stage = build_stage(lifter.bare, motion, pose)
        moment = int(rng.integers(len(performance.t)))
        joints = lifter.bare.keypoints(pose)
        x, y, z = (joints[moment].min(axis=0) + joints[moment].max(axis=0)) / 2
        viewpoint = random_viewpoint((float(x), float(y), float(z)), rng)
        lens = random_lens(viewpoint, _EXTENT_M, rng, long_side=_LONG_SIDE)
        room = GYMS[int(rng.integers(len(GYMS)))]
        meshes = [
            *scenery(room),
            *lifter.meshes(pose, moment),
            *stage.meshes(lifter.bare, pose, moment),
        ]
        renderer = upright if lens.height > lens.width else sideways
        # Renderers draw pinholes: the truth is projected without the lens' distortion, too.
        image = renderer.render(meshes, viewpoint, lens, room.light)
        image = np.clip(image + rng.normal(scale=3, size=image.shape), 0, 255).astype(np.uint8)
        true_xy = lens.without_distortion().project(viewpoint, joints[moment])
        people = network.people(image)
        seen = conf = None
        if len(people.scores):
            distance = np.median(np.linalg.norm(people.xy - true_xy, axis=2), axis=1)
            best = int(distance.argmin())
            seen, conf = people.xy[best].astype(float), people.conf[best].astype(float)
        looks.append(Look(motion.exercise, viewpoint, joints[moment], true_xy, seen, conf))
    upright.close()
    sideways.close()
    return looks


def tabulate(looks: list[Look]) -> dict[str, Any]:
    """Return errors, confidences and classes of every keypoint that was reported."""
    rows: dict[str, list[Any]] = {
        name: [] for name in ("error", "conf", "kind", "side", "posture", "swapped", "missed")
    }
    for look in looks:
        kind, side, posture = classes(look.true_xy[None], look.joints[None], look.viewpoint)
        rows["missed"].append((posture[0, 0], look.seen is None))
        if look.seen is None or look.conf is None:
            continue
        size = body_size(look.true_xy[None])[0]
        error = np.linalg.norm(look.seen - look.true_xy, axis=1) / size
        mirrored = np.linalg.norm(look.seen[list(MIRROR)] - look.true_xy, axis=1) / size
        # Left and right exchanged: the mirror image fits much better than what was reported.
        swapped = bool(np.median(mirrored[5:]) < 0.6 * np.median(error[5:]))
        rows["swapped"].append((posture[0, 0], swapped))
        rows["error"].append(mirrored if swapped else error)
        rows["conf"].append(look.conf[list(MIRROR)] if swapped else look.conf)
        rows["kind"].append(kind[0])
        rows["side"].append(side[0])
        rows["posture"].append(posture[0])
    return {name: np.array(values) for name, values in rows.items()}


def fit(table: dict[str, Any]) -> ErrorModel:
    """Return the error model of a table."""
    shape = (len(KINDS), len(SIDES), len(POSTURES))
    error, conf = np.zeros((*shape, len(QUANTILES))), np.zeros((*shape, len(QUANTILES)))
    rank = np.zeros(shape)
    for kind, side, posture in np.ndindex(shape):
        chosen = (table["kind"] == kind) & (table["side"] == side) & (table["posture"] == posture)
        if chosen.sum() < _ENOUGH:
            chosen = (table["kind"] == kind) & (table["posture"] == posture)
        if chosen.sum() < _ENOUGH:
            chosen = table["kind"] == kind
        error[kind, side, posture] = np.quantile(table["error"][chosen], QUANTILES)
        conf[kind, side, posture] = np.quantile(table["conf"][chosen], QUANTILES)
        rank[kind, side, posture] = spearmanr(table["error"][chosen], table["conf"][chosen])[0]
    return ErrorModel(error, conf, rank, _shares(table["missed"]), _shares(table["swapped"]))


def _shares(rows: npt.NDArray[np.int64]) -> Floats:
    return np.array([rows[rows[:, 0] == posture, 1].mean() for posture in range(len(POSTURES))])


def compare(looks: list[Look], table: dict[str, Any], model: ErrorModel) -> list[dict[str, Any]]:
    """Return median and 90th percentile by kind and posture, measured and modelled."""
    rng = np.random.default_rng(0)
    modelled: list[list[Floats]] = [[] for _ in POSTURES]
    for look in looks:
        many = 40
        true_xy, joints = (
            np.repeat(look.true_xy[None], many, 0),
            np.repeat(look.joints[None], many, 0),
        )
        kept = model.corrupt(true_xy, joints, look.viewpoint, rng, fps=10.0)[0]
        posture = classes(look.true_xy[None], look.joints[None], look.viewpoint)[2][0, 0]
        error = np.linalg.norm(kept - true_xy, axis=2) / body_size(true_xy)[:, None]
        mirrored = np.linalg.norm(kept[:, MIRROR] - true_xy, axis=2) / body_size(true_xy)[:, None]
        swapped = np.median(mirrored[:, 5:], axis=1) < 0.6 * np.median(error[:, 5:], axis=1)
        modelled[posture].append(np.where(swapped[:, None], mirrored, error))
    rows = []
    for posture, name in enumerate(POSTURES):
        if not modelled[posture] or not (table["posture"][:, 0] == posture).any():
            continue
        drawn = np.concatenate(modelled[posture])
        for kind, what in enumerate(KINDS):
            columns = np.flatnonzero(np.array(table["kind"][0]) == kind)
            real = table["error"][table["posture"][:, 0] == posture][:, columns].ravel()
            fake = drawn[:, columns].ravel()
            rows.append(
                {
                    "posture": name,
                    "keypoint": what,
                    "measured": [round(float(np.quantile(real, q)), 4) for q in (0.5, 0.9)],
                    "modelled": [round(float(np.nanquantile(fake, q)), 4) for q in (0.5, 0.9)],
                }
            )
    return rows


def main(
    frames: Annotated[int, typer.Option(help="How many frames to render.")] = 400,
    seed: Annotated[int, typer.Option(help="Other seeds give other frames.")] = 1,
    write: Annotated[Path | None, typer.Option("--fit", help="Write the model here.")] = None,
    image_size: Annotated[int, typer.Option(help="At which the network looks.")] = 640,
    exercise: Annotated[
        list[str] | None, typer.Option(help="Only these; default: all that have a motion.")
    ] = None,
) -> None:
    """Measure, fit or compare."""
    names = exercise or list(motions())
    looks = look_at(frames, seed, PoseNetwork(image_size=image_size), names)
    table = tabulate(looks)
    model = fit(table) if write else load_error_model()
    if write:
        np.savez_compressed(
            write,
            **{name: getattr(model, name).astype(np.float32) for name in ErrorModel.__slots__},
        )
    rows = compare(looks, table, model)
    for row in rows:
        print(row)
    found = {
        name: round(float(np.mean([k.seen is not None for k in looks if k.exercise == name])), 3)
        for name in names
    }
    print(
        json.dumps(
            {
                "frames": frames,
                "found_share": found,
                "missed_upright_lying": model.missed.round(4).tolist(),
                "swapped_upright_lying": model.swapped.round(4).tolist(),
                "errors": rows,
            }
        )
    )


if __name__ == "__main__":
    typer.run(main)
