"""``gymbrain bot``: the coach in Telegram."""

import logging

from telegram import Update
from telegram.error import InvalidToken, NetworkError

from bot.app import build_application
from bot.log import configure_logging
from bot.settings import BotSettings
from pipeline.errors import SettingError
from storage import StorageError

# What the bot handles; edited messages, say, it never asks for.
_UPDATES = [Update.MESSAGE, Update.CALLBACK_QUERY]

# A machine that boots may start the bot before its network.
_TRIES_AT_START = 5

_logger = logging.getLogger(__name__)


def bot() -> None:
    """Answer lifters in Telegram until stopped; TELEGRAM_TOKEN in the environment or in .env."""
    settings = BotSettings.from_environment()
    configure_logging(settings.token)
    try:
        _logger.info("starting; stop with Ctrl-C")
        build_application(settings).run_polling(
            allowed_updates=_UPDATES, bootstrap_retries=_TRIES_AT_START
        )
    except InvalidToken as error:
        raise SettingError("settings.token_refused") from error
    except NetworkError as error:
        raise SettingError("settings.unreachable") from error
    except StorageError as error:
        raise SettingError("settings.database", problem=error) from error
