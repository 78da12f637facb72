"""``gymbrain tune-closeup``: teach the network that looks closely at one body."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

import numpy as np
import typer
from rich.console import Console
from rich.progress import track

from bot.cli.tune import to_rehearse
from pipeline.errors import ClipError, SettingError
from pipeline.pose.closeup import CLOSEUP_FILE
from pipeline.pose.loading import load_network
from pipeline.pose.people import Network
from pipeline.pose.tune.blazepose import BlazePose
from pipeline.pose.tune.closeup import (
    CloseUpNetwork,
    TeachingSettings,
    exported,
    load_taught,
    teach,
)
from pipeline.pose.tune.closeup_card import Lessons, write_card
from pipeline.pose.tune.rendered import draw_lesson
from pipeline.pose.tune.squares import Square, read_squares, squares_in, squares_of, write_squares

# Drawn pictures whose squares lie in one file.
_BLOCK: Final = 100
_DEFAULT: Final = TeachingSettings()


def tune_closeup(
    work: Annotated[
        Path,
        typer.Option(
            help="Where lessons are kept; delete it when the pose weights or the teacher change."
        ),
    ] = Path("closeup-lessons"),
    clips: Annotated[
        Path | None, typer.Option(help="Real clips to learn from, one sub-folder per exercise.")
    ] = None,
    blazepose: Annotated[
        Path | None, typer.Option(help="pose_landmark_heavy.tflite, which labels real clips too.")
    ] = None,
    manifest: Annotated[
        Path | None,
        typer.Option(help="CSV file: the clip ('file') and its person or footage ('group')."),
    ] = None,
    held_out: Annotated[
        list[str] | None,
        typer.Option(help="Never learn from this exercise, nor other footage of its people."),
    ] = None,
    drawn: Annotated[int, typer.Option(help="Pictures to render.", min=0)] = 4500,
    first: Annotated[int, typer.Option(help="The first picture's seed.", min=0)] = 20_000,
    frames: Annotated[int, typer.Option(help="Frames of each real clip.", min=1)] = 24,
    steps: Annotated[int, typer.Option(min=1)] = _DEFAULT.steps,
    rate: Annotated[float, typer.Option(help="The highest learning rate.", min=0)] = _DEFAULT.rate,
    seed: Annotated[int, typer.Option(help="Chance of the training.")] = _DEFAULT.seed,
    provenance: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Markdown on where the clips come from."),
    ] = None,
    start: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Go on from what this checkpoint knows."),
    ] = None,
    out: Annotated[Path, typer.Option(help="The network; its card goes beside.")] = CLOSEUP_FILE,
) -> None:
    """Teach the network that looks closely, with rendered lifters and real ones."""
    console = Console()
    settings = replace(_DEFAULT, steps=steps, rate=rate, seed=seed)
    files = to_rehearse(clips, manifest, held_out or ()) if clips else []
    if files and blazepose is None:
        raise SettingError("tune.no_labels")
    teacher = BlazePose(blazepose) if blazepose else None
    student = CloseUpNetwork.of(seed=seed)
    if start:
        load_taught(student, start)
    # Keypoints without a close look: what it is given, and what must not be its own opinion.
    network = load_network(closeup=None)
    squares = [_drawn(work, range(first, first + drawn), network, console), {}]
    if clips and teacher:
        for file in track(files, "labelling", console=console):
            squares[1][file] = _filmed(clips, file, network, teacher, work, frames, console)
    bodies = [[body for part in kind.values() for body in part] for kind in squares]
    kinds = [kind for kind in bodies if kind]
    if not kinds:
        raise SettingError("tune.nothing")
    taught = teach(
        student,
        [square for kind in kinds for square in kind],
        # Half of what is shown is real, however few there are.
        np.concatenate([np.full(len(kind), 1 / len(kind) / len(kinds)) for kind in kinds]),
        settings,
        checkpoint=work / "closeup.ckpt",
        report=lambda step, losses: console.print(f"step {step}/{steps}", losses),
    )
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(exported(taught))
    write_card(
        out.with_suffix(".md"),
        network=out,
        settings=settings,
        lessons=Lessons(
            drawn=drawn,
            first=first,
            drawn_bodies=len(bodies[0]),
            real_bodies=len(bodies[1]),
            exercises=Counter(Path(file).parent.name for file, own in squares[1].items() if own),
            held_out=tuple(held_out or ()),
            gone_on=start is not None,
        ),
        provenance=provenance.read_text(encoding="utf-8") if provenance else "",
    )
    console.print(str(out))


def _drawn(work: Path, seeds: range, network: Network, console: Console) -> dict[str, list[Square]]:
    """Return the bodies in drawn pictures by archive, drawing those that are not there."""
    drawn = {}
    for begin in track(range(seeds.start, seeds.stop, _BLOCK), "drawing", console=console):
        block = range(begin, min(begin + _BLOCK, seeds.stop))
        path = work / f"drawn-{block.start:06d}-{block.stop:06d}.npz"
        if not path.exists():
            write_squares(
                path, (s for seed in block for s in squares_of(draw_lesson(seed), network))
            )
        drawn[path.name] = read_squares(path)
    return drawn


def _filmed(
    clips: Path,
    file: str,
    network: Network,
    teacher: BlazePose,
    work: Path,
    frames: int,
    console: Console,
) -> list[Square]:
    """Return the lifter in frames of a real clip, watching it if that is not there."""
    path = work / f"real-{Path(file).parent.name}-{Path(file).stem}-{frames}.npz"
    if not path.exists():
        try:
            write_squares(path, squares_in(clips / file, network, teacher, frames))
        except ClipError as error:
            console.print(f"{file}: {error}", style="yellow", markup=False)
            return []
    return read_squares(path)
