"""Calibrations: the chessboard photos that wait for one, and the cameras that came of them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlite_utils import Database

from storage import users


@dataclass(frozen=True, slots=True)
class CalibrationPhoto:
    """A photo by its Telegram file id; ``name`` is its file name, if it came with one."""

    file_id: str
    name: str | None


def begin(db: Database, user_id: int) -> None:
    """Start collecting photos for a lifter, without those of an earlier try."""
    with db.atomic():
        users.remember(db, user_id)
        _drop_photos(db, user_id)
        db.table("users").update(user_id, {"calibrating_since": datetime.now(UTC).isoformat()})


def collecting(db: Database, user_id: int) -> bool:
    """Return whether photos of this lifter belong to a calibration."""
    return db.table("users").count_where("id = ? and calibrating_since not null", [user_id]) > 0


def add_photo(
    db: Database, user_id: int, *, message_id: int, file_id: str, name: str | None
) -> int | None:
    """Keep a photo for the calibration and return how many there are now.

    Return None when the lifter is not calibrating. A photo delivered twice counts once.
    """
    with db.atomic():
        if not collecting(db, user_id):
            return None
        db.table("calibration_photos").insert(
            {"user_id": user_id, "message_id": message_id, "file_id": file_id, "name": name},
            ignore=True,
        )
        return count_photos(db, user_id)


def count_photos(db: Database, user_id: int) -> int:
    """Return how many photos wait."""
    return db.table("calibration_photos").count_where("user_id = ?", [user_id])


def photos(db: Database, user_id: int) -> tuple[CalibrationPhoto, ...]:
    """Return the photos that wait, in the order in which they were sent."""
    rows = db.table("calibration_photos").rows_where(
        "user_id = ?", [user_id], order_by="message_id, id"
    )
    return tuple(CalibrationPhoto(row["file_id"], row["name"]) for row in rows)


def end(db: Database, user_id: int) -> bool:
    """Stop collecting and drop the photos; return whether there was anything to stop."""
    with db.atomic():
        was_collecting = collecting(db, user_id)
        db.execute("update users set calibrating_since = null where id = ?", [user_id])
        _drop_photos(db, user_id)
    return was_collecting


def save(db: Database, user_id: int, *, camera: Mapping[str, Any], photo_count: int) -> None:
    """Keep a lifter's camera, which counts from now on, and end the calibration."""
    with db.atomic():
        db.table("calibrations").insert(
            {
                "user_id": user_id,
                "created_at": datetime.now(UTC).isoformat(),
                "photos": photo_count,
                "camera": json.dumps(camera),
            }
        )
        end(db, user_id)


def latest(db: Database, user_id: int) -> dict[str, Any] | None:
    """Return the lifter's camera, as it was saved, or None."""
    rows = db.query(
        "select camera from calibrations where user_id = ? order by id desc limit 1", [user_id]
    )
    row = next(rows, None)
    return None if row is None else dict(json.loads(row["camera"]))


def _drop_photos(db: Database, user_id: int) -> None:
    db.table("calibration_photos").delete_where("user_id = ?", [user_id])
