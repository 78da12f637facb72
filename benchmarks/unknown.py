"""Whether the network knows what it does not know.

    python -m benchmarks.unknown CLIPS [--manifest CSV] [--strange FOLDER ...]

The score of a track is the probability of its most probable exercise. A good score is high for
clips of known exercises (judged by networks that saw nothing of their group) and low for

* every real exercise in turn, judged by a network that was taught everything but it: neither its
  clips nor its synthetic sets (left-out classes);
* ``--strange``: folders of OpenPose sequences of exercises that the network does not have;
* synthetic pastimes (standing, sitting, walking, nameless exercises) of other seeds.

The AUROC is the probability that a known clip scores higher than an unknown one.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Annotated, Final

import numpy as np
import numpy.typing as npt
import torch
import typer
from rich.console import Console
from rich.table import Table

from bot.cli.console import Report, progress_bar
from pipeline.classify.calibration import separation
from pipeline.classify.curriculum import Curriculum, plan
from pipeline.classify.dataset import (
    MIN_CLIPS,
    UNKNOWN,
    Example,
    find_clips,
    load_clips,
    load_openpose,
)
from pipeline.classify.evaluate import cross_validate
from pipeline.classify.extract import pose_cache
from pipeline.classify.lessons import Lessons
from pipeline.classify.recognise import Recogniser, probabilities
from pipeline.classify.runs import Runs, fingerprint
from pipeline.classify.synthesize import pastime_sets
from pipeline.classify.train import TrainingSettings, recogniser_of, train
from pipeline.classify.weights import SHIPPED, load

Floats = npt.NDArray[np.float64]

_HELD_OUT_SEED: Final = 1_000_000
_PASTIMES: Final = 300


def main(
    clips: Annotated[Path, typer.Argument(exists=True, file_okay=False)],
    manifest: Annotated[Path | None, typer.Option(help="The groups of the clips.")] = None,
    cache: Annotated[Path, typer.Option(help="Where poses are kept.")] = Path("poses"),
    strange: Annotated[list[Path] | None, typer.Option(help="OpenPose sequences.")] = None,
    folds: Annotated[int, typer.Option(min=2)] = 5,
    members: Annotated[int, typer.Option(min=1)] = 1,
    seed: int = 0,
    results: Annotated[Path, typer.Option(help="Keeps finished trainings.")] = Path("results"),
) -> None:
    """Compare the scores of known clips with those of everything unknown."""
    torch.set_num_threads(1)
    settings = TrainingSettings(members=members, seed=seed)
    runs = Runs(results)
    with progress_bar(Console(stderr=True)) as report:
        examples, _ = load_clips(find_clips(clips, manifest), pose_cache(cache), report)
        curriculum = plan(
            examples,
            (),
            synthetic=True,
            augmentation=settings.augmentation,
            seed=seed,
            progress=report,
        )
        evaluation = cross_validate(
            curriculum.clips, curriculum.others, curriculum.classes, settings, folds, runs, report
        )
        known = _surest(evaluation.raw, curriculum.classes)
        counts = Counter(e.label for e in examples)
        left_out = {
            name: _left_out(name, curriculum, settings, runs, report)
            for name, count in sorted(counts.items())
            if count >= MIN_CLIPS and name in curriculum.classes
        }
        pastimes = pastime_sets(_PASTIMES, seed=_HELD_OUT_SEED, progress=report)
    shipped = load(SHIPPED)
    scores = {f"without {name}": values for name, values in left_out.items()}
    scores["all left-out classes"] = np.concatenate(list(left_out.values()))
    for folder in strange or ():
        scores[folder.name] = _scores(shipped, load_openpose(folder, UNKNOWN))
    scores["pastimes"] = _scores(shipped, pastimes)
    table = Table("unknown", "tracks", "AUROC", "median score", "above 50 %")
    figures = {}
    for name, values in scores.items():
        figures[name] = round(separation(known, values), 4)
        cells = (f"{np.median(values):.2f}", f"{(values > 0.5).mean():.0%}")
        table.add_row(name, str(len(values)), f"{figures[name]:.3f}", *cells)
    table.add_section()
    cells = (f"{np.median(known):.2f}", f"{(known > 0.5).mean():.0%}")
    table.add_row("known clips", str(len(known)), "", *cells)
    Console().print(table)
    typer.echo(json.dumps({"seed": seed, "auroc": figures}))


def _left_out(
    name: str, curriculum: Curriculum, settings: TrainingSettings, runs: Runs, report: Report
) -> Floats:
    """Return the scores of an exercise's clips from a network that never saw the exercise."""
    classes = tuple(c for c in curriculum.classes if c != name)
    kinds = [_less(kind, name) for kind in (curriculum.clips, *curriculum.others)]
    strangers = [e for e in curriculum.clips.examples if e.label == name]

    def judge() -> list[list[float]]:
        recogniser = recogniser_of(train(kinds, classes, settings, report), classes)
        return [probabilities(recogniser, e.track).tolist() for e in strangers]

    data = [fingerprint(kind.examples) for kind in kinds]
    shares = runs.result(f"without-{name}", (data, classes, settings), judge)
    return _surest(np.array(shares), classes)


def _less(kind: Lessons, name: str) -> Lessons:
    return kind.without([i for i, e in enumerate(kind.examples) if e.label == name])


def _scores(recogniser: Recogniser, examples: tuple[Example, ...]) -> Floats:
    shares = np.stack([probabilities(recogniser, e.track) for e in examples])
    return _surest(shares, recogniser.classes)


def _surest(shares: Floats, classes: tuple[str, ...]) -> Floats:
    """Return the probability of the most probable exercise, (N,)."""
    exercises = [number for number, name in enumerate(classes) if name != UNKNOWN]
    return np.asarray(shares[:, exercises].max(axis=1))


if __name__ == "__main__":
    typer.run(main)
