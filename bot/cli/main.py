"""The command ``gymbrain``: wiring of the subcommands, and errors of one line."""

import sys

import typer
from rich.console import Console

from bot.cli.analyze import analyze
from bot.cli.bot import bot
from bot.cli.calibrate import calibrate
from bot.cli.coaching import add, remove, show
from bot.cli.demo import demo
from bot.cli.norms import app as norms
from bot.cli.references import app as references
from bot.cli.train import evaluate, train
from bot.cli.tune import tune_pose
from pipeline.errors import GymbrainError
from references.synthetic.renderer import RendererError

app = typer.Typer(
    name="gymbrain",
    help="A strength coach that fits in a chat.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(analyze)
app.command()(bot)
app.command()(calibrate)
app.command()(demo)
app.command()(train)
app.command()(evaluate)
app.command()(tune_pose)
references.command("add")(add)
references.command("list")(show)
references.command("remove")(remove)
app.add_typer(norms, name="norms")
app.add_typer(references, name="references")


def run() -> None:
    """Run the command line; exit 0 when it worked, 1 with one line of why it did not."""
    try:
        app()
    except (GymbrainError, RendererError) as error:
        Console(stderr=True).print(str(error), style="red", markup=False)
        sys.exit(1)
