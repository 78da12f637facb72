"""/start and /help: how to film, and what comes back."""

from collections.abc import Iterable
from typing import Any, Final

from telegram import BotCommand, Update
from telegram.ext import CommandHandler

from bot.handlers.incoming import PRIVATE, Handlers, message_of
from references.exercises import Exercise, exercises
from references.names import Names, exercise_names
from references.texts import DEFAULT_LANGUAGE, text

COMMANDS: Final = tuple(
    BotCommand(name, text(f"commands.{name}"))
    for name in ("help", "progress", "history", "target", "calibrate", "done", "cancel", "deleteme")
)
"""What Telegram offers in its menu."""


class Help:
    """Explains the bot."""

    def handlers(self) -> Handlers:
        """Return the handlers of this subject."""
        return [
            CommandHandler("start", self._start, PRIVATE),
            CommandHandler("help", self._help, PRIVATE),
        ]

    async def _start(self, update: Update, _context: Any) -> None:
        message, _ = message_of(update)
        await message.reply_text(f"{text('help.welcome')}\n\n{_how_to_film()}")

    async def _help(self, update: Update, _context: Any) -> None:
        message, _ = message_of(update)
        commands = "\n".join(f"/{c.command}: {c.description}" for c in COMMANDS)
        await message.reply_text(f"{_how_to_film()}\n\n{_sides()}\n\n{commands}")


def _how_to_film() -> str:
    judged = exercises()
    counted = [names for name, names in exercise_names().items() if name not in judged]
    return text("help.film", judged=_listed(judged.values()), counted=_listed(counted))


def _listed(named: Iterable[Exercise | Names]) -> str:
    return ", ".join(each.title(DEFAULT_LANGUAGE) for each in named)


def _sides() -> str:
    return "\n".join(
        f"• {e.title(DEFAULT_LANGUAGE)}: {e.filming[DEFAULT_LANGUAGE]}"
        for e in exercises().values()
    )
