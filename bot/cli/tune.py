"""``gymbrain tune-pose``: teach the pose network to see lifters who lie down."""

import csv
import zlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

import numpy as np
import typer
from rich.console import Console
from rich.progress import track

from pipeline.errors import ClipError, SettingError
from pipeline.filters import FilterSettings, apply_filters
from pipeline.pose.network import PoseNetwork
from pipeline.pose.tune.card import write_card
from pipeline.pose.tune.lesson import Lesson, label_path, write_lesson
from pipeline.pose.tune.rehearse import RehearsalSettings, rehearse
from pipeline.pose.tune.rendered import draw_lesson
from pipeline.pose.tune.train import TuningSettings
from pipeline.pose.tune.train import tune as tune_network
from pipeline.pose.weights import STOCK_WEIGHTS, TUNED_FILE

# Half of the pictures are seen as the analysis filters them, half as they were filmed, so that the
# network works with and without filters.
_FILTERED_SHARE: Final = 0.5
_DEFAULT: Final = TuningSettings()


def tune_pose(
    work: Annotated[
        Path, typer.Option(help="Where lessons are kept; a second call goes on from there.")
    ] = Path("pose-lessons"),
    clips: Annotated[
        Path | None,
        typer.Option(help="Real clips to rehearse on, one sub-folder per exercise."),
    ] = None,
    manifest: Annotated[
        Path | None,
        typer.Option(help="CSV file: the clip ('file') and its person or footage ('group')."),
    ] = None,
    held_out: Annotated[
        list[str] | None,
        typer.Option(help="Never rehearse this exercise, nor other footage of its people."),
    ] = None,
    drawn: Annotated[int, typer.Option(help="Pictures to render.", min=0)] = 6000,
    frames: Annotated[int, typer.Option(help="Frames of each real clip.", min=1)] = 12,
    epochs: Annotated[int, typer.Option(min=1)] = _DEFAULT.epochs,
    image_size: Annotated[int, typer.Option(min=96)] = _DEFAULT.image_size,
    batch: Annotated[int, typer.Option(min=1)] = _DEFAULT.batch,
    rate: Annotated[float, typer.Option(help="The highest learning rate.")] = _DEFAULT.rate,
    frozen: Annotated[int, typer.Option(help="First layers left alone.", min=0)] = _DEFAULT.frozen,
    seed: Annotated[int, typer.Option(help="Chance of the training.")] = _DEFAULT.seed,
    provenance: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Markdown on where the clips come from."),
    ] = None,
    start: Annotated[str, typer.Option(help="The weights to begin with.")] = STOCK_WEIGHTS,
    out: Annotated[Path, typer.Option(help="The weights; their card goes beside.")] = TUNED_FILE,
) -> None:
    """Teach the pose network with rendered lifters, and real ones so that it forgets nothing."""
    console = Console()
    settings = replace(
        _DEFAULT,
        epochs=epochs,
        image_size=image_size,
        batch=batch,
        rate=rate,
        frozen=frozen,
        seed=seed,
    )
    files = to_rehearse(clips, manifest, held_out or ()) if clips else []
    for number in track(range(drawn), "drawing", console=console):
        name = f"drawn-{number:06d}"
        if not label_path(work, name).exists():
            write_lesson(_as_filmed_or_filtered(draw_lesson(number), number), work, name)
    if clips and files:
        teacher = PoseNetwork(start)
        for file in track(files, "labelling", console=console):
            _rehearse(clips, file, teacher, work, frames, console)
    tune_network(
        work,
        out,
        settings,
        start=start,
        report=lambda epoch, losses: console.print(f"epoch {epoch}/{epochs}", losses),
    )
    write_card(
        out.with_suffix(".md"),
        weights=out,
        settings=settings,
        drawn=drawn,
        files=files,
        lessons=work,
        held_out=held_out or (),
        provenance=provenance.read_text(encoding="utf-8") if provenance else "",
    )
    console.print(str(out))


def to_rehearse(clips: Path, manifest: Path | None, held_out: Sequence[str]) -> list[str]:
    """Return the clips, relative to their folder, that share no person with what is held out."""
    if manifest is None:
        files = sorted(str(path.relative_to(clips)) for path in clips.glob("*/*.mp4"))
        return [file for file in files if Path(file).parent.name not in held_out]
    with manifest.open(encoding="utf-8", newline="") as lines:
        groups = {row["file"]: row["group"] for row in csv.DictReader(lines)}
    known = {exercise.split("/")[0] for exercise in groups}
    if unknown := set(held_out) - known:
        raise SettingError("tune.no_such_exercise", exercise=", ".join(sorted(unknown)))
    people = {group for file, group in groups.items() if file.split("/")[0] in held_out}
    return sorted(file for file, group in groups.items() if group not in people)


def _rehearse(
    clips: Path, file: str, teacher: PoseNetwork, work: Path, frames: int, console: Console
) -> None:
    stem = f"real-{Path(file).parent.name}-{Path(file).stem}"
    done = work / "labels" / f"{stem}.done"
    if done.exists():
        return
    rng = np.random.default_rng(zlib.crc32(file.encode()))
    try:
        for index, lesson in enumerate(
            rehearse(clips / file, teacher, rng, RehearsalSettings(frames=frames))
        ):
            write_lesson(
                _as_filmed_or_filtered(lesson, index + zlib.crc32(stem.encode())),
                work,
                f"{stem}-{index:03d}",
            )
    except ClipError as error:
        console.print(f"{file}: {error}", style="yellow", markup=False)
    done.parent.mkdir(parents=True, exist_ok=True)
    done.touch()


def _as_filmed_or_filtered(lesson: Lesson, seed: int) -> Lesson:
    if np.random.default_rng(seed).uniform() >= _FILTERED_SHARE:
        return lesson
    return replace(lesson, image=apply_filters(lesson.image, FilterSettings()))
