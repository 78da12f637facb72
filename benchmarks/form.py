"""How near the judgement of form comes to the truth, from wherever the phone stands.

    python -m benchmarks.form [--quick] [--clips N] [--seed S] [--work DIR]
                              [--keypoints DIR] [--real CLIPS --poses DIR]

Renders sets of the four exercises by bodies, in clothes and in rooms that nothing learned from,
from every side and three heights, through main and wide cameras; half of them have one fault, 15°
beyond its limit. Each goes through the whole analysis with its exercise given, and what the report
says is compared with the truth. Three arms show where errors come from: the same keypoints with
their lens calibrated, the true keypoints without a pose network, and angles as they are drawn in
the picture. Clips are kept in ``--work`` and used again.

``--keypoints`` also judges curls labelled good or bad (OpenPose sequences, like
``bicep_good_1.npy``); ``--real`` lists what is said of real clips, one folder per exercise, whose
poses are kept in ``--poses``. The last line is one JSON object.
"""

import json
import tempfile
from pathlib import Path
from typing import Annotated, Any, Final

import numpy as np
import typer
from rich.console import Console
from rich.progress import track as progress
from rich.table import Table

from benchmarks.form_scores import Facts, Result, Share, compared, said
from benchmarks.form_sets import EXERCISES, Case, camera_of, cases, filmed
from benchmarks.form_tables import show
from benchmarks.labels import labelled_repetitions
from pipeline.analysis import Settings, analyze, load_network, rejudge
from pipeline.camera import Camera
from pipeline.classify.dataset import load_openpose
from pipeline.classify.extract import pose_cache
from pipeline.errors import ClipError
from pipeline.pose.smooth import smooth
from pipeline.pose.track import PoseTrack
from pipeline.report import ClipFacts
from references.lens import Lens

_QUICK_CLIPS: Final = 20

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
    poses: Annotated[Path, typer.Option(help="Where real clips' poses are kept.")] = Path("poses"),
) -> None:
    """Measure."""
    console = Console(width=150)
    watched = progress(
        cases(_QUICK_CLIPS if quick else clips, seed), "sets", console=Console(stderr=True)
    )
    load_network(Settings())
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        results = [measured(case, work, scratch) for case in watched]
        figures = {**show(console, results), "clips": len(results), "seed": seed}
        if keypoints:
            figures["labelled_curls"] = _labelled_curls(console, keypoints, scratch)
        if real:
            figures["real_clips"] = _real_clips(console, real, poses, scratch)
    print(json.dumps(figures))


def measured(case: Case, work: Path, scratch: Path) -> Result:
    """Return what is said of a set beside the truth, filming it unless that is done."""
    clip = filmed(case, work)
    truth = json.loads(clip.with_suffix(".json").read_text(encoding="utf-8"))
    try:
        analyze(clip, scratch, exercise=case.exercise, save_poses=True)
    except ClipError:
        return Result(case, truth, None)
    report = _read(scratch)
    seen = PoseTrack.load(scratch / "poses.npz")
    lens = Lens(**truth["camera"]["lens"])
    with_camera = _judged(seen, case.exercise, scratch, camera_of(lens))
    perfect = _true_track(truth, lens)
    without_network = _judged(perfect, case.exercise, scratch)
    return Result(
        case,
        truth,
        report,
        told=tuple(compared(truth, report, seen)),
        calibrated=tuple(compared(truth, with_camera, seen)),
        from_truth=tuple(compared(truth, without_network, perfect)),
    )


def _true_track(truth: Facts, lens: Lens) -> PoseTrack:
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


def _judged(seen: PoseTrack, exercise: str, scratch: Path, camera: Camera | None = None) -> Facts:
    """Return the report on a track, its exercise given."""
    path = scratch / "track.npz"
    seen.save(path)
    seconds = float(seen.t[-1])
    frames = len(seen)
    facts = ClipFacts(seconds, frames / seconds, seen.width, seen.height, frames, frames)
    rejudge(path, facts, scratch, exercise=exercise, camera=camera)
    return _read(scratch)


def _read(folder: Path) -> Facts:
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    # What a report lacks is not told.
    for repetition in report["repetitions"]:
        for name in ("low_deg", "high_deg"):
            repetition.setdefault(name, {"start": {}, "turn": {}})
    told: Facts = {"view": None, "faults": [], "faults_not_judged": [], **report}
    return told


def _labelled_curls(console: Console, folder: Path, scratch: Path) -> dict[str, Any]:
    """Judge curls whose file name says whether they are good; print each with what was said."""
    table = Table(
        "curl", "repetitions", "what was said", "not said of", "fits", title="Labelled curls"
    )
    fits: dict[str, list[bool]] = {"good": [], "bad": []}
    for example in load_openpose(folder, _CURL):
        report = _judged(smooth(example.track), _CURL, scratch)
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


def _real_clips(console: Console, folder: Path, poses: Path, scratch: Path) -> dict[str, int]:
    """Print what is said of each real clip of the four exercises."""
    cache = pose_cache(poses)
    labels = labelled_repetitions(folder / "manifest.csv")
    table = Table("clip", "view", "repetitions", "label", "what was said", title="Real clips")
    corrected = clips = 0
    for clip in (clip for name in EXERCISES for clip in sorted((folder / name).glob("*.*"))):
        report = _judged(cache.track(clip), clip.parent.name, scratch)
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
