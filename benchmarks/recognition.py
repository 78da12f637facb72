"""What each ingredient brings to recognising the exercise, and how long recognising takes.

    python -m benchmarks.recognition CLIPS [--manifest CSV] [--keypoints EXERCISE=FOLDER ...]

Every arm is cross-validated in the same folds of groups (same person or footage). "shipped" is the
network as ``gymbrain train`` makes it; the others are one network, smaller and taught for fewer
steps, with what their name says left out or put in its place. "synthetic alone" is one training
without any clip. ``benchmarks/recognition_groups.csv`` groups the clips of the public sets named in
the model card. The shipped network is then asked about synthetic sets of other bodies and seeds
than it was taught with.
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

from benchmarks import recognition_synthetic as held_out
from bot.cli.console import Report, progress_bar
from pipeline.classify.augment import Augmentation
from pipeline.classify.curriculum import Curriculum, plan
from pipeline.classify.dataset import Example, find_clips, load_clips, load_openpose
from pipeline.classify.evaluate import Evaluation, cross_validate
from pipeline.classify.extract import pose_cache
from pipeline.classify.recognise import answer, probabilities, with_the_commoner_first
from pipeline.classify.runs import Runs, fingerprint
from pipeline.classify.train import TrainingSettings, recogniser_of, train
from pipeline.classify.weights import SHIPPED, load
from pipeline.pose.track import PoseTrack

FOUR: Final = ("barbell_biceps_curl", "bench_press", "lat_pulldown", "tricep_pushdown")
"""The exercises of the paper."""

_PAPERS_ALONE: Final = Augmentation(
    behind=False,
    shortest_s=0,
    warp=0,
    rotate_deg=0,
    rotate_lying_deg=0,
    stretch=0,
    noise=0,
    hide=0,
)
# A hair's breadth: what is outside the picture must go, which may be anywhere before a close phone.
_NONE: Final = replace(_PAPERS_ALONE, translate_px=0.001, mirror=False)

_NARROW: Final = 128
_BRIEFLY: Final = 1000
"""Channels and steps of the networks that are compared with each other."""


@dataclass(frozen=True, slots=True)
class Arm:
    """One way of training: the settings, and which movement besides the clips."""

    settings: TrainingSettings
    synthetic: bool = True
    clips: bool = True


def _arms(seed: int) -> dict[str, Arm]:
    shipped = TrainingSettings(seed=seed)
    brief = replace(shipped, members=1, hidden=_NARROW, steps=_BRIEFLY)
    gru = replace(brief, architecture="gru", hidden=256, dropout=0.25, learning_rate=1e-3)
    return {
        "shipped": Arm(shipped),
        "one small network, taught briefly": Arm(brief),
        "clips alone": Arm(brief, synthetic=False),
        "synthetic alone": Arm(brief, clips=False),
        "the paper's augmentation alone": Arm(replace(brief, augmentation=_PAPERS_ALONE)),
        "no augmentation": Arm(replace(brief, augmentation=_NONE)),
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
        answers = held_out.ask(
            load(SHIPPED), held_out.HELD_OUT_SEED, held_out.HELD_OUT_SETS, report
        )
    Console().print(_table(found), held_out.table(answers))
    timings = _timings([example.track for example in examples])
    typer.echo(json.dumps({"seed": seed, "arms": found, **held_out.summary(answers), **timings}))


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
        return [answer(recogniser, e.track).tolist() for e in examples]

    data = [fingerprint(kind.examples) for kind in (curriculum.clips, *curriculum.others)]
    raw = runs.result("synthetic-alone", (data, classes, settings), judge)
    shares = with_the_commoner_first(np.array(raw), classes)
    return Evaluation(examples, classes, shares, np.zeros(len(examples), np.int64))


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
