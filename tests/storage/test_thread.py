import sqlite3
import threading
from pathlib import Path

import pytest
from sqlite_utils import Database

from storage import StorageError, StorageThread, users


async def test_calls_run_on_one_other_thread_and_in_order(tmp_path: Path) -> None:
    storage = StorageThread(tmp_path / "gymbrain.db")
    await storage.open()
    threads = set()

    def remember(db: Database, user_id: int) -> int:
        threads.add(threading.get_ident())
        users.remember(db, user_id)
        return db.table("users").count

    assert [await storage.run(remember, i) for i in (1, 2, 2)] == [1, 2, 2]
    assert len(threads) == 1
    assert threading.get_ident() not in threads
    await storage.close()
    await storage.close()


async def test_errors_come_back_and_leave_the_database_usable(tmp_path: Path) -> None:
    storage = StorageThread(tmp_path / "gymbrain.db")
    with pytest.raises(RuntimeError):
        await storage.run(users.remember, 1)
    await storage.open()

    def refused(db: Database) -> None:
        with db.atomic():
            users.remember(db, 1)
            db.execute("insert into sets (user_id) values (1)")

    with pytest.raises(sqlite3.IntegrityError):
        await storage.run(refused)
    assert await storage.run(lambda db: db.table("users").count) == 0
    await storage.close()


async def test_an_unusable_file_is_said_on_opening(tmp_path: Path) -> None:
    path = tmp_path / "gymbrain.db"
    path.write_text("text " * 1000)
    storage = StorageThread(path)
    with pytest.raises(StorageError):
        await storage.open()
    await storage.close()
