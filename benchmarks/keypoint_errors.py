"""What the pose network gets wrong on rendered lifters, and whether the error model says the same.

    python -m benchmarks.keypoint_errors [--frames N] [--seed S] [--fit FILE] [--visibility FILE]

Renders lifters at random moments of random sets, filmed by random phones in rooms that no training
picture shows, runs the network on them and compares keypoints. ``--fit`` writes the error model
from them, ``--reliability`` what a confidence is worth, ``--visibility`` the network that tells
which keypoints are hidden. Without ``--fit`` the error model that is there is compared with them:
median and 90th percentile of the error by kind of keypoint, measured beside modelled. The last line
is one JSON object.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import typer
from rich.progress import track
from scipy.stats import binomtest, norm, rankdata, spearmanr

from benchmarks.stills import seen_in_still
from pipeline.pose.loading import load_network
from pipeline.pose.people import Network
from pipeline.pose.reliability import (
    CONFIDENCES,
    SHARE_WITHIN,
    Reliability,
    confidence_bin,
)
from pipeline.pose.smooth import torso_length
from pipeline.pose.tune.visibility import teach_visibility
from pipeline.pose.visibility import VisibilityModel
from pipeline.pose.weights import DEFAULT_WEIGHTS
from references.geometry import lies
from references.motions import motions
from references.skeleton import KEYPOINT_INDEX, KEYPOINT_KINDS, KIND_OF_KEYPOINT, MIRROR
from references.synthetic.error_model import (
    POSTURES,
    QUANTILES,
    SIDES,
    ErrorModel,
    body_size,
    classes,
    load_error_model,
)
from references.synthetic.stills import still
from references.viewpoint import Viewpoint

Floats = npt.NDArray[np.float64]

_LONG_SIDE = 640
# So that no two seeds draw the same picture.
_SEEDS_APART = 1_000_000
# With fewer keypoints of a class than this its errors are taken from both sides or postures.
_ENOUGH = 40
# Errors smaller than this share of the body are as good as none.
_LEAST_ERROR = 1e-3
_COLUMNS = ("error", "way", "conf", "kind", "side", "posture", "exercise", "swapped", "missed")
# How often the error model draws each look.
_DRAWS = 40


@dataclass(frozen=True, slots=True)
class Look:
    """One rendered frame: the truth, and what the network saw; ``seen`` is None for nobody.

    ``visible`` (17,) are keypoints that are seen, ``inside`` (17,) those inside the picture.
    """

    exercise: str
    viewpoint: Viewpoint
    joints: Floats
    true_xy: Floats
    visible: npt.NDArray[np.bool_]
    inside: npt.NDArray[np.bool_]
    seen: Floats | None
    conf: Floats | None

    def head_in_view(self) -> bool:
        """Return whether the whole face is inside the picture."""
        return bool(self.inside[: KEYPOINT_INDEX["left_shoulder"]].all())


def look_at(frames: int, seed: int, network: Network, names: Sequence[str]) -> list[Look]:
    """Render and look: ``frames`` single frames, the exercises named in turn.

    Bodies, clothes and rooms are those that no training picture shows. The network looks as the
    pose step does.
    """
    looks = []
    for number in track(range(frames), "looking"):
        name = names[number % len(names)]
        picture = still(
            name, seed=_SEEDS_APART * seed + number, long_side=_LONG_SIDE, held_out=True
        )
        lifter = picture.people[0]
        if np.isfinite(lifter.box).all():
            seen, conf = seen_in_still(network, picture.image, lifter.xy) or (None, None)
            height, width = picture.image.shape[:2]
            inside = np.asarray(((lifter.xy >= 0) & (lifter.xy < (width, height))).all(axis=1))
            looks.append(
                Look(
                    name,
                    picture.viewpoint,
                    picture.joints,
                    lifter.xy,
                    lifter.visible,
                    inside,
                    seen,
                    conf,
                )
            )
    return looks


def tabulate(looks: list[Look]) -> dict[str, Any]:
    """Return errors, confidences and classes of every keypoint that was reported."""
    rows: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
    for look in looks:
        kind, side, posture = classes(look.true_xy[None], look.joints[None], look.viewpoint)
        rows["missed"].append((posture[0, 0], look.seen is None))
        if look.seen is None or look.conf is None:
            continue
        size = body_size(look.true_xy[None])[0]
        way, mirrored_way = look.seen - look.true_xy, look.seen[list(MIRROR)] - look.true_xy
        error, mirrored = (np.linalg.norm(off, axis=1) / size for off in (way, mirrored_way))
        # Left and right exchanged: the mirror image fits much better than what was reported.
        swapped = bool(np.median(mirrored[5:]) < 0.6 * np.median(error[5:]))
        rows["swapped"].append((posture[0, 0], swapped))
        rows["error"].append(mirrored if swapped else error)
        rows["way"].append(mirrored_way if swapped else way)
        rows["conf"].append(look.conf[list(MIRROR)] if swapped else look.conf)
        rows["kind"].append(kind[0])
        rows["side"].append(side[0])
        rows["posture"].append(posture[0])
        rows["exercise"].append(look.exercise)
    return {name: np.array(values) for name, values in rows.items()}


def fit(table: dict[str, Any]) -> ErrorModel:
    """Return the error model of a table."""
    shape = (len(KEYPOINT_KINDS), len(SIDES), len(POSTURES))
    error, conf = np.zeros((*shape, len(QUANTILES))), np.zeros((*shape, len(QUANTILES)))
    rank = np.zeros(shape)
    exercises, harder = _harder_to_see(table)
    off = table["error"] / harder[np.searchsorted(exercises, table["exercise"])][:, None]
    for kind, side, posture in np.ndindex(shape):
        chosen = (table["kind"] == kind) & (table["side"] == side) & (table["posture"] == posture)
        if chosen.sum() < _ENOUGH:
            chosen = (table["kind"] == kind) & (table["posture"] == posture)
        if chosen.sum() < _ENOUGH:
            chosen = table["kind"] == kind
        error[kind, side, posture] = np.quantile(off[chosen], QUANTILES)
        conf[kind, side, posture] = np.quantile(table["conf"][chosen], QUANTILES)
        rank[kind, side, posture] = spearmanr(off[chosen], table["conf"][chosen])[0]
    missed, swapped = _shares(table["missed"]), _shares(table["swapped"])
    together = _same_for_both_sides(np.asarray(np.corrcoef(_scores(table, off).T)))
    directions = _same_for_both_sides(_cosines(table["way"]))
    return ErrorModel(error, conf, rank, together, directions, missed, swapped, exercises, harder)


def _harder_to_see(table: dict[str, Any]) -> tuple[npt.NDArray[np.str_], Floats]:
    """Return the exercises (E,) and how many times as large as usual their errors are (E,).

    That is next to errors of the same kind, side and posture, in the geometric mean.
    """
    size = np.log(np.maximum(table["error"], _LEAST_ERROR))
    for alike in _alike(table):
        size[alike] -= size[alike].mean()
    exercises, which = np.unique(table["exercise"], return_inverse=True)
    body = size[:, KEYPOINT_INDEX["left_shoulder"] :].mean(axis=1)
    return exercises, np.exp(np.bincount(which, body) / np.bincount(which))


def _alike(table: dict[str, Any]) -> Iterator[npt.NDArray[np.bool_]]:
    """Yield which keypoints (N, 17) are of one kind, side and posture, for each."""
    which = np.stack([table["kind"], table["side"], table["posture"]])
    for one in np.unique(which.reshape(len(which), -1), axis=1).T:
        yield (which == one[:, None, None]).all(axis=0)


def _scores(table: dict[str, Any], off: Floats) -> Floats:
    """Return the normal scores of errors (N, 17) among those of their kind, side and posture."""
    scores = np.zeros_like(off)
    for alike in _alike(table):
        scores[alike] = norm.ppf(rankdata(off[alike]) / (alike.sum() + 1))
    return scores


def _same_for_both_sides(between: Floats) -> Floats:
    """Return what is between keypoints (17, 17) as the mean of a body and its mirror image."""
    return np.asarray((between + between[np.ix_(MIRROR, MIRROR)]) / 2)


def _cosines(ways: Floats) -> Floats:
    """Return the mean cosine between the directions of errors (N, 17, 2), (17, 17)."""
    directions = ways / np.maximum(np.linalg.norm(ways, axis=2, keepdims=True), 1e-9)
    return np.asarray(np.einsum("nkc,nlc->kl", directions, directions) / len(ways))


def fit_reliability(looks: list[Look]) -> Reliability:
    """Return how far off keypoints are by kind, posture and confidence.

    A surer keypoint is never called worse than a less sure one.
    """
    pairs = [
        (look.true_xy, look.seen, look.conf)
        for look in looks
        if look.seen is not None and look.conf is not None
    ]
    true_xy, xy, conf = (np.stack(column) for column in zip(*pairs, strict=True))
    size = np.array([torso_length(one[None]) for one in true_xy])
    off = np.linalg.norm(xy - true_xy, axis=2) / size[:, None]
    lying = np.repeat(lies(xy)[:, None], 17, axis=1)
    bins = confidence_bin(conf)
    kind = np.broadcast_to(KIND_OF_KEYPOINT, off.shape)
    table = np.zeros((len(KEYPOINT_KINDS), 2, len(CONFIDENCES) - 1))
    for which, posture, sure in np.ndindex(table.shape):
        chosen = (kind == which) & (bins == sure)
        alike = chosen & (lying == bool(posture))
        chosen = alike if alike.sum() >= _ENOUGH else chosen
        chosen = chosen if chosen.sum() >= _ENOUGH else bins == sure
        table[which, posture, sure] = np.quantile(off[chosen], SHARE_WITHIN)
    return Reliability(np.minimum.accumulate(table, axis=2), np.ones(table.shape[:2]))


def fit_visibility(looks: list[Look], seed: int) -> VisibilityModel:
    """Return what tells hidden keypoints, learned from these frames."""
    rows = [
        (look.seen, look.conf, look.visible, look.inside & ~look.visible)
        for look in looks
        if look.seen is not None and look.conf is not None
    ]
    xy, conf, visible, hidden = (np.stack(column) for column in zip(*rows, strict=True))
    return teach_visibility(xy, conf, visible, hidden, seed=seed)


def found_share(looks: Sequence[Look]) -> dict[str, float]:
    """Return in how many of the frames the lifter was found, with 95 % bounds (Wilson, 1927)."""
    found = sum(look.seen is not None for look in looks)
    low, high = binomtest(found, len(looks)).proportion_ci(method="wilson")
    return {
        "frames": len(looks),
        "found": found,
        "at_least": round(float(low), 4),
        "at_most": round(float(high), 4),
    }


def _shares(rows: npt.NDArray[np.int64]) -> Floats:
    return np.array([rows[rows[:, 0] == posture, 1].mean() for posture in range(len(POSTURES))])


def compare(looks: list[Look], table: dict[str, Any], model: ErrorModel) -> list[dict[str, Any]]:
    """Return median and 90th percentile by kind and posture, measured and modelled."""
    rng = np.random.default_rng(0)
    modelled: list[list[Floats]] = [[] for _ in POSTURES]
    for look in looks:
        true_xy, joints = look.true_xy[None], look.joints[None]
        kept = np.concatenate(
            [
                model.corrupt(true_xy, joints, look.viewpoint, rng, exercise=look.exercise)[0]
                for _ in range(_DRAWS)
            ]
        )
        posture = classes(true_xy, joints, look.viewpoint)[2][0, 0]
        error = np.linalg.norm(kept - true_xy, axis=2) / body_size(true_xy)[:, None]
        mirrored = np.linalg.norm(kept[:, MIRROR] - true_xy, axis=2) / body_size(true_xy)[:, None]
        swapped = np.median(mirrored[:, 5:], axis=1) < 0.6 * np.median(error[:, 5:], axis=1)
        modelled[posture].append(np.where(swapped[:, None], mirrored, error))
    rows = []
    for posture, name in enumerate(POSTURES):
        if not modelled[posture] or not (table["posture"][:, 0] == posture).any():
            continue
        drawn = np.concatenate(modelled[posture])
        for kind, what in enumerate(KEYPOINT_KINDS):
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
    reliability: Annotated[
        Path | None, typer.Option(help="Write here how far off keypoints are by confidence.")
    ] = None,
    visibility: Annotated[
        Path | None, typer.Option(help="Write here what tells hidden keypoints.")
    ] = None,
    weights: Annotated[str, typer.Option(help="The network's.")] = DEFAULT_WEIGHTS,
    exercise: Annotated[
        list[str] | None, typer.Option(help="Only these; default: all that have a motion.")
    ] = None,
) -> None:
    """Measure, fit or compare."""
    names = exercise or list(motions())
    looks = look_at(frames, seed, load_network(weights), names)
    table = tabulate(looks)
    model = fit(table) if write else load_error_model()
    if write:
        model.save(write)
    if visibility:
        fit_visibility(looks, seed).write(visibility)
    if reliability:
        fit_reliability(looks).save(reliability)
    rows = compare(looks, table, model)
    for row in rows:
        print(row)
    groups = {name: [look for look in looks if look.exercise == name] for name in names}
    groups["all"] = looks
    groups["upright, head in view"] = [
        look for look in looks if look.head_in_view() and not lies(look.true_xy)
    ]
    print(
        json.dumps(
            {
                "frames": frames,
                "found": {name: found_share(group) for name, group in groups.items() if group},
                "missed_by_posture": model.missed.round(4).tolist(),
                "swapped_by_posture": model.swapped.round(4).tolist(),
                "errors": rows,
            }
        )
    )


if __name__ == "__main__":
    typer.run(main)
