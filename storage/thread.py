"""The database from asyncio: one thread, one connection, one short call after the other."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from sqlite_utils import Database

from storage.database import open_database

P = ParamSpec("P")
T = TypeVar("T")


class StorageThread:
    """Runs functions of a database on the one thread that owns the connection.

    SQLite connections belong to a thread and allow one writer, so a single thread is all there is
    to gain; the event loop never waits for the disk. Calls run in the order in which they were
    made.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db: Database | None = None
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="storage")

    async def open(self) -> None:
        """Open the database. Raises StorageError as ``open_database`` does."""
        loop = asyncio.get_running_loop()
        self._db = await loop.run_in_executor(self._executor, open_database, self._path)

    async def run(
        self,
        function: Callable[Concatenate[Database, P], T],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Return what ``function(db, *args, **kwargs)`` returns; raise what it raises."""
        if self._db is None:
            raise RuntimeError("the database is not open")
        call = partial(function, self._db, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._executor, call)

    async def close(self) -> None:
        """Finish the calls under way and close the database; twice does no harm."""
        if self._db is not None:
            await self.run(Database.close)
            self._db = None
        self._executor.shutdown()
