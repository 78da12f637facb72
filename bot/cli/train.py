"""``gymbrain train`` and ``gymbrain evaluate``: the exercise network, taught and examined."""

import json
import sys
from pathlib import Path
from typing import Annotated, Final

import torch
import typer
from rich.console import Console
from rich.table import Table

from bot.cli.console import progress_bar
from bot.cli.table1 import table1 as reproduce_table1
from pipeline.classify.augment import Augmentation
from pipeline.classify.card import write_card
from pipeline.classify.curriculum import Curriculum, plan
from pipeline.classify.dataset import (
    MIN_CLIPS,
    UNKNOWN,
    Example,
    choose_classes,
    find_clips,
    load_clips,
    load_openpose,
)
from pipeline.classify.evaluate import Evaluation, cross_validate
from pipeline.classify.export import save
from pipeline.classify.extract import pose_cache
from pipeline.classify.model import Architecture
from pipeline.classify.pictures import draw_confusion
from pipeline.classify.runs import Runs
from pipeline.classify.train import TrainingSettings
from pipeline.classify.train import train as train_network
from pipeline.classify.weights import SHIPPED
from pipeline.errors import SettingError

_OURS: Final = TrainingSettings()
_VARIED: Final = Augmentation()

Clips = Annotated[
    Path, typer.Option(help="A folder of clips, one sub-folder per exercise.", show_default=False)
]
Manifest = Annotated[
    Path | None,
    typer.Option(help="CSV file: the clip ('file') and its person or footage ('group')."),
]
Cache = Annotated[
    Path, typer.Option(help="Where poses are kept between runs; delete it to watch anew.")
]
Keypoints = Annotated[
    list[str] | None,
    typer.Option(
        help="A folder of OpenPose sequences to learn from too. Repeatable.",
        metavar="EXERCISE=FOLDER",
    ),
]
Synthetic = Annotated[bool, typer.Option(help="Learn from made-up lifters too.")]
Network = Annotated[Architecture, typer.Option(help="Temporal convolutions, or the paper's GRU.")]
Hidden = Annotated[
    int, typer.Option(help="Channels, or neurons of the GRU (Table 1: 256 or 512).", min=1)
]
Dropout = Annotated[float, typer.Option(help="Table 1: 0.25 or 0.5.", min=0, max=0.9)]
Attention = Annotated[bool, typer.Option(help="Multi-head self-attention after the GRU.")]
TranslatePx = Annotated[
    float,
    typer.Option(
        help="Move clips sideways by up to so many pixels. The network does not see places in the "
        "picture, so only what leaves the picture makes a difference.",
        min=0,
    ),
]
Mirror = Annotated[bool, typer.Option(help="Mirror every other clip.")]
Members = Annotated[int, typer.Option(help="Networks whose mean counts.", min=1)]
Steps = Annotated[int, typer.Option(help="Batches that each network is taught.", min=2)]
Seed = Annotated[int, typer.Option(help="Same seed, same machine: same network.")]
Device = Annotated[str, typer.Option(help="torch's name of it, like cpu or cuda.")]
Results = Annotated[
    Path,
    typer.Option(
        help="Keeps what is finished, so that a stopped command goes on; Table 1 goes there too."
    ),
]
Folds = Annotated[
    int,
    typer.Option(help="Parts to cross-validate in; 0 leaves one group out at a time.", min=0),
]


def train(
    clips: Clips,
    manifest: Manifest = None,
    cache: Cache = Path("poses"),
    keypoints: Keypoints = None,
    synthetic: Synthetic = True,
    network: Network = _OURS.architecture,
    hidden: Hidden = _OURS.hidden,
    dropout: Dropout = _OURS.dropout,
    attention: Attention = _OURS.attention,
    translate_px: TranslatePx = _VARIED.translate_px,
    mirror: Mirror = _VARIED.mirror,
    members: Members = _OURS.members,
    steps: Steps = _OURS.steps,
    seed: Seed = _OURS.seed,
    device: Device = _OURS.device,
    folds: Folds = 5,
    measure: Annotated[bool, typer.Option(help="Cross-validate first, for the model card.")] = True,
    provenance: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Markdown on where the clips come from."),
    ] = None,
    out: Annotated[Path, typer.Option(help="The weights; their card goes beside them.")] = SHIPPED,
    table1: Annotated[
        bool, typer.Option("--table1", help="Train the five networks of the paper's Table 1.")
    ] = False,
    seeds: Annotated[int, typer.Option(help="Trainings of each row of Table 1.", min=1)] = 5,
    results: Results = Path("results"),
) -> None:
    """Teach the network that names the exercise, and write its weights and its model card."""
    console = Console()
    if table1:
        reproduce_table1(console, _watch(console, clips, manifest, cache), seeds, results)
        return
    settings = _settings(
        network, hidden, dropout, attention, translate_px, mirror, members, steps, seed, device
    )
    curriculum = _gather(console, clips, manifest, cache, keypoints, synthetic, settings)
    evaluation = _measure(console, curriculum, settings, folds, results) if measure else None
    temperature = evaluation.temperature if evaluation else 1.0
    with progress_bar(console) as report:
        committee = train_network(
            (curriculum.clips, *curriculum.others), curriculum.classes, settings, report
        )
    save(committee, curriculum.classes, temperature, out)
    card = out.with_name("MODEL_CARD.md")
    write_card(
        card,
        command="gymbrain train",
        committee=committee,
        curriculum=curriculum,
        temperature=temperature,
        settings=settings,
        provenance=provenance.read_text(encoding="utf-8") if provenance else "",
        evaluation=evaluation,
    )
    if evaluation:
        _print(console, evaluation)
    console.print(f"{out} and {card}", markup=False, highlight=False)


