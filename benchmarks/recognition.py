"""What each ingredient brings to recognising the exercise, and how long recognising takes.

    python -m benchmarks.recognition CLIPS [--manifest CSV] [--keypoints EXERCISE=FOLDER ...]

Every arm is cross-validated in the same folds of groups (same person or footage); the arms differ
from the shipped settings in what their name says. "synthetic alone" is one training without any
clip. ``benchmarks/recognition_groups.csv`` groups the clips of the public sets named in the model
card. The shipped network is then asked about synthetic sets of other seeds than it was taught with.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any, Final

import numpy as np
import torch
import typer
from rich.console import Console
from rich.table import Table

from bot.cli.console import Report, progress_bar
from pipeline.classify.augment import Augmentation
from pipeline.classify.calibration import wilson
from pipeline.classify.curriculum import Curriculum, plan
from pipeline.classify.dataset import Example, class_of, find_clips, load_clips, load_openpose
from pipeline.classify.evaluate import Evaluation, cross_validate
from pipeline.classify.extract import pose_cache
from pipeline.classify.recognise import Recogniser, probabilities
from pipeline.classify.runs import Runs, fingerprint
from pipeline.classify.synthesize import synthetic_sets
from pipeline.classify.train import TrainingSettings, recogniser_of, train
from pipeline.classify.weights import SHIPPED, load
from pipeline.pose.track import PoseTrack

FOUR: Final = ("barbell_biceps_curl", "bench_press", "lat_pulldown", "tricep_pushdown")
"""The exercises of the paper."""

_PAPERS_ALONE: Final = Augmentation(
    behind=False, shortest_s=0, warp=0, rotate_deg=0, stretch=0, noise=0, hide=0
)
_NONE: Final = replace(_PAPERS_ALONE, translate_px=0, mirror=False)

# No training uses seeds from here on.
_HELD_OUT_SEED: Final = 1_000_000
_HELD_OUT_SETS: Final = 660


@dataclass(frozen=True, slots=True)
class Arm:
    """One way of training: the settings, and which movement besides the clips."""

    settings: TrainingSettings
    synthetic: bool = True
    clips: bool = True


def _arms(seed: int) -> dict[str, Arm]:
    shipped = TrainingSettings(seed=seed)
    gru = replace(shipped, architecture="gru", hidden=256, members=1, learning_rate=1e-3)
    return {
        "shipped": Arm(shipped),
        "one network instead of three": Arm(replace(shipped, members=1)),
        "clips alone": Arm(shipped, synthetic=False),
        "synthetic alone": Arm(shipped, clips=False),
        "the paper's augmentation alone": Arm(replace(shipped, augmentation=_PAPERS_ALONE)),
        "no augmentation": Arm(replace(shipped, augmentation=_NONE)),
        "the paper's GRU with attention": Arm(gru),
        "the paper's GRU without attention": Arm(replace(gru, attention=False)),
    }


def main(
    clips: Annotated[Path, typer.Argument(exists=True, file_okay=False)],
    manifest: Annotated[Path | None, typer.Option(help="The groups of the clips.")] = None,
    cache: Annotated[Path, typer.Option(help="Where poses are kept.")] = Path("poses"),
    keypoints: Annotated[list[str] | None, typer.Option(metavar="EXERCISE=FOLDER")] = None,
    arm: Annotated[list[str] | None, typer.Option(help="Only these arms.")] = None,
    folds: Annotated[int, typer.Option(min=2)] = 5,
    seed: int = 0,
    results: Annotated[Path, typer.Option(help="Keeps finished folds.")] = Path("results"),
) -> None:
    """Cross-validate every arm, ask the shipped network about synthetic sets, and time it."""
    torch.set_num_threads(1)
    console = Console(stderr=True)
    stored: tuple[Example, ...] = ()
    for pair in keypoints or ():
        exercise, _, folder = pair.partition("=")
        stored += load_openpose(Path(folder), exercise)
    found: dict[str, dict[str, Any]] = {}
    with progress_bar(console) as report:
        examples, _ = load_clips(find_clips(clips, manifest), pose_cache(cache), report)
        for name, chosen in _arms(seed).items():
            if not arm or name in arm:
                evaluation = _evaluate(chosen, examples, stored, folds, Runs(results), report)
                found[name] = evaluation.summary()
        held_out = synthetic_sets(_HELD_OUT_SETS, seed=_HELD_OUT_SEED, progress=report)
    recogniser = load(SHIPPED)
    synthetic = _synthetic(recogniser, held_out)
    Console().print(_table(found))
    timings = _timings([example.track for example in examples])
    typer.echo(json.dumps({"seed": seed, "arms": found, **synthetic, **timings}))


def _evaluate(
    arm: Arm,
    examples: tuple[Example, ...],
    stored: tuple[Example, ...],
    folds: int,
    runs: Runs,
    report: Report,
) -> Evaluation:
    settings = arm.settings
    curriculum = plan(
        examples,
        stored,
        synthetic=arm.synthetic,
        augmentation=settings.augmentation,
        seed=settings.seed,
        progress=report,
    )
    if arm.clips:
        return cross_validate(
            curriculum.clips, curriculum.others, curriculum.classes, settings, folds, runs, report
        )
    return _without_clips(curriculum, settings, runs, report)


def _without_clips(
    curriculum: Curriculum, settings: TrainingSettings, runs: Runs, report: Report
) -> Evaluation:
    examples, classes = curriculum.clips.examples, curriculum.classes

    def judge() -> list[list[float]]:
        committee = train(curriculum.others, classes, settings, report)
        recogniser = recogniser_of(committee, classes)
        return [probabilities(recogniser, e.track).tolist() for e in examples]

    data = [fingerprint(kind.examples) for kind in (curriculum.clips, *curriculum.others)]
    raw = runs.result("synthetic-alone", (data, classes, settings), judge)
    return Evaluation(examples, classes, np.array(raw), np.zeros(len(examples), np.int64))


def _table(found: dict[str, dict[str, Any]]) -> Table:
    table = Table("arm", "four", "all", "95 % interval", "mean recall", "calibration error")
    for name, summary in found.items():
        four = [summary["classes"][c] for c in FOUR if c in summary["classes"]]
        right, total = (sum(column) for column in zip(*four, strict=True))
        table.add_row(
            name,
            f"{right} of {total}",
            f"{summary['right']} of {summary['clips']}",
            f"{summary['low']:.1%} to {summary['high']:.1%}",
            f"{summary['mean_recall']:.1%}",
            f"{summary['calibration_error']:.3f}",
        )
    return table


def _synthetic(recogniser: Recogniser, sets: tuple[Example, ...]) -> dict[str, Any]:
    right = [
        probabilities(recogniser, e.track).argmax() == class_of(e.label, recogniser.classes)
        for e in sets
    ]
    low, high = wilson(sum(right), len(right))
    return {
        "synthetic_right": int(sum(right)),
        "synthetic_sets": len(right),
        "synthetic_low": round(low, 4),
        "synthetic_high": round(high, 4),
    }


def _timings(tracks: list[PoseTrack]) -> dict[str, float]:
    """Return milliseconds of loading the shipped weights and of one clip, one thread."""
    load.cache_clear()
    started = perf_counter()
    recogniser = load(SHIPPED)
    loaded = perf_counter()
    probabilities(recogniser, tracks[0])
    clip_ms = []
    for track in tracks:
        began = perf_counter()
        probabilities(recogniser, track)
        clip_ms.append(1000 * (perf_counter() - began))
    return {
        "load_ms": round(1000 * (loaded - started), 1),
        "clip_ms_median": round(float(np.median(clip_ms)), 1),
        "clip_ms_longest": round(max(clip_ms), 1),
    }


if __name__ == "__main__":
    typer.run(main)
