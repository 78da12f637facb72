"""How each kind of job is done: files fetched, a worker asked, the outcome kept and sent."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from telegram import Bot
from telegram.constants import FileSizeLimit, MessageLimit
from telegram.error import BadRequest

from bot.jobs.work import (
    AnalysisTask,
    CalibrationOutcome,
    CalibrationTask,
    ProgressFile,
    ReferenceTask,
    RejudgementTask,
    Work,
)
from bot.jobs.worker import Worker
from bot.live_message import LiveMessage
from bot.own_body import own_body
from bot.reference_words import reference_words
from bot.replies import send_report
from bot.settings import BotSettings
from pipeline.errors import ClipError
from pipeline.report import ClipFacts, Report
from references.texts import text
from storage import StorageThread, calibrations, jobs, sets

R = TypeVar("R")

_LOOK_EVERY_S: Final = 0.5
_LONGEST_NAME: Final = 40
_MEGABYTE: Final = 1_000_000


class Performer:
    """Does jobs of every kind with a worker, in a folder that somebody else clears away."""

    def __init__(self, bot: Bot, storage: StorageThread, work: Work, settings: BotSettings) -> None:
        self._bot = bot
        self._storage = storage
        self._work = work
        self._settings = settings

    async def perform(self, job: jobs.Job, worker: Worker, folder: Path, live: LiveMessage) -> None:
        """Do a job and answer it.

        Raises ClipError or CalibrationError for what the lifter sent, TelegramError when the chat
        cannot be reached, TimeoutError and WorkerDiedError as the worker does.
        """
        doing = {
            "analysis": self._analyse,
            "rejudgement": self._rejudge,
            "calibration": self._calibrate,
            "reference": self._make_reference,
        }
        out = folder / "out"
        await asyncio.to_thread(out.mkdir)
        await doing[job.kind](job, worker, folder, live)

    async def _analyse(
        self, job: jobs.Job, worker: Worker, folder: Path, live: LiveMessage
    ) -> None:
        clip, out = folder / "clip", folder / "out"
        await self._download(job.file_id, clip)
        task = AnalysisTask(
            clip=clip,
            out=out,
            coaches=self._settings.references,
            exercise=job.exercise,
            camera=await self._storage.run(calibrations.latest, job.user_id),
            body=await own_body(self._storage, job.user_id),
            settings=self._settings.analysis,
        )
        await self._run(worker, partial(self._work.analyze, task), out, live)
        report = await asyncio.to_thread(Report.load, out / "report.json")
        poses = await asyncio.to_thread((out / "poses.npz").read_bytes)
        set_id = await self._storage.run(
            sets.add, job, report=asdict(report), judged=_judged(report), poses=poses
        )
        if set_id is not None:
            await live.finish(text("job.done"))
            await send_report(self._bot, job.chat_id, job.message_id, set_id, report, out)

    async def _rejudge(
        self, job: jobs.Job, worker: Worker, folder: Path, live: LiveMessage
    ) -> None:
        poses, out = folder / "poses.npz", folder / "out"
        stored = await self._storage.run(sets.get, job.user_id, job.set_id or 0)
        if stored is None or job.exercise is None:
            raise ClipError("job.set_gone")
        await asyncio.to_thread(poses.write_bytes, stored.poses)
        task = RejudgementTask(
            poses=poses,
            clip=ClipFacts(**stored.report["clip"]),
            out=out,
            coaches=self._settings.references,
            exercise=job.exercise,
            camera=await self._storage.run(calibrations.latest, job.user_id),
            body=await own_body(self._storage, job.user_id, without=stored.id),
        )
        await self._run(worker, partial(self._work.rejudge, task), out, live)
        report = await asyncio.to_thread(Report.load, out / "report.json")
        if await self._storage.run(
            sets.replace_verdict,
            job.user_id,
            stored.id,
            report=asdict(report),
            judged=_judged(report),
        ):
            await live.finish(text("job.done"))
            await send_report(self._bot, job.chat_id, job.message_id, stored.id, report, out)

    async def _calibrate(
        self, job: jobs.Job, worker: Worker, folder: Path, live: LiveMessage
    ) -> None:
        photos = await self._storage.run(calibrations.photos, job.user_id)
        paths = []
        for number, photo in enumerate(photos, 1):
            path = folder / str(number) / _file_name(photo.name, number)
            await asyncio.to_thread(path.parent.mkdir)
            await self._download(photo.file_id, path)
            paths.append(path)
        task = CalibrationTask(tuple(paths), folder / "out")
        outcome = await self._run(worker, partial(self._work.calibrate, task), task.out, live)
        await self._storage.run(
            calibrations.save, job.user_id, camera=outcome.camera, photo_count=outcome.used
        )
        await live.finish(_calibration_words(outcome))

    async def _make_reference(
        self, job: jobs.Job, worker: Worker, folder: Path, live: LiveMessage
    ) -> None:
        clip = folder / "clip"
        await self._download(job.file_id, clip)
        task = ReferenceTask(
            clip=clip,
            out=folder / "out",
            coaches=self._settings.references,
            exercise=job.exercise or "",
            coach=job.coach or "",
            owner=job.user_id,
            settings=self._settings.analysis,
        )
        reference = await self._run(
            worker, partial(self._work.make_reference, task), task.out, live
        )
        await live.finish(reference_words("reference.added", reference))

    async def _run(
        self, worker: Worker, function: Callable[[], R], out: Path, live: LiveMessage
    ) -> R:
        """Let the worker do it, and the lifter see how far it is."""
        watching = asyncio.create_task(_show_progress(ProgressFile(out), live))
        try:
            return await worker.run(function, time_limit_s=self._settings.time_limit_s)
        finally:
            watching.cancel()

    async def _download(self, file_id: str | None, path: Path) -> None:
        if file_id is None:
            raise ClipError("job.file_gone")
        try:
            file = await self._bot.get_file(file_id)
            await file.download_to_drive(path)
        except BadRequest as error:
            if "too big" in error.message.lower():
                raise too_large() from error
            raise ClipError("job.file_gone") from error


def _judged(report: Report) -> bool:
    """Tell whether anything could be judged: a joint, or a fault known by its name."""
    return report.anything_judged() or bool(report.corrections)


def too_large() -> ClipError:
    """Return the error for a file that Telegram does not let bots download."""
    return ClipError("clip.too_large", megabytes=FileSizeLimit.FILESIZE_DOWNLOAD // _MEGABYTE)


async def _show_progress(file: ProgressFile, live: LiveMessage) -> None:
    while True:
        progress = await asyncio.to_thread(file.read)
        if progress is not None:
            step, done = progress
            live.show(text(f"progress_step.{step}", percent=round(100 * done)))
        await asyncio.sleep(_LOOK_EVERY_S)


def _file_name(given: str | None, number: int) -> str:
    """Return a name by which the lifter knows a photo and that is safe as one of a file."""
    if given is None:
        return text("calibration.photo", number=number)
    safe = re.sub(r"[^\w. -]", "_", given)[-_LONGEST_NAME:].strip(". ")
    return safe or text("calibration.photo", number=number)


def _calibration_words(outcome: CalibrationOutcome) -> str:
    lines = [text("calibration.done", count=outcome.used), *outcome.warnings]
    if outcome.rejected:
        lines.append(text("calibration.rejected"))
        lines += [f"• {name}: {reason}" for name, reason in outcome.rejected]
    return "\n".join(lines)[: MessageLimit.MAX_TEXT_LENGTH]