def evaluate(
    clips: Clips,
    manifest: Manifest = None,
    cache: Cache = Path("poses"),
    keypoints: Keypoints = None,
    synthetic: Synthetic = True,
    network: Network = _OURS.architecture,
    hidden: Hidden = _OURS.hidden,
    dropout: Dropout = _OURS.dropout,
    attention: Attention = _OURS.attention,
    translate_px: TranslatePx = _VARIED.translate_px,
    mirror: Mirror = _VARIED.mirror,
    members: Members = _OURS.members,
    steps: Steps = _OURS.steps,
    seed: Seed = _OURS.seed,
    device: Device = _OURS.device,
    folds: Folds = 0,
    results: Results = Path("results"),
    out: Annotated[
        Path | None, typer.Option(help="A folder for the confusion matrix as a picture.")
    ] = None,
) -> None:
    """Examine the network on groups of clips left out of its training; last line: JSON."""
    console = Console()
    settings = _settings(
        network, hidden, dropout, attention, translate_px, mirror, members, steps, seed, device
    )
    curriculum = _gather(console, clips, manifest, cache, keypoints, synthetic, settings)
    evaluation = _measure(console, curriculum, settings, folds, results)
    _print(console, evaluation)
    if out:
        title = "Clips of groups never trained on"
        draw_confusion(evaluation.confusion(), evaluation.classes, title, out / "confusion.png")
    sys.stdout.write(json.dumps({**evaluation.summary(), "seed": seed}) + "\n")


def _settings(
    network: Architecture,
    hidden: int,
    dropout: float,
    attention: bool,
    translate_px: float,
    mirror: bool,
    members: int,
    steps: int,
    seed: int,
    device: str,
) -> TrainingSettings:
    try:
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:
        raise SettingError("train.no_device", device=device) from error
    return TrainingSettings(
        architecture=network,
        hidden=hidden,
        dropout=dropout,
        attention=attention,
        augmentation=Augmentation(translate_px=translate_px, mirror=mirror),
        members=members,
        steps=steps,
        seed=seed,
        device=device,
    )


def _watch(
    console: Console, clips: Path, manifest: Path | None, cache: Path
) -> tuple[Example, ...]:
    with progress_bar(console) as report:
        examples, unusable = load_clips(find_clips(clips, manifest), pose_cache(cache), report)
    for sentence in unusable:
        console.print(sentence, style="yellow", markup=False)
    return examples


def _gather(
    console: Console,
    clips: Path,
    manifest: Path | None,
    cache: Path,
    keypoints: list[str] | None,
    synthetic: bool,
    settings: TrainingSettings,
) -> Curriculum:
    """Watch the clips, or read what was seen when they were watched, and add the rest."""
    examples = _watch(console, clips, manifest, cache)
    stored: tuple[Example, ...] = ()
    for pair in keypoints or ():
        exercise, _, folder = pair.partition("=")
        stored += load_openpose(Path(folder), exercise)
    if not synthetic and choose_classes(examples) == (UNKNOWN,):
        raise SettingError("train.no_classes", path=clips, clips=MIN_CLIPS)
    with progress_bar(console) as report:
        return plan(
            examples,
            stored,
            synthetic=synthetic,
            augmentation=settings.augmentation,
            seed=settings.seed,
            progress=report,
        )


def _measure(
    console: Console,
    curriculum: Curriculum,
    settings: TrainingSettings,
    folds: int,
    results: Path,
) -> Evaluation:
    clips = curriculum.clips
    groups = len({e.group for e in clips.examples})
    with progress_bar(console) as report:
        return cross_validate(
            clips,
            curriculum.others,
            curriculum.classes,
            settings,
            folds or groups,
            Runs(results),
            report,
        )


def _print(console: Console, evaluation: Evaluation) -> None:
    table = Table("class", "right", "clips", "groups", title="Clips of groups never trained on")
    for score in (s for s in evaluation.scores() if s.clips):
        table.add_row(score.name, str(score.right), str(score.clips), str(score.groups))
    summary = evaluation.summary()
    table.add_section()
    table.add_row(f"all but {UNKNOWN}", str(summary["right"]), str(summary["clips"]), "")
    console.print(table)
    for m in evaluation.mistakes():
        console.print(
            f"wrong: {m.clip} taken for {m.taken_for} ({m.probability:.2f}; "
            f"{m.truth} {m.probability_of_truth:.2f})",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
