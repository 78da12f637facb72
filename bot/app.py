"""The bot, wired: what it consists of and who answers what. Nothing is decided here."""

import logging
import os
from typing import Any, TypeAlias

from telegram.error import TelegramError
from telegram.ext import AIORateLimiter, Application

from bot.handlers.calibration import Calibration
from bot.handlers.cancelling import Cancelling
from bot.handlers.clips import Clips
from bot.handlers.correction import Correction
from bot.handlers.errors import apologise
from bot.handlers.explaining import Explaining
from bot.handlers.forgetting import Forgetting
from bot.handlers.help import COMMANDS, Help
from bot.handlers.misunderstood import Misunderstood
from bot.handlers.progress import Progress
from bot.handlers.referring import Referring
from bot.handlers.targets import Targets
from bot.jobs.dispatcher import Dispatcher
from bot.jobs.reception import Reception
from bot.jobs.work import WORK, Work
from bot.ordering import InOrderPerLifter
from bot.settings import BotSettings
from storage import StorageThread

BotApplication: TypeAlias = Application[Any, Any, Any, Any, Any, Any]

_logger = logging.getLogger(__name__)

# Durations come from python-telegram-bot as timedelta; it warns about the old numbers otherwise.
os.environ.setdefault("PTB_TIMEDELTA", "true")


def build_application(settings: BotSettings, work: Work = WORK) -> BotApplication:
    """Return the bot, ready for ``run_polling``.

    Whoever starts it piece by piece awaits ``post_init`` after ``initialize``, ``post_stop`` after
    ``stop`` and ``post_shutdown`` after ``shutdown``, as ``run_polling`` does.
    """
    storage = StorageThread(settings.database)
    application: BotApplication = (
        Application.builder()
        .token(settings.token)
        .base_url(settings.base_url)
        .base_file_url(settings.base_file_url)
        .rate_limiter(AIORateLimiter(max_retries=3))
        .concurrent_updates(InOrderPerLifter(256))
        .job_queue(None)
        .read_timeout(30)
        .write_timeout(30)
        .media_write_timeout(120)
        .build()
    )
    dispatcher = Dispatcher(application.bot, storage, work, settings)
    reception = Reception(application.bot, storage, dispatcher, most=settings.max_unfinished)

    calibration = Calibration(storage, reception, settings)
    subjects = (
        Help(),
        # Before the clips: one with the command below it is not to be judged.
        Referring(reception, settings.coaches),
        Clips(reception),
        Correction(storage, reception),
        Explaining(storage),
        calibration,
        Progress(storage),
        Targets(storage),
        Cancelling(storage, dispatcher),
        Forgetting(storage, dispatcher, settings.references),
        Misunderstood(),
    )
    for subject in subjects:
        application.add_handlers(subject.handlers())
    application.add_error_handler(apologise)

    async def open_up(_: BotApplication) -> None:
        await storage.open()
        await dispatcher.start()
        await _offer_commands(application)

    async def stop_working(_: BotApplication) -> None:
        await calibration.stop()
        await dispatcher.stop()

    async def close_down(_: BotApplication) -> None:
        await dispatcher.stop()
        await storage.close()

    application.post_init = open_up
    application.post_stop = stop_working
    application.post_shutdown = close_down
    return application


async def _offer_commands(application: BotApplication) -> None:
    try:
        await application.bot.set_my_commands(COMMANDS)
    except TelegramError as error:
        _logger.warning("the menu of commands is as it was: %s", error.message)
