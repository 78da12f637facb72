"""Whether the network knows what it does not know.

    python -m benchmarks.unknown CLIPS [--manifest CSV] [--strange FOLDER ...]

The score of a track is how sure the network is of its most probable exercise, those that look like
it included: what the bot decides by. A good score is high for clips of known exercises, judged by
networks that saw nothing of their group, and low for

* every real exercise in turn, judged by a network that was taught everything but it: neither its
  clips nor its synthetic sets (left-out classes); and once more by one that was not taught what
  looks like it either, because whoever knows hammer curls is right to see one in a curl;
* ``--strange``: folders of OpenPose sequences of exercises that the network does not have;
* synthetic pastimes (standing, sitting, walking, nameless exercises) and exercises that are none of
  ours, of other seeds than those taught as unknown.

The left-out classes need many trainings: these are committees of narrow networks, taught for fewer
``--steps``, and so are those whose known clips they are compared with. The shipped network
judges the rest, against the known clips of its own cross-validation. The AUROC is the probability
that a known clip scores higher than an unknown one.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

import numpy as np
import numpy.typing as npt
import torch
import typer
from rich.console import Console
from rich.table import Table

from bot.cli.console import Report, progress_bar
from pipeline.classify import look_alike, ranked, sureness
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
from pipeline.classify.evaluate import Evaluation, cross_validate
from pipeline.classify.extract import pose_cache
from pipeline.classify.lessons import Lessons
from pipeline.classify.recognise import (
    Recogniser,
    answer,
    probabilities,
    tempered,
    with_the_commoner_first,
)
from pipeline.classify.runs import Runs, fingerprint
from pipeline.classify.synthesize import pastime_sets, stranger_sets
from pipeline.classify.train import TrainingSettings, recogniser_of, train
from pipeline.classify.weights import SHIPPED, load

Floats = npt.NDArray[np.float64]

_HELD_OUT_SEED: Final = 1_000_000
_PASTIMES: Final = 300

_NARROW: Final = 128
"""Channels of the networks that are taught without an exercise."""


def main(
    clips: Annotated[Path, typer.Argument(exists=True, file_okay=False)],
    manifest: Annotated[Path | None, typer.Option(help="The groups of the clips.")] = None,
    cache: Annotated[Path, typer.Option(help="Where poses are kept.")] = Path("poses"),
    strange: Annotated[list[Path] | None, typer.Option(help="OpenPose sequences.")] = None,
    folds: Annotated[int, typer.Option(min=2)] = 5,
    steps: Annotated[int, typer.Option(help="Batches each network is taught.", min=2)] = 1000,
    seed: int = 0,
    results: Annotated[Path, typer.Option(help="Keeps finished trainings.")] = Path("results"),
) -> None:
    """Compare the scores of known clips with those of everything unknown."""
    torch.set_num_threads(1)
    settings = TrainingSettings(seed=seed)
    brief = replace(settings, hidden=_NARROW, steps=steps)
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
        judged, judged_briefly = (
            cross_validate(*_parts(curriculum), s, folds, runs, report) for s in (settings, brief)
        )
        counts = Counter(e.label for e in examples)
        names = [n for n in curriculum.classes if counts[n] >= MIN_CLIPS and n != UNKNOWN]
        alone = {name: _left_out(name, {name}, curriculum, brief, runs, report) for name in names}
        families = {
            name: alone[name]
            if len(family := _family(name, curriculum.classes)) == 1
            else _left_out(name, family, curriculum, brief, runs, report)
            for name in names
        }
        pastimes = pastime_sets(_PASTIMES, seed=_HELD_OUT_SEED, progress=report)
        strangers = stranger_sets(_PASTIMES, seed=_HELD_OUT_SEED, progress=report)
    shipped = load(SHIPPED)
    others = {f.name: _scores(shipped, load_openpose(f, UNKNOWN)) for f in strange or ()}
    others["pastimes"] = _scores(shipped, pastimes)
    others["none of ours, synthetic"] = _scores(shipped, strangers)
    known = _known(judged, shipped.temperature)
    known_briefly = _known(judged_briefly, 1.0)
    left_out = {f"without {name}": scores for name, scores in alone.items()}
    left_out |= {
        f"without {name} and what looks like it": scores
        for name, scores in families.items()
        if scores is not alone[name]
    }
    left_out["all left out alone"] = np.concatenate(list(alone.values()))
    left_out["all left out with what looks like them"] = np.concatenate(list(families.values()))
    table = Table("unknown", "tracks", "AUROC", "median score", "above 50 %")
    figures = {}
    for inside, outside in ((known_briefly, left_out), (known, others)):
        for name, values in outside.items():
            figures[name] = round(separation(inside, values), 4)
            table.add_row(name, str(len(values)), f"{figures[name]:.3f}", *_spread(values))
        table.add_section()
    table.add_row(
        "known clips, taught briefly", str(len(known_briefly)), "", *_spread(known_briefly)
    )
    table.add_row("known clips", str(len(known)), "", *_spread(known))
    Console().print(table)
    typer.echo(json.dumps({"seed": seed, "steps": steps, "auroc": figures}))


def _parts(curriculum: Curriculum) -> tuple[Lessons, tuple[Lessons, ...], tuple[str, ...]]:
    return curriculum.clips, curriculum.others, curriculum.classes


def _known(evaluation: Evaluation, temperature: float) -> Floats:
    """Return the scores of the clips of known exercises."""
    known = [i for i, e in enumerate(evaluation.examples) if e.label in evaluation.classes]
    return _surest(tempered(evaluation.raw[known], temperature), evaluation.classes)


def _spread(values: Floats) -> tuple[str, str]:
    return f"{np.median(values):.2f}", f"{(values > 0.5).mean():.0%}"


def _family(name: str, classes: Iterable[str]) -> frozenset[str]:
    return frozenset(c for c in classes if look_alike(name, c))


def _left_out(
    name: str,
    untaught: Collection[str],
    curriculum: Curriculum,
    settings: TrainingSettings,
    runs: Runs,
    report: Report,
) -> Floats:
    """Return the scores of an exercise's clips from a network that never saw what is untaught."""
    classes = tuple(c for c in curriculum.classes if c not in untaught)
    kinds = [_less(kind, untaught) for kind in (curriculum.clips, *curriculum.others)]
    strangers = [e for e in curriculum.clips.examples if e.label == name]

    def judge() -> list[list[float]]:
        recogniser = recogniser_of(train(kinds, classes, settings, report), classes)
        return [answer(recogniser, e.track).tolist() for e in strangers]

    data = [fingerprint(kind.examples) for kind in kinds]
    shares = runs.result(f"without-{name}", (data, classes, settings), judge)
    return _surest(with_the_commoner_first(np.array(shares), classes), classes)


def _less(kind: Lessons, untaught: Collection[str]) -> Lessons:
    return kind.without([i for i, e in enumerate(kind.examples) if e.label in untaught])


def _scores(recogniser: Recogniser, examples: tuple[Example, ...]) -> Floats:
    shares = np.stack([probabilities(recogniser, e.track) for e in examples])
    return _surest(shares, recogniser.classes)


def _surest(shares: Floats, classes: tuple[str, ...]) -> Floats:
    """Return how sure the most probable exercise is, (N,)."""
    return np.array([sureness(ranked(classes, row)) for row in shares])


if __name__ == "__main__":
    typer.run(main)
