"""``gymbrain references add``, ``list``, ``remove``: what coaches add to compare lifters with."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from bot.reference_words import reference_words
from bot.settings import references_folder
from pipeline.analysis import Settings
from pipeline.coaching import make_reference
from pipeline.errors import SettingError
from pipeline.pose.weights import DEFAULT_WEIGHTS
from references.experts.coaches import coach_references
from references.experts.coaches import remove as remove_reference
from references.texts import text

CoachesFolder = Annotated[
    Path,
    typer.Option(
        "--references",
        default_factory=references_folder,
        envvar="GYMBRAIN_REFERENCES",
        file_okay=False,
        help="The folder with references of coaches.",
    ),
]


def add(
    clip: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The coach's own set.")],
    exercise: Annotated[str, typer.Option(help="What is lifted, like bench_press.")],
    coach: Annotated[str, typer.Option(help="The name that reports give the reference.")],
    folder: CoachesFolder,
    weights: Annotated[
        str, typer.Option(help="Pose weights: a file or the name of an Ultralytics pose model.")
    ] = DEFAULT_WEIGHTS,
) -> None:
    """Add a coach's own set to what lifters are compared with, if it is good enough."""
    console = Console()
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("decode", total=1.0)
        reference = make_reference(
            clip,
            exercise=exercise,
            coach=coach,
            settings=Settings(weights=weights),
            progress=lambda step, done: bar.update(task, description=step, completed=done),
        )
    try:
        reference.save(folder)
    except OSError as error:
        raise _unwritable(folder, error) from error
    _print(console, reference_words("reference.added", reference))


def show(folder: CoachesFolder) -> None:
    """List the references of coaches."""
    console = Console()
    references = coach_references(folder)
    for reference in references.values():
        _print(console, reference_words("reference.line", reference))
    if not references:
        _print(console, text("reference.none", folder=folder))


def remove(
    reference: Annotated[str, typer.Argument(help="Its number, as 'list' shows it.")],
    folder: CoachesFolder,
) -> None:
    """Remove a reference of a coach."""
    try:
        removed = remove_reference(folder, reference)
    except OSError as error:
        raise _unwritable(folder, error) from error
    if not removed:
        raise SettingError("reference.unknown", id=reference)
    _print(Console(), text("reference.removed", id=reference))


def _unwritable(folder: Path, error: OSError) -> SettingError:
    problem = error.strerror or str(error)
    return SettingError("reference.unwritable", folder=folder, problem=problem)


def _print(console: Console, words: str) -> None:
    # Names and folders are not markup.
    console.print(words, markup=False, highlight=False, soft_wrap=True)
