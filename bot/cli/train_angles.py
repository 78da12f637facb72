"""``gymbrain train-angles``: teach the network that tells joint angles in space."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated, Final

import torch
import typer
from rich.console import Console

from bot.cli.console import Report, progress_bar
from pipeline.analysis import Settings, load_network
from pipeline.errors import SettingError
from pipeline.space.calibration import batches, fitted_widths, told_by_chance
from pipeline.space.card import write_card
from pipeline.space.examine import examine
from pipeline.space.export import save, taught
from pipeline.space.filmed import filmed_clips
from pipeline.space.lessons import FAULT_SHARE, Lessons, make_lessons, watched_clips
from pipeline.space.model import ModelConfig, SpaceNetwork, asked
from pipeline.space.teller import Teller
from pipeline.space.train import TrainingSettings
from pipeline.space.train import train as train_network
from pipeline.space.weights import SHIPPED
from references.exercises import exercises
from references.motions import motions

_DEFAULT: Final = TrainingSettings()

# Lessons are made and kept in parts of so many sets, each with a seed of its own.
_PART: Final = 500
_FILMED_PART: Final = 25
# For so many filmed sets that are taught another one is not, but fits the intervals.
_TAUGHT_FOR_ONE: Final = 4

# Seeds of the parts follow each other; those of the sets to examine lie beyond all of them.
_SEEDS_EACH: Final = 10_000
_CALIBRATION: Final = 9_000
_TEST: Final = 9_001
_RIGHT: Final = 9_002
_FILMED: Final = 21_000
_FILMED_KEPT: Final = 21_500

# Of the sets to examine half have a fault.
_EXAMINED_FAULT_SHARE: Final = 0.5

# So many batches of what was kept fit the intervals, and say what is told of sets done right.
_FITTING: Final = 60


@dataclass(frozen=True, slots=True)
class _Part:
    """Some sets that become lessons together, the same for the same seed."""

    seed: int
    names: tuple[str, ...]
    count: int
    filmed: bool = False
    fault_share: float = FAULT_SHARE

    def file(self, work: Path) -> Path:
        """Return where its lessons are kept."""
        return work / f"{self.seed}-{self.count}.npz"

    def make(self, work: Path) -> None:
        """Make its lessons, unless they were made before."""
        if self.file(work).exists():
            return
        if self.filmed:
            watched = filmed_clips(self.names, self.count, self.seed, load_network(Settings()))
        else:
            watched = watched_clips(self.names, self.count, self.seed, fault_share=self.fault_share)
        make_lessons(self.names, watched, filmed=self.filmed).save(self.file(work))


def train_angles(
    work: Annotated[
        Path,
        typer.Option(
            help="Where lessons are kept; delete it when the synthetic lifter or the pose network "
            "changes."
        ),
    ] = Path("angle-lessons"),
    sets: Annotated[int, typer.Option(help="Made-up sets to learn from.", min=1)] = 6_000,
    filmed: Annotated[
        int, typer.Option(help="Rendered sets to learn from, some 9 s of a core each.", min=0)
    ] = 325,
    examined: Annotated[
        int, typer.Option(help="Sets for the intervals, and as many for the card.", min=1)
    ] = 600,
    right: Annotated[
        int, typer.Option(help="Sets done right, to know what is told of them.", min=1)
    ] = 800,
    steps: Annotated[int, typer.Option(help="Batches to learn.", min=1)] = _DEFAULT.steps,
    batch: Annotated[int, typer.Option(help="Sets of a batch.", min=1)] = _DEFAULT.batch,
    rate: Annotated[
        float, typer.Option(help="The highest learning rate.", min=0)
    ] = _DEFAULT.learning_rate,
    start: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Weights to go on from; default: none."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Chance of sets and training.", min=0)] = _DEFAULT.seed,
    device: Annotated[str, typer.Option(help="torch's name of it, like cpu.")] = _DEFAULT.device,
    out: Annotated[Path, typer.Option(help="The weights; their card goes beside.")] = SHIPPED,
) -> None:
    """Teach the network that tells joint angles in space, from the synthetic lifter alone.

    Rendered sets need the extra ``synthetic``; without them (``--filmed 0``) it learns to trust
    arms that the pose network has lost.
    """
    try:
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:
        raise SettingError("train.no_device", device=device) from error
    console = Console()
    settings = TrainingSettings(
        steps=steps, batch=batch, learning_rate=rate, seed=seed, device=device
    )
    names = tuple(exercises())
    faults = {name: tuple(fault.name for fault in motions()[name].faults) for name in names}
    begun = _begun(start, settings, faults) if start else None
    first = _SEEDS_EACH * (seed + 1)
    made_up = [_Part(first + i, names, _PART) for i in range(-(-sets // _PART))]
    films, kept = (
        [
            _Part(first + seed + i, names, _FILMED_PART, filmed=True)
            for i in range(-(-count // _FILMED_PART))
        ]
        for seed, count in ((_FILMED, filmed), (_FILMED_KEPT, filmed // _TAUGHT_FOR_ONE))
    )
    taught = [*made_up, *films]
    others = _Part(first + _CALIBRATION, names, examined, fault_share=_EXAMINED_FAULT_SHARE)
    done_right = _Part(first + _RIGHT, names, right, fault_share=0.0)
    with progress_bar(console) as report:
        _make([*taught, *kept, others, done_right], work, report)
        lessons = _together(taught, work)
        network = train_network(lessons, names, settings, report, start=begun)
        network = network.to("cpu").eval()
    teller = Teller.as_told(asked(network), faults)
    with console.status("fitting the intervals"):
        unseen = batches(_together([others, *kept], work), _FITTING, others.seed)
        teller = replace(teller, widths=fitted_widths(teller, unseen))
        unseen = batches(_together([done_right, *kept], work), _FITTING, done_right.seed)
        teller = replace(teller, chance_deg=told_by_chance(teller, unseen))
    save(network, teller, out)
    card = out.with_name("MODEL_CARD.md")
    with console.status("examining"):
        write_card(
            card,
            command="gymbrain train-angles",
            teller=teller,
            parameters=sum(p.numel() for p in network.parameters()),
            settings=settings,
            lessons=lessons,
            seeds=[part.seed for part in made_up],
            filmed_seeds=[part.seed for part in films],
            kept_seeds=[part.seed for part in kept],
            calibration_seed=others.seed,
            right_seed=done_right.seed,
            test_seed=first + _TEST,
            gone_on=start is not None,
            examined=list(examine(teller, examined, first + _TEST, held_out=True)),
        )
    console.print(f"{out} and {card}", markup=False, highlight=False)


def _begun(
    start: Path, settings: TrainingSettings, faults: Mapping[str, tuple[str, ...]]
) -> SpaceNetwork:
    """Return the network in a file, which must be of the size and for the faults to be taught."""
    network, teller = taught(start)
    config = ModelConfig(len(faults), width=settings.width, blocks=settings.blocks)
    if network.config != config or list(teller.faults.items()) != list(faults.items()):
        raise SettingError("train_angles.other_weights", path=start)
    return network


def _make(parts: Sequence[_Part], work: Path, report: Report) -> None:
    """Make the lessons of these parts, as many at once as there are cores."""
    work.mkdir(parents=True, exist_ok=True)
    report("making lessons", 0, len(parts))
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        made = pool.map(_Part.make, parts, [work] * len(parts))
        for done, _ in enumerate(made, 1):
            report("making lessons", done, len(parts))


def _together(parts: Sequence[_Part], work: Path) -> Lessons:
    return Lessons.together([Lessons.load(part.file(work)) for part in parts])
