"""How near the judgement of form comes to the truth, from wherever the phone stands.

    python -m benchmarks.form [--quick] [--clips N] [--seed S] [--work DIR] [--poses DIR]
                              [--keypoints DIR] [--real CLIPS]

Renders sets of the four exercises by bodies, in clothes and in rooms that nothing learned from,
from every side and three heights, through main and wide cameras; half of them have one fault, 15°
beyond its limit. Each is watched by the pose network and judged with its exercise given, and what
is said of it is compared with the truth. Three arms show where errors come from: the same keypoints
with their lens calibrated, the true keypoints without a pose network, and angles as they are drawn
in the picture. Clips are kept in ``--work``, their poses in ``--poses``, and used again.

``--keypoints`` also judges curls labelled good or bad (OpenPose sequences, like
``bicep_good_1.npy``); ``--real`` lists what is said of real clips, one folder per exercise. The
last line is one JSON object.
"""

import json
import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final

import numpy as np
import typer
from rich.console import Console
from rich.progress import track as progress
from rich.table import Table

from benchmarks.form_scores import Facts, Result, Share, compared, said
from benchmarks.form_sets import EXERCISES, Case, cases, filmed
from benchmarks.form_tables import show
from benchmarks.labels import labelled_repetitions
from pipeline.camera import Camera
from pipeline.classify.dataset import PoseCache, load_openpose
from pipeline.classify.extract import pose_cache
from pipeline.errors import ClipError
from pipeline.judge import judge
from pipeline.pose.smooth import smooth
from pipeline.pose.track import PoseTrack
from pipeline.space.examine import camera_of
from references.lens import Lens

_QUICK_CLIPS: Final = 32

# How sure a network may be of keypoints that are seen, and of those that it only guesses.
_SURE, _GUESSED = 0.95, 0.2

_CURL: Final = "barbell_biceps_curl"


def main(
    clips: Annotated[int, typer.Option(min=1, max=2000, help="How many to render.")] = 144,
    seed: Annotated[int, typer.Option(min=0, help="Other seeds give other sets.")] = 0,
    quick: Annotated[bool, typer.Option("--quick", help=f"{_QUICK_CLIPS} clips.")] = False,
    work: Annotated[Path, typer.Option(help="Where rendered clips are kept.")] = Path("form-clips"),
    keypoints: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, help="Curls, good and bad.")
    ] = None,
    real: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, help="Real clips.")
    ] = None,
    poses: Annotated[Path, typer.Option(help="Where clips' poses are kept.")] = Path("poses"),
) -> None:
    """Measure."""
    console = Console(width=150)
    cache = pose_cache(poses)
    results = _measured(cases(_QUICK_CLIPS if quick else clips, seed), work, cache)
    figures = {**show(console, results), "clips": len(results), "seed": seed}
    if keypoints:
        figures["labelled_curls"] = _labelled_curls(console, keypoints)
    if real:
        figures["real_clips"] = _real_clips(console, real, cache)
    print(json.dumps(figures))


def _measured(dealt: Sequence[Case], work: Path, cache: PoseCache) -> list[Result]:
    """Return what is said of sets beside the truth, filming as many at once as there are cores."""
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(mp_context=spawned) as pool:
        clips = pool.map(partial(filmed, work=work), dealt)
        watched = progress(
            zip(dealt, clips, strict=True), "sets", len(dealt), console=Console(stderr=True)
        )
        return [measured(case, clip, cache) for case, clip in watched]


def measured(case: Case, clip: Path, cache: PoseCache) -> Result:
    """Return what is said of a filmed set beside the truth."""
    truth = json.loads(clip.with_suffix(".json").read_text(encoding="utf-8"))
    try:
        seen = cache.track(clip)
    except ClipError:
        return Result(case, truth, None)
    told = judged(seen, case.exercise)
    lens = Lens(**truth["camera"]["lens"])
    with_camera = judged(seen, case.exercise, camera_of(lens))
    perfect = true_track(truth, lens)
    without_network = judged(perfect, case.exercise)
    return Result(
        case,
        truth,
        told,
        told=tuple(compared(truth, told, seen)),
        calibrated=tuple(compared(truth, with_camera, seen)),
        from_truth=tuple(compared(truth, without_network, perfect)),
    )


def true_track(truth: Facts, lens: Lens) -> PoseTrack:
    """Return what a pose network without error sees; what lies outside the picture it does not."""
    xy = np.array(truth["xy"], np.float32)
    inside = np.all((xy >= 0) & (xy < (lens.width, lens.height)), axis=2)
    conf = np.where(truth["visible"], _SURE, _GUESSED).astype(np.float32)
    return PoseTrack(
        np.linspace(0, truth["seconds"], len(xy)),
        np.where(inside[..., None], xy, np.float32(np.nan)),
        np.where(inside, conf, np.float32(0)),
        lens.width,
        lens.height,
    )


def judged(seen: PoseTrack, exercise: str, camera: Camera | None = None) -> Facts:
    """Return what a report says of a track, its exercise given."""
    verdict = judge(seen, exercise=exercise, camera=camera)
    return {
        "repetitions": [asdict(each) for each in verdict.repetitions],
        "deviations": [asdict(each) for each in verdict.deviations],
        "faults": [asdict(each) for each in verdict.faults],
        "faults_not_judged": verdict.faults_not_judged,
        "not_judged": verdict.not_judged,
        "view": verdict.view and asdict(verdict.view),
        "judging_s": sum(verdict.timings_s.values()),
    }


def _labelled_curls(console: Console, folder: Path) -> dict[str, Any]:
    """Judge curls whose file name says whether they are good; print each with what was said."""
    table = Table(
        "curl", "repetitions", "what was said", "not said of", "fits", title="Labelled curls"
    )
    fits: dict[str, list[bool]] = {"good": [], "bad": []}
    for example in load_openpose(folder, _CURL):
        report = judged(smooth(example.track), _CURL)
        name = Path(example.name).stem
        label = "good" if "good" in name else "bad"
        corrections = said(report)
        fits[label].append(bool(corrections) == (label == "bad"))
        table.add_row(
            name,
            str(len(report["repetitions"])),
            "; ".join(corrections),
            str(len(report["not_judged"])),
            "yes" if fits[label][-1] else "NO",
        )
    console.print(table)
    shares = {label: Share(sum(right), len(right)) for label, right in fits.items()}
    for label, share in shares.items():
        console.print(f"{label} curls judged so: {share}")
    return {label: share.count for label, share in shares.items()}


def _real_clips(console: Console, folder: Path, cache: PoseCache) -> dict[str, int]:
    """Print what is said of each real clip of the four exercises."""
    labels = labelled_repetitions(folder / "manifest.csv")
    table = Table("clip", "view", "repetitions", "label", "what was said", title="Real clips")
    corrected = clips = 0
    for clip in (clip for name in EXERCISES for clip in sorted((folder / name).glob("*.*"))):
        report = judged(cache.track(clip), clip.parent.name)
        corrections = said(report)
        clips, corrected = clips + 1, corrected + bool(corrections)
        view = report["view"]
        name = clip.relative_to(folder).as_posix()
        table.add_row(
            name,
            f"{view['azimuth_deg']:.0f}°, {view['elevation_deg']:+.0f}°" if view else "-",
            str(len(report["repetitions"])),
            f"{labels[name]:g}" if name in labels else "",
            "\n".join(corrections),
        )
    console.print(table)
    return {"clips": clips, "corrected": corrected}


if __name__ == "__main__":
    typer.run(main)
