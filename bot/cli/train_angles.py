"""``gymbrain train-angles``: teach the network that tells joint angles in space."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

import torch
import typer
from rich.console import Console

from bot.cli.console import Report, progress_bar
from pipeline.errors import SettingError
from pipeline.space.card import write_card
from pipeline.space.examine import examine, fitted_widths, told_by_chance
from pipeline.space.lessons import Lessons, make_lessons
from pipeline.space.teller import Teller
from pipeline.space.train import TrainingSettings
from pipeline.space.train import train as train_network
from pipeline.space.weights import SHIPPED, save
from references.exercises import exercises
from references.motions import motions

_DEFAULT: Final = TrainingSettings()

# Lessons are made and kept in parts of so many sets, each with a seed of its own.
_PART: Final = 500

# Seeds of the parts follow each other; those of the sets to examine lie beyond all of them.
_SEEDS_EACH: Final = 10_000
_CALIBRATION: Final = 9_000
_TEST: Final = 9_001
_RIGHT: Final = 9_002


def train_angles(
    work: Annotated[
        Path,
        typer.Option(help="Where lessons are kept; delete it when the synthetic lifter changes."),
    ] = Path("angle-lessons"),
    sets: Annotated[int, typer.Option(help="Synthetic sets to learn from.", min=1)] = 14_000,
    examined: Annotated[
        int, typer.Option(help="Sets for the intervals, and as many for the card.", min=1)
    ] = 600,
    right: Annotated[
        int, typer.Option(help="Sets done right, to know what is told of them.", min=1)
    ] = 1_600,
    steps: Annotated[int, typer.Option(help="Batches to learn.", min=1)] = _DEFAULT.steps,
    batch: Annotated[int, typer.Option(help="Sets of a batch.", min=1)] = _DEFAULT.batch,
    seed: Annotated[int, typer.Option(help="Chance of sets and training.", min=0)] = _DEFAULT.seed,
    device: Annotated[str, typer.Option(help="torch's name of it, like cpu.")] = _DEFAULT.device,
    out: Annotated[Path, typer.Option(help="The weights; their card goes beside.")] = SHIPPED,
) -> None:
    """Teach the network that tells joint angles in space, from the synthetic lifter alone."""
    try:
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:
        raise SettingError("train.no_device", device=device) from error
    console = Console()
    settings = TrainingSettings(steps=steps, batch=batch, seed=seed, device=device)
    names = tuple(exercises())
    first = _SEEDS_EACH * (seed + 1)
    seeds = range(first, first + -(-sets // _PART))
    with progress_bar(console) as report:
        lessons = _lessons(work, names, seeds, report)
        network = train_network(lessons, names, settings, report).to("cpu").eval()
    faults = {name: tuple(fault.name for fault in motions()[name].faults) for name in names}
    teller = Teller.as_told(network, faults)
    with console.status("fitting the intervals"):
        calibration = examine(teller, examined, first + _CALIBRATION)
        teller = replace(teller, widths=fitted_widths(teller, calibration))
        done_right = examine(teller, right, first + _RIGHT, fault_share=0.0)
        teller = replace(teller, chance_deg=told_by_chance(teller, done_right))
    save(teller, out)
    card = out.with_name("MODEL_CARD.md")
    with console.status("examining"):
        write_card(
            card,
            command="gymbrain train-angles",
            teller=teller,
            settings=settings,
            sets=len(lessons),
            seeds=seeds,
            calibration_seed=first + _CALIBRATION,
            right_seed=first + _RIGHT,
            test_seed=first + _TEST,
            examined=list(examine(teller, examined, first + _TEST, held_out=True)),
        )
    console.print(f"{out} and {card}", markup=False, highlight=False)


def _lessons(work: Path, names: tuple[str, ...], seeds: range, report: Report) -> Lessons:
    """Return the lessons of these seeds, made unless they were before."""
    work.mkdir(parents=True, exist_ok=True)
    parts = []
    for done, seed in enumerate(seeds):
        report("making lessons", done, len(seeds))
        path = work / f"{seed}.npz"
        if not path.exists():
            make_lessons(names, _PART, seed).save(path)
        parts.append(Lessons.load(path))
    return Lessons.together(parts)
