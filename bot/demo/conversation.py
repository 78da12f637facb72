"""What the newcomer does, and what must come back."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from rich.console import Console

from bot.app import BotApplication, build_application
from bot.demo.folder import REPORT, SUMMARY, TRANSCRIPT, file_names, prepare
from bot.demo.screen import Screen
from bot.jobs.work import WORK, Work
from bot.loopback import Backend, Lifter, Message, serve
from bot.settings import BotSettings
from pipeline.errors import GymbrainError
from pipeline.report import Report
from pipeline.summary import summarise
from references.exercises import exercises
from references.texts import text
from storage import StorageThread, jobs, sets

TOKEN: Final = "123456:the-demonstration-needs-no-secret"  # noqa: S105
"""Opens nothing: the server is this process and serves nobody else."""

_LIFTER: Final = 1

# Loading the models and watching a clip, on a slow machine.
_SET_WITHIN_S: Final = 300.0
_ANSWER_WITHIN_S: Final = 30.0
_LOOK_EVERY_S: Final = 0.5
_LAST_WORDS_S: Final = 2.0


class DemoError(GymbrainError):
    """The bot did not answer as it should."""


async def demonstrate(clip: Path, out: Path, console: Console, work: Work = WORK) -> None:
    """Have the conversation about a clip, show it, and leave what came of it in the folder ``out``.

    Raises DemoError when something expected does not come and SettingError for an unusable folder.
    """
    prepare(out)
    backend = Backend(TOKEN)
    lifter = Lifter(backend, _LIFTER, text("demo.you"))
    with (
        (out / TRANSCRIPT).open("w", encoding="utf-8") as transcript,
        TemporaryDirectory() as data,
        console.status(text("demo.starting")) as status,
    ):
        screen = Screen(console, status, transcript)
        async with (
            serve(backend) as address,
            _running(_settings(address, Path(data)), work),
            _storage(Path(data)) as storage,
            _shown(backend, screen),
        ):
            status.update(text("demo.waiting"))
            try:
                await _Newcomer(lifter, storage).converse(clip)
            finally:
                _keep_files(backend, out)
                await _keep_report(storage, out)


class _Newcomer:
    """Greets, sends a set, asks what became of it, and insists on an answer each time."""

    def __init__(self, lifter: Lifter, storage: StorageThread) -> None:
        self._lifter = lifter
        self._storage = storage

    async def converse(self, clip: Path) -> None:
        await self._ask("/start", "demo.a_welcome", lambda message: bool(message.text))
        await self._send_set(clip)
        [trained, *_] = [*await self._storage.run(sets.exercises, _LIFTER), None]
        if trained is not None:
            known = exercises().get(trained)
            words = known.aliases[0] if known else trained
            await self._ask(f"/progress {words}", "demo.a_chart", lambda m: m.has("photo"))
        await self._ask("/history", "demo.the_history", lambda message: bool(message.text))

    async def _ask(self, words: str, wanted: str, is_it: Callable[[Message], bool]) -> None:
        asked = await self._lifter.send_text(words)
        await self._expect(wanted, is_it, asked, _ANSWER_WITHIN_S)

    async def _send_set(self, clip: Path) -> None:
        sent = await self._lifter.send_clip(clip)
        await self._expect("demo.a_receipt", lambda m: bool(m.text), sent, _ANSWER_WITHIN_S)
        # The last thing to come is the question whether it was that exercise.
        answer = asyncio.create_task(
            self._expect("demo.an_answer", _asks_which_exercise, sent, _SET_WITHIN_S)
        )
        while not answer.done() and await self._storage.run(jobs.unfinished, _LIFTER) > 0:
            await asyncio.wait({answer}, timeout=_LOOK_EVERY_S)
        # A clip that cannot be judged is answered with one more sentence and nothing else.
        await asyncio.wait({answer}, timeout=_LAST_WORDS_S)
        if not answer.done():
            answer.cancel()
            raise DemoError("demo.refused")
        await answer
        for wanted, is_it in (
            ("demo.pictures", lambda m: m.has("photo") and m.album is not None),
            ("demo.a_voice", lambda m: m.has("voice")),
        ):
            await self._expect(wanted, is_it, sent, 0)

    async def _expect(
        self, wanted: str, is_it: Callable[[Message], bool], after: Message, within_s: float
    ) -> None:
        try:
            await self._lifter.wait_for(is_it, timeout_s=within_s, after=after)
        except TimeoutError as error:
            raise DemoError("demo.missing", wanted=text(wanted)) from error


def _asks_which_exercise(message: Message) -> bool:
    """Tell the last message of an answer by its buttons, one of which is not the one for why."""
    why = text("explain.button")
    return any(button.label != why for row in message.buttons for button in row)


def _settings(address: str, data: Path) -> BotSettings:
    return BotSettings(
        TOKEN,
        base_url=f"{address}/bot",
        base_file_url=f"{address}/file/bot",
        database=_database(data),
        references=data / "references",
    )


def _database(data: Path) -> Path:
    return data / "gymbrain.db"


@asynccontextmanager
async def _running(settings: BotSettings, work: Work) -> AsyncIterator[None]:
    """Run the bot as ``gymbrain bot`` does, inside this event loop."""
    application = build_application(settings, work)
    async with AsyncExitStack() as after:
        await application.initialize()
        after.push_async_callback(_call, application.post_shutdown, application)
        after.push_async_callback(application.shutdown)
        await _call(application.post_init, application)
        await application.start()
        after.push_async_callback(_call, application.post_stop, application)
        after.push_async_callback(application.stop)
        if application.updater:
            await application.updater.start_polling()
            after.push_async_callback(application.updater.stop)
        yield


async def _call(
    hook: Callable[[BotApplication], Coroutine[Any, Any, None]] | None, application: BotApplication
) -> None:
    if hook is not None:
        await hook(application)


@asynccontextmanager
async def _storage(data: Path) -> AsyncIterator[StorageThread]:
    storage = StorageThread(_database(data))
    await storage.open()
    try:
        yield storage
    finally:
        await storage.close()


@asynccontextmanager
async def _shown(backend: Backend, screen: Screen) -> AsyncIterator[None]:
    """Show the chat as it happens, to its last message."""
    shown = 0

    async def follow() -> None:
        nonlocal shown
        while True:
            for happened in backend.timeline(_LIFTER)[shown:]:
                screen.show(happened)
                shown += 1
            await backend.bell.wait()

    following = asyncio.create_task(follow())
    try:
        yield
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following
        for happened in backend.timeline(_LIFTER)[shown:]:
            screen.show(happened)
        screen.finish()


def _keep_files(backend: Backend, out: Path) -> None:
    for messages in backend.timeline(_LIFTER):
        if messages[0].sender.is_bot:
            for message, name in zip(messages, file_names(messages), strict=False):
                if message.attachment:
                    (out / name).write_bytes(message.attachment.file.content)


async def _keep_report(storage: StorageThread, out: Path) -> None:
    for line in await storage.run(sets.history, _LIFTER):
        stored = await storage.run(sets.get, _LIFTER, line.id)
        if stored is not None:
            report = Report.from_dict(stored.report)
            report.save(out / REPORT)
            # Telegram makes JPEGs of pictures.
            words = summarise(report).replace(".png)", ".jpg)")
            (out / SUMMARY).write_text(words, encoding="utf-8")
