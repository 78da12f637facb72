"""How much of a keypoint's error, and of its confidence, stays the same throughout a clip.

    python -m benchmarks.keypoint_shares [--clips N] [--seed S] [--work DIR] [--poses DIR]

Films sets as ``benchmarks.form`` does and watches them with the pose network. Errors and
confidences of each kind of keypoint become normal scores, whose variance is told apart into that
between clips and that within them. The error model of the keypoint sequences is built with these
shares; measure them on other seeds than those of the form benchmark. The last line is one JSON
object.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import numpy as np
import numpy.typing as npt
import typer
from rich.console import Console
from rich.progress import track as progress
from rich.table import Table
from scipy.stats import norm, rankdata

from benchmarks.form_sets import cases, filmed
from pipeline.classify.extract import pose_cache
from pipeline.pose.track import PoseTrack
from references.skeleton import KEYPOINT_KINDS, KIND_OF_KEYPOINT
from references.synthetic.error_model import body_size

Floats = npt.NDArray[np.float64]

# A keypoint that was found in fewer frames says nothing of its clip.
_ENOUGH_FRAMES: Final = 10


def main(
    clips: Annotated[int, typer.Option(min=2, help="How many to film.")] = 12,
    seed: Annotated[int, typer.Option(min=0, help="Other seeds give other sets.")] = 100,
    work: Annotated[Path, typer.Option(help="Where rendered clips are kept.")] = Path("form-clips"),
    poses: Annotated[Path, typer.Option(help="Where clips' poses are kept.")] = Path("poses"),
) -> None:
    """Measure."""
    console = Console(width=100)
    cache = pose_cache(poses)
    errors, confidences = [], []
    for case in progress(cases(clips, seed), "sets", console=Console(stderr=True)):
        clip = filmed(case, work)
        truth = json.loads(clip.with_suffix(".json").read_text(encoding="utf-8"))
        seen = cache.track(clip)
        errors.append(_errors(seen, np.array(truth["xy"]), truth["seconds"]))
        confidences.append(seen.conf.astype(np.float64))
    table = Table("keypoint", "error", "confidence", title="Share of the variance between clips")
    shares = []
    for number, kind in enumerate(KEYPOINT_KINDS):
        own = [i for i, kind_of in enumerate(KIND_OF_KEYPOINT) if kind_of == number]
        shares.append([clip_share([clip[:, own] for clip in of]) for of in (errors, confidences)])
        table.add_row(kind, *(f"{share:.2f}" for share in shares[-1]))
    error, confidence = np.mean(shares, axis=0)
    table.add_row("mean", f"{error:.2f}", f"{confidence:.2f}")
    console.print(table)
    figures = {"clips": clips, "seed": seed, "error": error, "confidence": confidence}
    print(json.dumps({k: round(float(v), 3) for k, v in figures.items()}))


def _errors(seen: PoseTrack, true_xy: Floats, seconds: float) -> Floats:
    """Return how far off keypoints are, (T, 17) in shares of the body's size in the picture."""
    frames = np.rint(seen.t * (len(true_xy) - 1) / seconds).astype(np.intp)
    true = true_xy[frames.clip(0, len(true_xy) - 1)]
    return np.asarray(np.linalg.norm(seen.xy - true, axis=2) / body_size(true)[:, None])


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
