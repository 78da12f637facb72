"""The command ``gymbrain``: wiring of the subcommands, and errors of one line."""

import sys
from typing import Final

import typer
from rich.console import Console

from bot.cli.lazy import Subcommand, lazy_group
from pipeline.errors import GymbrainError
from references.synthetic.errors import RendererError

SUBCOMMANDS: Final = {
    "analyze": Subcommand(
        "bot.cli.analyze:analyze",
        "Judge the set in a clip: report, pictures beside the expert's, voice note.",
    ),
    "bot": Subcommand(
        "bot.cli.bot:bot",
        "Answer lifters in Telegram until stopped; TELEGRAM_TOKEN in the environment or in .env.",
    ),
    "calibrate": Subcommand(
        "bot.cli.calibrate:calibrate",
        "Calibrate a camera from chessboard photos: 'gymbrain analyze --camera' uses the file.",
    ),
    "demo": Subcommand(
        "bot.cli.demo:demo",
        "Send a clip to the real bot, on a Bot API of its own on this machine, and show the chat.",
    ),
    "train": Subcommand(
        "bot.cli.train:train",
        "Teach the network that names the exercise, and write its weights and its model card.",
    ),
    "evaluate": Subcommand(
        "bot.cli.train:evaluate",
        "Examine the network on groups of clips left out of its training; last line: JSON.",
    ),
    "tune-pose": Subcommand(
        "bot.cli.tune:tune_pose",
        "Teach the pose network with rendered lifters, and real ones so that it forgets nothing.",
    ),
    "tune-closeup": Subcommand(
        "bot.cli.tune_closeup:tune_closeup",
        "Teach the network that looks closely, with rendered lifters and real ones.",
    ),
    "train-angles": Subcommand(
        "bot.cli.train_angles:train_angles",
        "Teach the network that tells joint angles in space, from the synthetic lifter alone.",
    ),
    "norms": Subcommand(
        "bot.cli.norms:app",
        "Set the ranges within which a lifter's joints are to stay, say after an injury.",
    ),
    "references": Subcommand(
        "bot.cli.references:app",
        "Make the expert movements, pictures and clips of the synthetic lifter.",
    ),
}

app = typer.Typer(
    name="gymbrain",
    cls=lazy_group(SUBCOMMANDS),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(help="A strength coach that fits in a chat.")
def gymbrain() -> None:
    """Do nothing but make a group: Typer wants one function at least."""


def run() -> None:
    """Run the command line; exit 0 when it worked, 1 with one line of why it did not."""
    try:
        app()
    except (GymbrainError, RendererError) as error:
        Console(stderr=True).print(str(error), style="red", markup=False)
        sys.exit(1)
