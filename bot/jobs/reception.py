"""Taking on a job: written down, acknowledged, told its place in the queue."""

import logging
from datetime import datetime

from telegram import Bot, ReplyParameters
from telegram.error import TelegramError

from bot.jobs.dispatcher import Dispatcher
from references.texts import text
from storage import StorageThread, jobs

_logger = logging.getLogger(__name__)


class Reception:
    """Takes on what lifters ask for and lets the dispatcher know.

    A lifter may have ``most`` jobs that are not over.
    """

    def __init__(
        self, bot: Bot, storage: StorageThread, dispatcher: Dispatcher, *, most: int
    ) -> None:
        self._bot = bot
        self._storage = storage
        self._dispatcher = dispatcher
        self._most = most

    async def accept(
        self,
        user_id: int,
        *,
        chat_id: int,
        message_id: int,
        kind: jobs.Kind,
        sent_at: datetime,
        file_id: str | None = None,
        set_id: int | None = None,
        exercise: str | None = None,
        coach: str | None = None,
    ) -> None:
        """Take on a job, or say that the lifter has too many; a job delivered twice is one."""
        if await self._storage.run(jobs.unfinished, user_id) >= self._most:
            await self._bot.send_message(chat_id, text("job.too_many", most=self._most))
            return
        job = await self._storage.run(
            jobs.add,
            user_id,
            chat_id=chat_id,
            message_id=message_id,
            kind=kind,
            sent_at=sent_at,
            file_id=file_id,
            set_id=set_id,
            exercise=exercise,
            coach=coach,
        )
        if job is None:
            return
        status_message_id = await self._acknowledge(job)
        await self._storage.run(jobs.acknowledge, job.id, status_message_id)
        self._dispatcher.wake()

    async def _acknowledge(self, job: jobs.Job) -> int | None:
        words = text(f"job.received_{job.kind}")
        ahead = await self._storage.run(jobs.ahead, job.id)
        if ahead:
            words += " " + text("job.one_ahead" if ahead == 1 else "job.ahead", count=ahead)
        try:
            message = await self._bot.send_message(
                job.chat_id,
                words,
                reply_parameters=ReplyParameters(job.message_id, allow_sending_without_reply=True),
            )
        except TelegramError as error:
            # The job is written down; its message is sent when it is begun.
            _logger.warning("job %d was not acknowledged: %s", job.id, error.message)
            return None
        return message.message_id
