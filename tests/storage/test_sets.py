import copy
import sqlite3
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlite_utils import Database

from storage import jobs, sets

ELBOWS = ("left_elbow", "right_elbow")


def running_job(db: Database, user_id: int, message_id: int, sent_at: datetime) -> jobs.Job:
    job = jobs.add(
        db, user_id, chat_id=user_id, message_id=message_id, kind="analysis", sent_at=sent_at
    )
    assert job is not None
    jobs.acknowledge(db, job.id, None)
    claimed = jobs.claim(db)
    assert claimed is not None
    return claimed


def add_set(
    db: Database, user_id: int, sent_at: datetime, report: dict[str, Any], message_id: int = 1
) -> int:
    set_id = sets.add(
        db,
        running_job(db, user_id, message_id, sent_at),
        report=report,
        judged=True,
        poses=b"poses",
    )
    assert set_id is not None
    return set_id


def test_a_set_comes_back_as_it_was(
    fresh_db: Database, morning: datetime, report: dict[str, Any]
) -> None:
    set_id = add_set(fresh_db, 1, morning, report)
    assert sets.get(fresh_db, 1, set_id) == sets.Set(
        set_id, morning, "bench_press", 0.9, report, b"poses"
    )
    angles = fresh_db.table("angles").rows_where("number = 1 and phase = 'turn'")
    assert {row["joint"]: row["angle_deg"] for row in angles} == {
        "left_elbow": 80.0,
        "right_elbow": 90.0,
        "left_hip": 100.0,
    }


def test_progress_means_over_repetitions_and_sides(
    fresh_db: Database, morning: datetime, report: dict[str, Any]
) -> None:
    add_set(fresh_db, 1, morning + timedelta(days=1), report, 2)
    still = copy.deepcopy(report)
    for repetition in still["repetitions"]:
        repetition["angles_deg"]["turn"] = {}
    add_set(fresh_db, 1, morning, still, 3)
    assert sets.progress(fresh_db, 1, "bench_press", joints=ELBOWS) == (
        sets.SetProgress(morning, 2, None, 3.0, 1),
        # First repetition: (90 + 70) / 2, second: the left side alone, 60; durations 2 and 4 s.
        sets.SetProgress(morning + timedelta(days=1), 2, 70.0, 3.0, 1),
    )


def test_nobody_sees_anothers_set(
    fresh_db: Database, morning: datetime, report: dict[str, Any]
) -> None:
    set_id = add_set(fresh_db, 1, morning, report)
    jobs.add(fresh_db, 2, chat_id=2, message_id=9, kind="analysis", sent_at=morning)
    assert sets.get(fresh_db, 2, set_id) is None
    assert sets.history(fresh_db, 2) == ()
    assert sets.progress(fresh_db, 2, "bench_press", joints=ELBOWS) == ()
    assert sets.exercises(fresh_db, 2) == ()
    assert not sets.replace_verdict(
        fresh_db, 2, set_id, report={**report, "exercise": "squat"}, judged=False
    )
    stored = sets.get(fresh_db, 1, set_id)
    assert stored is not None
    assert stored.exercise == "bench_press"


def test_a_repetition_cannot_belong_to_anothers_set(
    fresh_db: Database, morning: datetime, report: dict[str, Any]
) -> None:
    set_id = add_set(fresh_db, 1, morning, report)
    running_job(fresh_db, 2, 9, morning)
    with pytest.raises(sqlite3.IntegrityError):
        fresh_db.table("repetitions").insert(
            {"set_id": set_id, "user_id": 2, "number": 9, "start_s": 0, "turn_s": 1, "end_s": 2}
        )


def test_a_new_verdict_takes_the_place_of_the_old(
    fresh_db: Database, morning: datetime, report: dict[str, Any]
) -> None:
    set_id = add_set(fresh_db, 1, morning, report)
    other = {
        **report,
        "exercise": "lat_pulldown",
        "repetitions": report["repetitions"][:1],
        "corrections": [],
    }
    assert sets.replace_verdict(fresh_db, 1, set_id, report=other, judged=True)
    assert sets.history(fresh_db, 1) == (
        sets.SetSummary(set_id, morning, "lat_pulldown", 0.9, 1, 2.0, 0),
    )
    assert fresh_db.table("angles").count == 5
    stored = sets.get(fresh_db, 1, set_id)
    assert stored is not None
    assert stored.poses == b"poses"


