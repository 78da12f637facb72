"""``gymbrain norms``: the ranges within which a lifter's joints are to stay."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from sqlite_utils import Database

from bot.settings import database_file
from bot.targets import joint_meant, joint_words, range_meant, target_words
from pipeline.errors import SettingError
from references.texts import text
from storage import StorageError, open_database, targets

app = typer.Typer(
    name="norms",
    help="Set the ranges within which a lifter's joints are to stay, say after an injury.",
    no_args_is_help=True,
)

LifterNumber = Annotated[int, typer.Argument(help="The lifter's Telegram number.", min=1)]
Joint = Annotated[str, typer.Argument(help="Like elbow for both sides, or 'left elbow'.")]
DatabaseFile = Annotated[
    Path,
    typer.Option(
        envvar="GYMBRAIN_DATABASE",
        default_factory=database_file,
        dir_okay=False,
        help="The bot's database.",
    ),
]


@app.command("set")
def keep(
    lifter: LifterNumber,
    joint: Joint,
    degrees: Annotated[str, typer.Argument(help="Like 30-120; 180 is a straight joint.")],
    database: DatabaseFile,
) -> None:
    """Set a target range; it counts from the lifter's next set on."""
    name = joint_meant(joint)
    low, high = range_meant(name, degrees)
    with _opened(database) as db:
        targets.put(db, lifter, name, low, high)
        for each in targets.of(db, lifter):
            if each.joint == name:
                Console().print(target_words("target.line", each))


@app.command("list")
def show(lifter: LifterNumber, database: DatabaseFile) -> None:
    """List the target ranges of a lifter."""
    with _opened(database) as db:
        lines = [target_words("target.line", each) for each in targets.of(db, lifter)]
    Console().print("\n".join(lines) or text("target.none"))


@app.command()
def remove(lifter: LifterNumber, joint: Joint, database: DatabaseFile) -> None:
    """Remove a target range."""
    name = joint_meant(joint)
    with _opened(database) as db:
        removed = targets.remove(db, lifter, name)
    key = "target.removed" if removed else "target.not_set"
    Console().print(text(key, joint=joint_words(name)))


@contextmanager
def _opened(path: Path) -> Iterator[Database]:
    try:
        db = open_database(path)
    except StorageError as error:
        raise SettingError("settings.database", problem=error) from error
    try:
        yield db
    finally:
        db.close()
