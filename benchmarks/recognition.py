"""What each ingredient brings to recognising the exercise, and how long recognising takes.

    python -m benchmarks.recognition CLIPS [--manifest CSV] [--keypoints EXERCISE=FOLDER ...]

Every arm is cross-validated in the same folds of groups (same person or footage); the arms differ
from the shipped settings in what their name says. ``benchmarks/recognition_groups.csv`` groups the
clips of the public sets named in the model card.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Annotated, Final

import numpy as np
import torch
import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from pipeline.classify.augment import Augmentation
from pipeline.classify.dataset import choose_classes, find_clips, load_clips, load_openpose
from pipeline.classify.evaluate import cross_validate
from pipeline.classify.extract import pose_cache
from pipeline.classify.recognise import probabilities
from pipeline.classify.synthesize import made_up_lifters
from pipeline.classify.train import Source, TrainingSettings
from pipeline.classify.weights import SHIPPED, load
from pipeline.pose.track import PoseTrack
from references.exercises import exercises

_PAPERS_ALONE: Final = Augmentation(
    behind=False, shortest_s=0, warp=0, rotate_deg=0, stretch=0, noise=0, hide=0
)


@dataclass(frozen=True, slots=True)
class Arm:
    """One way of training: the settings, and which movement besides the clips."""

    settings: TrainingSettings
    made_up: bool = True
    stored_keypoints: bool = True


def _arms(seed: int) -> dict[str, Arm]:
    shipped = TrainingSettings(seed=seed)
    return {
        "shipped": Arm(shipped),
        "no made-up lifters": Arm(shipped, made_up=False),
        "no stored keypoints": Arm(shipped, stored_keypoints=False),
        "clips alone": Arm(shipped, made_up=False, stored_keypoints=False),
        "the paper's augmentation alone": Arm(replace(shipped, augmentation=_PAPERS_ALONE)),
        "no attention": Arm(replace(shipped, attention=False)),
    }


def main(
    clips: Annotated[Path, typer.Argument(exists=True, file_okay=False)],
    manifest: Annotated[Path | None, typer.Option(help="The groups of the clips.")] = None,
    cache: Annotated[Path, typer.Option(help="Where poses are kept.")] = Path("poses"),
    keypoints: Annotated[list[str] | None, typer.Option(metavar="EXERCISE=FOLDER")] = None,
    arm: Annotated[list[str] | None, typer.Option(help="Only these arms.")] = None,
    folds: Annotated[int, typer.Option(min=2)] = 10,
    seed: int = 0,
) -> None:
    """Cross-validate every arm and time the shipped network."""
    torch.set_num_threads(1)
    console = Console(stderr=True)
    found = {}
    with Progress(console=console) as bar:
        task = bar.add_task("", total=None)

        def report(what: str, done: int, total: int) -> None:
            bar.update(task, description=what, completed=done, total=total)

        examples, _ = load_clips(find_clips(clips, manifest), pose_cache(cache), report)
        classes = choose_classes(examples)
        lifters: tuple[Source, ...] = made_up_lifters(e.label for e in examples)
        stored: tuple[Source, ...] = ()
        for pair in keypoints or ():
            exercise, _, folder = pair.partition("=")
            stored += load_openpose(Path(folder), exercise)
        for name, chosen in _arms(seed).items():
            if arm and name not in arm:
                continue
            sources = lifters if chosen.made_up else ()
            sources += stored if chosen.stored_keypoints else ()
            started = perf_counter()
            evaluation = cross_validate(examples, sources, classes, chosen.settings, folds, report)
            summary = evaluation.summary()
            summary["seconds"] = round(perf_counter() - started)
            found[name] = summary

    table = Table("arm", "with experts", "known", "mean recall", "unknown", "s")
    for name, summary in found.items():
        expert = [summary["classes"][c] for c in classes if c in exercises()]
        right, total = (sum(column) for column in zip(*expert, strict=True))
        table.add_row(
            name,
            f"{right} of {total}",
            f"{summary['right']} of {summary['clips']}",
            f"{summary['mean_recall']:.1%}",
            f"{summary['unknown_right']} of {summary['unknown_clips']}",
            str(summary["seconds"]),
        )
    Console().print(table)
    timings = _timings([example.track for example in examples])
    typer.echo(json.dumps({"seed": seed, "arms": found, **timings}))


def _timings(tracks: list[PoseTrack]) -> dict[str, float]:
    """Return milliseconds of loading the shipped weights and of one clip, one thread."""
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