def test_corrections_are_counted_only_where_something_could_be_judged(
    fresh_db: Database, morning: datetime, report: dict[str, Any]
) -> None:
    set_id = add_set(fresh_db, 1, morning, report)
    nothing = {**report, "corrections": []}
    for judged, count in ((False, None), (True, 0)):
        assert sets.replace_verdict(fresh_db, 1, set_id, report=nothing, judged=judged)
        assert [line.corrections for line in sets.history(fresh_db, 1)] == [count]
        done = sets.progress(fresh_db, 1, "bench_press", joints=ELBOWS)
        assert [each.corrections for each in done] == [count]


def test_a_broken_verdict_changes_nothing(
    fresh_db: Database, morning: datetime, report: dict[str, Any]
) -> None:
    set_id = add_set(fresh_db, 1, morning, report)
    before = list(fresh_db.query("select * from angles"))
    broken = {**report, "repetitions": [{"start_s": 0.0}]}
    with pytest.raises(KeyError):
        sets.replace_verdict(fresh_db, 1, set_id, report=broken, judged=True)
    assert list(fresh_db.query("select * from angles")) == before


def test_a_job_that_ran_twice_leaves_one_set(
    fresh_db: Database, morning: datetime, report: dict[str, Any]
) -> None:
    job = running_job(fresh_db, 1, 1, morning)
    for _ in range(2):
        assert sets.add(fresh_db, job, report=report, judged=True, poses=b"poses") is not None
    assert len(sets.history(fresh_db, 1)) == 1
    assert fresh_db.table("repetitions").count == 2


def test_nothing_is_kept_of_a_cancelled_job(
    fresh_db: Database, morning: datetime, report: dict[str, Any]
) -> None:
    job = running_job(fresh_db, 1, 1, morning)
    jobs.cancel(fresh_db, 1)
    assert sets.add(fresh_db, job, report=report, judged=True, poses=b"poses") is None
    assert fresh_db.table("sets").count == 0


def test_the_history_is_newest_first_and_limited(
    fresh_db: Database, morning: datetime, report: dict[str, Any]
) -> None:
    for day in range(12):
        add_set(fresh_db, 1, morning + timedelta(days=day), {**report, "exercise": None}, day + 1)
    days = [line.filmed_at.day for line in sets.history(fresh_db, 1)]
    assert days == [12, 11, 10, 9, 8, 7, 6, 5, 4, 3]
    assert sets.exercises(fresh_db, 1) == ()


def test_exercises_come_most_frequent_first(
    fresh_db: Database, morning: datetime, report: dict[str, Any]
) -> None:
    for i, name in enumerate(["lat_pulldown", "bench_press", "lat_pulldown"]):
        add_set(fresh_db, 1, morning, {**report, "exercise": name}, i + 1)
    assert sets.exercises(fresh_db, 1) == ("lat_pulldown", "bench_press")


def test_the_angles_of_earlier_sets(
    fresh_db: Database, morning: datetime, report: dict[str, Any]
) -> None:
    first = add_set(fresh_db, 1, morning, report)
    second = {**report, "exercise": "lat_pulldown", "repetitions": report["repetitions"][1:]}
    add_set(fresh_db, 1, morning + timedelta(days=1), second, 2)
    add_set(fresh_db, 1, morning + timedelta(days=2), {**report, "exercise": None}, 3)
    add_set(fresh_db, 2, morning, report, 4)
    pulldown, bench = sets.angles(fresh_db, 1)
    assert pulldown == sets.SetAngles(
        "lat_pulldown", {"start": {"left_elbow": [170.0]}, "turn": {"left_elbow": [110.0]}}
    )
    assert bench.exercise == "bench_press"
    assert bench.angles_deg["start"] == {"left_elbow": [170.0, 170.0], "right_elbow": [160.0]}
    assert sets.angles(fresh_db, 1, without=first) == (pulldown,)
    assert sets.angles(fresh_db, 1, limit=1) == (pulldown,)
    assert sets.angles(fresh_db, 3) == ()
