from datetime import datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from storage import calibrations, jobs, sets, targets, users

TRACE = "unmistakable-trace-of-a-person"


def fill(db: Database, user_id: int, sent_at: datetime, report: dict[str, Any]) -> None:
    targets.put(db, user_id, "elbow", 30, 120)
    calibrations.begin(db, user_id)
    calibrations.save(db, user_id, camera={"note": TRACE}, photo_count=12)
    calibrations.add_photo(db, user_id, message_id=1, file_id=TRACE, name=TRACE)
    job = jobs.add(
        db,
        user_id,
        chat_id=user_id,
        message_id=2,
        kind="analysis",
        file_id=TRACE,
        sent_at=sent_at,
    )
    assert job is not None
    jobs.acknowledge(db, job.id, 3)
    claimed = jobs.claim(db)
    assert claimed is not None
    # Long enough to spill over many pages of the file.
    poses = TRACE.encode() * 10_000
    assert sets.add(db, claimed, report={**report, "note": TRACE}, judged=True, poses=poses)


def test_forgetting_leaves_no_row_and_no_byte(
    fresh_db: Database, morning: datetime, report: dict[str, Any]
) -> None:
    folder = Path(fresh_db.execute("pragma database_list").fetchone()[2]).parent
    fill(fresh_db, 1, morning, report)
    assert any(TRACE.encode() in file.read_bytes() for file in folder.iterdir())
    users.forget(fresh_db, 1)
    rows = {t.name: t.count for t in fresh_db.tables if not t.name.startswith("_")}
    assert set(rows.values()) == {0}, rows
    assert not any(TRACE.encode() in file.read_bytes() for file in folder.iterdir())


def test_forgetting_spares_the_others(
    fresh_db: Database, morning: datetime, report: dict[str, Any]
) -> None:
    fill(fresh_db, 1, morning, report)
    fill(fresh_db, 2, morning, report)
    users.forget(fresh_db, 1)
    assert [row["id"] for row in fresh_db.table("users").rows] == [2]
    assert len(sets.history(fresh_db, 2)) == 1
    assert len(targets.of(fresh_db, 2)) == 1
    assert fresh_db.table("repetitions").count == 2
    assert calibrations.latest(fresh_db, 2) == {"note": TRACE}


def test_forgetting_a_stranger_does_nothing(fresh_db: Database) -> None:
    users.forget(fresh_db, 404)
    assert fresh_db.table("users").count == 0
