from datetime import UTC, datetime

from sqlite_utils import Database

from storage import targets


def test_a_range_is_kept_replaced_and_removed(fresh_db: Database) -> None:
    before = datetime.now(UTC)
    targets.put(fresh_db, 1, "left_elbow", 30, 120)
    targets.put(fresh_db, 1, "hip", 90, 180)
    targets.put(fresh_db, 1, "left_elbow", 40, 110)
    hip, elbow = targets.of(fresh_db, 1)
    assert (hip.joint, hip.low_deg, hip.high_deg) == ("hip", 90, 180)
    assert (elbow.joint, elbow.low_deg, elbow.high_deg) == ("left_elbow", 40, 110)
    assert before <= elbow.set_at <= datetime.now(UTC)
    assert targets.remove(fresh_db, 1, "hip")
    assert not targets.remove(fresh_db, 1, "hip")
    assert targets.of(fresh_db, 1) == (elbow,)


def test_nobody_sees_or_removes_anothers_range(fresh_db: Database) -> None:
    targets.put(fresh_db, 1, "elbow", 30, 120)
    assert targets.of(fresh_db, 2) == ()
    assert not targets.remove(fresh_db, 2, "elbow")
    assert len(targets.of(fresh_db, 1)) == 1
