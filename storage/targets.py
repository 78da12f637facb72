"""Targets: the ranges within which a lifter's joints are to stay, say after an injury."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlite_utils import Database

from storage import users


@dataclass(frozen=True, slots=True)
class TargetRange:
    """Included angles in degrees; ``joint`` is one side's or stands for both."""

    joint: str
    low_deg: float
    high_deg: float
    set_at: datetime


def put(db: Database, user_id: int, joint: str, low_deg: float, high_deg: float) -> None:
    """Keep a range, in the place of an earlier one of the same joint."""
    with db.atomic():
        users.remember(db, user_id)
        db.table("targets").upsert(
            {
                "user_id": user_id,
                "joint": joint,
                "low_deg": low_deg,
                "high_deg": high_deg,
                "set_at": datetime.now(UTC).isoformat(),
            },
            pk=("user_id", "joint"),
        )


def remove(db: Database, user_id: int, joint: str) -> bool:
    """Drop a range; return whether there was one."""
    dropped = db.execute(
        "delete from targets where user_id = ? and joint = ?", [user_id, joint]
    ).rowcount
    return dropped > 0


def of(db: Database, user_id: int) -> tuple[TargetRange, ...]:
    """Return a lifter's ranges, by joint."""
    rows = db.table("targets").rows_where("user_id = ?", [user_id], order_by="joint")
    return tuple(
        TargetRange(
            row["joint"], row["low_deg"], row["high_deg"], datetime.fromisoformat(row["set_at"])
        )
        for row in rows
    )
