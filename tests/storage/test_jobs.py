from datetime import datetime

import pytest
from sqlite_utils import Database

from storage import jobs


def add(db: Database, user_id: int, message_id: int, sent_at: datetime) -> jobs.Job:
    job = jobs.add(
        db,
        user_id,
        chat_id=user_id,
        message_id=message_id,
        kind="analysis",
        file_id=f"file{message_id}",
        sent_at=sent_at,
    )
    assert job is not None
    return job


def add_waiting(db: Database, user_id: int, message_id: int, sent_at: datetime) -> jobs.Job:
    job = add(db, user_id, message_id, sent_at)
    jobs.acknowledge(db, job.id, 1000 + message_id)
    return job


def state(db: Database, job: jobs.Job) -> str:
    return str(db.table("jobs").get(job.id)["state"])


def test_a_job_waits_once_it_is_acknowledged(fresh_db: Database, morning: datetime) -> None:
    job = add(fresh_db, 1, 10, morning)
    assert (job.state, job.file_id, job.sent_at) == ("received", "file10", morning)
    assert jobs.claim(fresh_db) is None
    jobs.acknowledge(fresh_db, job.id, 11)
    claimed = jobs.claim(fresh_db)
    assert claimed is not None
    assert (claimed.id, claimed.state, claimed.attempts) == (job.id, "running", 1)
    assert claimed.status_message_id == 11
    assert jobs.claim(fresh_db) is None


def test_the_same_file_of_the_same_message_is_one_job(
    fresh_db: Database, morning: datetime
) -> None:
    add(fresh_db, 1, 10, morning)
    again = jobs.add(
        fresh_db, 1, chat_id=1, message_id=10, kind="analysis", file_id="file10", sent_at=morning
    )
    assert again is None
    assert jobs.unfinished(fresh_db, 1) == 1


def test_a_lifter_may_change_their_mind_twice_on_one_message(
    fresh_db: Database, morning: datetime
) -> None:
    for exercise in ("bench_press", "lat_pulldown"):
        assert jobs.add(
            fresh_db,
            1,
            chat_id=1,
            message_id=10,
            kind="rejudgement",
            set_id=1,
            exercise=exercise,
            sent_at=morning,
        )


def test_lifters_take_turns(fresh_db: Database, morning: datetime) -> None:
    for message_id in (10, 11, 12):
        add_waiting(fresh_db, 1, message_id, morning)
    add_waiting(fresh_db, 2, 20, morning)
    order = []
    while (job := jobs.claim(fresh_db)) is not None:
        order.append(job.message_id)
        jobs.finish(fresh_db, job.id, "done")
    assert order == [10, 20, 11, 12]


def test_a_lifter_with_something_under_way_lets_others_pass(
    fresh_db: Database, morning: datetime
) -> None:
    for message_id in (10, 11):
        add_waiting(fresh_db, 1, message_id, morning)
    for message_id in (20, 21):
        add_waiting(fresh_db, 2, message_id, morning)
    order = [job.message_id for _ in range(4) if (job := jobs.claim(fresh_db))]
    assert order == [10, 20, 11, 21]


def test_the_position_counts_turns(fresh_db: Database, morning: datetime) -> None:
    mine = [add_waiting(fresh_db, 1, message_id, morning) for message_id in (10, 11, 12)]
    other = add_waiting(fresh_db, 2, 20, morning)
    assert [jobs.ahead(fresh_db, job.id) for job in (mine[0], other, mine[1], mine[2])] == [
        0,
        1,
        2,
        3,
    ]


@pytest.mark.parametrize(
    ("stop", "attempts"), [(jobs.retry, 2), (jobs.put_back, 1), (lambda *_: None, 2)]
)
def test_what_was_running_runs_again_after_a_restart(
    fresh_db: Database, morning: datetime, stop: object, attempts: int
) -> None:
    job = add_waiting(fresh_db, 1, 10, morning)
    jobs.claim(fresh_db)
    assert callable(stop)
    stop(fresh_db, job.id)
    assert jobs.resume(fresh_db) == 1
    again = jobs.claim(fresh_db)
    assert again is not None
    assert (again.id, again.attempts) == (job.id, attempts)


def test_a_job_received_but_not_acknowledged_is_resumed(
    fresh_db: Database, morning: datetime
) -> None:
    job = add(fresh_db, 1, 10, morning)
    assert jobs.resume(fresh_db) == 1
    again = jobs.claim(fresh_db)
    assert again is not None
    assert (again.id, again.status_message_id) == (job.id, None)


def test_cancelling_spares_what_is_over_and_what_is_another_lifters(
    fresh_db: Database, morning: datetime
) -> None:
    over, running, waiting = (add_waiting(fresh_db, 1, i, morning) for i in (10, 11, 12))
    other = add_waiting(fresh_db, 2, 20, morning)
    jobs.claim(fresh_db)
    jobs.finish(fresh_db, over.id, "done")
    jobs.claim(fresh_db)
    fresh_db.execute("update jobs set state = 'running' where id = ?", [running.id])
    cancelled = jobs.cancel(fresh_db, 1)
    assert {job.id for job in cancelled} == {running.id, waiting.id}
    assert state(fresh_db, over) == "done"
    assert state(fresh_db, other) in {"running", "waiting"}
    jobs.finish(fresh_db, running.id, "done")
    jobs.acknowledge(fresh_db, waiting.id, 5)
    assert (state(fresh_db, running), state(fresh_db, waiting)) == ("cancelled", "cancelled")


def test_what_somebody_waits_for_is_promised_to_them_alone_and_until_it_is_done(
    fresh_db: Database, morning: datetime
) -> None:
    job = jobs.add(
        fresh_db,
        1,
        chat_id=1,
        message_id=10,
        kind="rejudgement",
        set_id=5,
        exercise="squat",
        sent_at=morning,
    )
    assert job is not None
    assert jobs.is_promised(fresh_db, 1, "rejudgement", set_id=5, exercise="squat")
    assert not jobs.is_promised(fresh_db, 2, "rejudgement", set_id=5, exercise="squat")
    assert not jobs.is_promised(fresh_db, 1, "rejudgement", set_id=5, exercise="plank")
    assert not jobs.is_promised(fresh_db, 1, "rejudgement", set_id=6, exercise="squat")
    assert not jobs.is_promised(fresh_db, 1, "calibration")
    jobs.acknowledge(fresh_db, job.id, None)
    jobs.claim(fresh_db)
    jobs.finish(fresh_db, job.id, "done")
    assert not jobs.is_promised(fresh_db, 1, "rejudgement", set_id=5, exercise="squat")
