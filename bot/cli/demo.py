"""``gymbrain demo``: one whole conversation with the bot, without Telegram."""

import asyncio
import logging
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from bot.demo.conversation import TOKEN, demonstrate
from bot.log import configure_logging
from references.texts import text

_BUNDLED: Final = Path(str(files("references"))) / "clips" / "barbell_biceps_curl.mp4"


def demo(
    out: Annotated[
        Path, typer.Option(help="The folder to leave the answer in.", file_okay=False)
    ] = Path("demo-output"),
    clip: Annotated[
        Path,
        typer.Option(
            help="The clip to send.", exists=True, dir_okay=False, show_default="the bundled one"
        ),
    ] = _BUNDLED,
) -> None:
    """Send a clip to the real bot, on a Bot API of its own on this machine, and show the chat."""
    configure_logging(TOKEN, logging.WARNING)
    console = Console()
    asyncio.run(demonstrate(clip, out, console))
    console.print(text("demo.done"), style="green")
    console.print(str(out.resolve()), soft_wrap=True, markup=False, highlight=False)
