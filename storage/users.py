"""Lifters: who has written to the bot, whether they are calibrating, and forgetting them."""

from datetime import UTC, datetime

from sqlite_utils import Database


def remember(db: Database, user_id: int) -> None:
    """Make a row for a lifter who has none; every other row of theirs needs it."""
    db.table("users").insert(
        {"id": user_id, "created_at": datetime.now(UTC).isoformat()}, ignore=True
    )


def forget(db: Database, user_id: int) -> None:
    """Delete a lifter and everything of theirs, and the bytes with it.

    ``secure_delete`` overwrites the freed pages; the write-ahead log, which still holds the old
    ones, is folded into the database and cut to nothing.
    """
    db.table("users").delete_where("id = ?", [user_id])
    db.execute("pragma wal_checkpoint(truncate)").fetchall()
