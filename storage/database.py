"""Opening the database: safe settings, and the schema brought up to date."""

import sqlite3
from pathlib import Path
from typing import Final

from sqlite_utils import Database

from storage.errors import StorageError
from storage.migrations import migrations

# How long a statement waits for another process, say a backup, to let go of the file.
_BUSY_TIMEOUT_S: Final = 10.0


def open_database(path: Path) -> Database:
    """Open the database at ``path``, making it, its folder and its tables where they are missing.

    The file is readable by its owner alone. The connection belongs to the calling thread. Raises
    StorageError when the file is no database, cannot be opened or was written by a newer release.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # SQLite gives its side files the mode of the database, so this covers them too.
        path.touch(mode=0o600)
        connection = sqlite3.connect(path, timeout=_BUSY_TIMEOUT_S)
    except (OSError, sqlite3.Error) as error:
        raise StorageError(f"{path} cannot be opened: {error}") from error
    try:
        return _prepare(Database(connection), path)
    except sqlite3.Error as error:
        connection.close()
        raise StorageError(f"{path} cannot be used: {error}") from error
    except StorageError:
        connection.close()
        raise


def _prepare(db: Database, path: Path) -> Database:
    db.enable_wal()
    db.execute("pragma foreign_keys = on")
    # Deleted rows are overwritten with zeros: who asks to be forgotten is forgotten.
    db.execute("pragma secure_delete = on")
    known = {migration.name for migration in migrations.pending(Database(memory=True))}
    unknown = [m.name for m in migrations.applied(db) if m.name not in known]
    if unknown:
        raise StorageError(f"{path} was written by a newer release ({unknown[-1]}).")
    migrations.apply(db)
    return db
