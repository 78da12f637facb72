"""What can go wrong with the database file itself."""


class StorageError(Exception):
    """The database cannot be used; the message names the file and what is wrong with it."""
