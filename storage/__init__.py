"""What the bot remembers: lifters, their jobs, sets and calibrations, in one SQLite file.

Each module holds the queries of one noun as functions of an open database; every query about a
person names that person, so that nobody can reach another's rows by an id alone.
"""

from storage.database import open_database
from storage.errors import StorageError
from storage.thread import StorageThread

__all__ = ["StorageError", "StorageThread", "open_database"]
