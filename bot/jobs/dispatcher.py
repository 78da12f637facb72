"""Doing jobs in turn, on as many workers as there are, through crashes and restarts."""

import asyncio
import logging
import shutil
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from telegram import Bot
from telegram.error import BadRequest, NetworkError, TelegramError

from bot.jobs.performer import Performer
from bot.jobs.work import Work
from bot.jobs.worker import Worker, WorkerDiedError
from bot.live_message import LiveMessage
from bot.settings import BotSettings
from pipeline.errors import CalibrationError, ClipError, GymbrainError
from references.texts import text
from storage import StorageThread, jobs

_logger = logging.getLogger(__name__)

# A clip that takes the worker, or the whole bot, down twice will do so a third time.
_MOST_ATTEMPTS: Final = 2

# How long to leave a database alone that could not be written.
_PAUSE_S: Final = 5.0


class Dispatcher:
    """Takes the waiting jobs out of the database, in turn, and has them done.

    What is under way at ``stop`` waits in the database for the next ``start``.
    """

    def __init__(self, bot: Bot, storage: StorageThread, work: Work, settings: BotSettings) -> None:
        self._bot = bot
        self._storage = storage
        self._work = work
        self._settings = settings
        self._performer = Performer(bot, storage, work, settings)
        # One ticket for each job that may be waiting; a ticket for a cancelled one finds nothing.
        self._tickets: asyncio.Queue[None] = asyncio.Queue()
        self._running: dict[int, asyncio.Task[None]] = {}
        self._servers: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Take up what an earlier process left, and whatever comes."""
        await asyncio.to_thread(_empty, self._settings.scratch)
        for _ in range(await self._storage.run(jobs.resume)):
            self.wake()
        self._servers = [asyncio.create_task(self._serve()) for _ in range(self._settings.workers)]

    def wake(self) -> None:
        """Say that a job is waiting."""
        self._tickets.put_nowait(None)

    async def cancel(self, user_id: int) -> int:
        """Cancel everything of a lifter that is not over and return how much that was."""
        cancelled = await self._storage.run(jobs.cancel, user_id)
        tasks = {self._running[job.id] for job in cancelled if job.id in self._running}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        for job in cancelled:
            await self._say_cancelled(job)
        return len(cancelled)

    async def stop(self) -> None:
        """End the workers at once; nothing is lost."""
        for server in self._servers:
            server.cancel()
        if self._servers:
            await asyncio.wait(self._servers)
        self._servers = []

    async def _serve(self) -> None:
        worker = Worker(partial(self._work.prepare, self._settings.analysis))
        try:
            await self._warm_up(worker)
            while True:
                await self._tickets.get()
                await self._serve_one(worker)
        finally:
            worker.stop()

    async def _warm_up(self, worker: Worker) -> None:
        try:
            await worker.start()
        except GymbrainError as error:
            _logger.error("no clip can be analysed: %s", error.say())
        except WorkerDiedError:
            _logger.exception("a worker died while it was starting")

    async def _serve_one(self, worker: Worker) -> None:
        try:
            job = await self._storage.run(jobs.claim)
            if job is not None:
                await self._attend(job, worker)
        except Exception:
            # Say a full disk: this must not be the end of all serving.
            _logger.exception("the next job could not be begun or ended")
            await asyncio.sleep(_PAUSE_S)
            self.wake()

    async def _attend(self, job: jobs.Job, worker: Worker) -> None:
        """See one attempt through; it is a task of its own so that it can be cancelled alone."""
        attempt = asyncio.create_task(self._attempt(job, worker))
        self._running[job.id] = attempt
        try:
            await asyncio.wait({attempt})
        except asyncio.CancelledError:
            attempt.cancel()
            await asyncio.wait({attempt})
            await self._storage.run(jobs.put_back, job.id)
            raise
        finally:
            del self._running[job.id]
        if not attempt.cancelled():
            attempt.result()

    async def _attempt(self, job: jobs.Job, worker: Worker) -> None:
        if not await self._storage.run(jobs.is_running, job.id):
            return  # cancelled a moment ago
        try:
            live = await self._live_message(job)
            try:
                if job.attempts > _MOST_ATTEMPTS:
                    raise WorkerDiedError
                with TemporaryDirectory(dir=self._settings.scratch) as folder:
                    await self._performer.perform(job, worker, Path(folder), live)
            except Exception as error:  # noqa: BLE001 (whatever it is, the lifter gets an answer)
                await self._excuse(job, live, error)
            else:
                await self._storage.run(jobs.finish, job.id, "done")
            finally:
                await live.stop()
        except TelegramError as error:
            _logger.warning("the chat of job %d cannot be reached: %s", job.id, error.message)
            await self._storage.run(jobs.finish, job.id, "failed")

    async def _excuse(self, job: jobs.Job, live: LiveMessage, error: Exception) -> None:
        """Try again what may pass, and tell the lifter about what will not."""
        passing = isinstance(error, (WorkerDiedError, NetworkError))
        if passing and not isinstance(error, BadRequest) and job.attempts < _MOST_ATTEMPTS:
            _logger.warning("job %d is tried again after %r", job.id, error)
            await self._storage.run(jobs.retry, job.id)
            self.wake()
            return
        await self._storage.run(jobs.finish, job.id, "failed")
        await live.finish(_words(job, error))

    async def _live_message(self, job: jobs.Job) -> LiveMessage:
        message_id = job.status_message_id
        if message_id is None:
            words = text(f"job.received_{job.kind}")
            message_id = (await self._bot.send_message(job.chat_id, words)).message_id
            await self._storage.run(jobs.acknowledge, job.id, message_id)
        return LiveMessage(self._bot, job.chat_id, message_id, pause_s=self._settings.edit_pause_s)

    async def _say_cancelled(self, job: jobs.Job) -> None:
        if job.status_message_id is None:
            return
        try:
            await self._bot.edit_message_text(
                text("job.cancelled"), chat_id=job.chat_id, message_id=job.status_message_id
            )
        except TelegramError as error:
            _logger.info("job %d was cancelled in silence: %s", job.id, error.message)


def _words(job: jobs.Job, error: Exception) -> str:
    """Return what the lifter is told; what is our fault is logged, without a word about them."""
    match error:
        case CalibrationError():
            return f"{error.say()}\n\n{text('calibration.go_on')}"
        case ClipError():
            return error.say()
        case TimeoutError():
            _logger.warning("job %d took too long", job.id)
            return text("job.too_slow")
        case WorkerDiedError():
            _logger.error("job %d took its worker down", job.id)
            return text("job.crashed")
        case _:
            _logger.error("job %d failed", job.id, exc_info=error)
            return text("job.failed")


def _empty(folder: Path) -> None:
    """Clear away what a killed process left, and make the folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
