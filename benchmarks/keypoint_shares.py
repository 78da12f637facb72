"""What of a keypoint's error stays throughout a clip, and what the rest of it follows.

    python -m benchmarks.keypoint_shares [--clips N] [--seed S] [--work DIR] [--poses DIR]

Films sets as ``benchmarks.form`` does and watches them with the pose network. Errors and
confidences of each kind of keypoint become normal scores, whose variance is told apart into that
between clips and that within them. Then how far apart two errors of a keypoint are, by how far it
moved on the body between them and by how much later it was, filmed and beside it as the error model
has it in as many sets of its own. The error model is built with these figures; measure them on
other seeds than those of the form benchmark. The last line is one JSON object.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Final

import numpy as np
import numpy.typing as npt
import typer
from rich.console import Console
from rich.progress import track as progress
from rich.table import Table
from scipy.stats import norm, rankdata

from benchmarks.form_sets import EXERCISES, cases, filmed
from pipeline.classify.extract import pose_cache
from pipeline.classify.synthesize import reported
from pipeline.pose.track import PoseTrack
from references.skeleton import KEYPOINT_INDEX, KEYPOINT_KINDS, KIND_OF_KEYPOINT
from references.synthetic.error_model import body_size, place_on_body
from references.synthetic.skeleton_clips import SkeletonClip, skeleton_clips

Floats = npt.NDArray[np.float64]

_TITLE: Final = "Share of the variance between clips"

# A keypoint that was found in fewer frames says nothing of its clip.
_ENOUGH_FRAMES: Final = 10

# How far a keypoint moved on the body between two frames, in shares of the body's size, and how
# much later the second was, in seconds.
_MOVED: Final = (0.0, 0.003, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 0.4)
_LATER_S: Final = (0.0, 0.3, 1.0, 10.0)
_PAIRS_OF_CLIP: Final = 4000
_ENOUGH_PAIRS: Final = 300


def main(
    clips: Annotated[int, typer.Option(min=2, help="How many to film.")] = 12,
    seed: Annotated[int, typer.Option(min=0, help="Other seeds give other sets.")] = 100,
    work: Annotated[Path, typer.Option(help="Where rendered clips are kept.")] = Path("form-clips"),
    poses: Annotated[Path, typer.Option(help="Where clips' poses are kept.")] = Path("poses"),
) -> None:
    """Measure."""
    console = Console(width=120)
    cache = pose_cache(poses)
    errors, confidences, filmed_pairs = [], [], []
    for case in progress(cases(clips, seed), "sets", console=Console(stderr=True)):
        clip = filmed(case, work)
        truth = json.loads(clip.with_suffix(".json").read_text(encoding="utf-8"))
        seen = cache.track(clip)
        off, true = _errors(seen, np.array(truth["xy"]), truth["seconds"])
        errors.append(_lengths(off))
        filmed_pairs.append(pairs(seen.t, off, true))
        confidences.append(seen.conf.astype(np.float64))
    made = [_errors_of(clip) for clip in _modelled(clips, seed)]
    table = Table("keypoint", *("error", "as modelled", "confidence"), title=_TITLE)
    shares = []
    for number, kind in enumerate(KEYPOINT_KINDS):
        own = [i for i, kind_of in enumerate(KIND_OF_KEYPOINT) if kind_of == number]
        of_kind = (errors, [_lengths(off) for _, off, _ in made], confidences)
        shares.append([clip_share([clip[:, own] for clip in of]) for of in of_kind])
        table.add_row(kind, *(f"{share:.2f}" for share in shares[-1]))
    error, modelled, confidence = np.mean(shares, axis=0)
    table.add_row("mean", *(f"{share:.2f}" for share in (error, modelled, confidence)))
    console.print(table)
    made_pairs = [pairs(*one) for one in made]
    apart = {"filmed": apart_by(filmed_pairs), "modelled": apart_by(made_pairs)}
    console.print(_table_of(apart))
    figures = {"error": error, "error_modelled": modelled, "confidence": confidence}
    rounded = {k: round(float(v), 3) for k, v in figures.items()}
    per_mille = {k: _per_mille(v) for k, v in apart.items()}
    print(json.dumps({"clips": clips, "seed": seed, **rounded, "apart_per_mille": per_mille}))


def _errors(seen: PoseTrack, true_xy: Floats, seconds: float) -> tuple[Floats, Floats]:
    """Return by what keypoints are off, in shares of the body's size, and the truth (T, 17, 2)."""
    frames = np.rint(seen.t * (len(true_xy) - 1) / seconds).astype(np.intp)
    true = true_xy[frames.clip(0, len(true_xy) - 1)]
    return _off(seen.xy, true), true


