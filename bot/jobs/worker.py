"""A worker: one process that loads the models once and does one task after the other."""

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.process import BaseProcess
from typing import TypeVar

R = TypeVar("R")


class WorkerDiedError(Exception):
    """The process ended in the middle of a task, killed from outside or crashed."""


class Worker:
    """Runs tasks in a process of its own, which is replaced when it dies or hangs.

    A pool of one process each, instead of one pool of many: a process that is killed, for whatever
    reason, takes only its own task along. ``prepare`` is the first call in every new process.
    """

    def __init__(self, prepare: Callable[[], None]) -> None:
        self._prepare = prepare
        self._pool: ProcessPoolExecutor | None = None
        self._process: BaseProcess | None = None

    async def start(self) -> None:
        """Start the process, if there is none, and wait until it is prepared.

        Raises WorkerDiedError, or what ``prepare`` raises.
        """
        if self._pool is not None:
            return
        # Spawned, not forked: a fork would copy the locks of the bot's threads and its sockets.
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(1, mp_context=context, initializer=_begin)
        try:
            await self._call(self._pool, self._prepare)
        except Exception:
            self.stop()
            raise

    async def run(self, function: Callable[[], R], *, time_limit_s: float) -> R:
        """Return what ``function()`` returns; raise what it raises.

        Raises TimeoutError when it takes too long and WorkerDiedError when the process dies. Then,
        and when the caller is cancelled, the process is ended; the next call starts another.
        """
        async with asyncio.timeout(time_limit_s):
            await self.start()
            if self._pool is None:
                raise WorkerDiedError
            return await self._call(self._pool, function)

    def stop(self) -> None:
        """End the process at once."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    async def _call(self, pool: ProcessPoolExecutor, function: Callable[[], R]) -> R:
        before = set(multiprocessing.active_children())
        try:
            future = pool.submit(function)
            # The pool starts its process within the first submit and does not name it.
            started = set(multiprocessing.active_children()) - before
            self._process = next(iter(started), self._process)
            return await asyncio.wrap_future(future)
        except BrokenProcessPool as error:
            self.stop()
            raise WorkerDiedError from error
        except asyncio.CancelledError:
            self.stop()
            raise


def _begin() -> None:
    """Tie this process to the bot's: Ctrl-C is the bot's business, and its end is ours."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