def _off(xy: npt.NDArray[np.floating], true_xy: Floats) -> Floats:
    """Return by what keypoints (T, 17, 2) are off, in shares of the body's size."""
    return np.asarray((xy - true_xy) / body_size(true_xy)[:, None, None])


def _lengths(off: Floats) -> Floats:
    return np.asarray(np.linalg.norm(off, axis=-1))


def _modelled(clips: int, seed: int) -> Iterator[SkeletonClip]:
    """Return so many sets of the same exercises with the error model's errors."""
    return skeleton_clips(clips, seed=seed, exercises=EXERCISES, held_out=True)


def _errors_of(clip: SkeletonClip) -> tuple[Floats, Floats, Floats]:
    """Return the times, by what the cleaned keypoints of a made-up set are off, and the truth."""
    return clip.t, _off(reported(clip.t, clip).xy, clip.true_xy), clip.true_xy


def pairs(t: Floats, off: Floats, true_xy: Floats) -> Floats:
    """Return pairs of frames of a clip by keypoint below the head, (3, N).

    How far it moved on the body, how much later that was and how far apart its errors are.
    """
    one, other = np.triu_indices(len(t), 1)
    if len(one) > _PAIRS_OF_CLIP:
        kept = np.random.default_rng(0).choice(len(one), _PAIRS_OF_CLIP, replace=False)
        one, other = one[kept], other[kept]
    body = slice(KEYPOINT_INDEX["left_shoulder"], None)
    place = place_on_body(true_xy)[:, body]
    moved = np.linalg.norm(place[one] - place[other], axis=2)
    apart = np.linalg.norm(off[one, body] - off[other, body], axis=2)
    later = np.broadcast_to((t[other] - t[one])[:, None], moved.shape)
    known = np.isfinite(apart)
    return np.stack([moved[known], later[known], apart[known]])


def apart_by(of_clips: Sequence[Floats]) -> Floats:
    """Return how far apart errors are in the median, by time and movement; NaN of too few pairs."""
    moved, later, apart = np.concatenate(of_clips, axis=1)
    medians = np.full((len(_LATER_S) - 1, len(_MOVED) - 1), np.nan)
    for row, column in np.ndindex(medians.shape):
        chosen = (np.digitize(later, _LATER_S) == row + 1) & (
            np.digitize(moved, _MOVED) == column + 1
        )
        if chosen.sum() >= _ENOUGH_PAIRS:
            medians[row, column] = np.median(apart[chosen])
    return medians


def _table_of(apart: dict[str, Floats]) -> Table:
    title = "How far apart two errors are, in thousandths of the body: filmed / modelled"
    table = Table("moved", *(f"{a:g}-{b:g}" for a, b in pairwise(_MOVED)), title=title)
    for row, (start, end) in enumerate(pairwise(_LATER_S)):
        cells = zip(*(1000 * values[row] for values in apart.values()), strict=True)
        table.add_row(
            f"{start:g}-{end:g} s", *(" / ".join(f"{value:.0f}" for value in of) for of in cells)
        )
    return table


def _per_mille(values: Floats) -> list[list[float | None]]:
    return [[None if np.isnan(v) else round(1000 * v, 1) for v in row] for row in values.tolist()]


def clip_share(clips: Sequence[Floats]) -> float:
    """Return the share of the variance between the columns of clips, (T, K) each, NaN left out.

    Each column is a keypoint in a clip; values become normal scores over all of them first.
    """
    columns = [column[np.isfinite(column)] for clip in clips for column in clip.T]
    columns = [column for column in columns if len(column) >= _ENOUGH_FRAMES]
    values = np.concatenate(columns)
    scores = norm.ppf(rankdata(values) / (len(values) + 1))
    parts = np.split(scores, np.cumsum([len(column) for column in columns])[:-1])
    between = np.var([part.mean() for part in parts])
    within = np.mean([part.var() for part in parts])
    return float(between / (between + within))


if __name__ == "__main__":
    typer.run(main)
