"""Jobs: work that was promised to a lifter, on disk before it is begun.

received ─acknowledged→ waiting ─claimed→ running → done | failed
    any of the first three ─→ cancelled; after a restart running and received wait again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlite_utils import Database

from storage import users

Kind = Literal["analysis", "rejudgement", "calibration", "reference"]
State = Literal["received", "waiting", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Job:
    """One promise to a lifter.

    ``message_id`` is what they sent and ``status_message_id`` our acknowledgement, if it went out.
    An analysis has ``file_id``, and ``exercise`` when the lifter named one; a rejudgement has
    ``set_id`` and ``exercise``; a calibration works on the photos that wait; a reference has
    ``file_id``, ``exercise`` and ``coach``, the name to give it. ``attempts`` counts the times it
    was begun and ``sent_at`` is when the lifter asked.
    """

    id: int
    user_id: int
    chat_id: int
    message_id: int
    status_message_id: int | None
    kind: Kind
    state: State
    attempts: int
    file_id: str | None
    set_id: int | None
    exercise: str | None
    coach: str | None
    sent_at: datetime


def add(
    db: Database,
    user_id: int,
    *,
    chat_id: int,
    message_id: int,
    kind: Kind,
    sent_at: datetime,
    file_id: str | None = None,
    set_id: int | None = None,
    exercise: str | None = None,
    coach: str | None = None,
) -> Job | None:
    """Write a job down and return it; None when this very file of this message has one already."""
    with db.atomic():
        users.remember(db, user_id)
        row = next(
            db.query(
                """
                insert into jobs (user_id, chat_id, message_id, kind, state, file_id, set_id,
                                  exercise, coach, sent_at)
                values (?, ?, ?, ?, 'received', ?, ?, ?, ?, ?)
                on conflict (chat_id, message_id, file_id) do nothing
                returning *
                """,
                [
                    user_id,
                    chat_id,
                    message_id,
                    kind,
                    file_id,
                    set_id,
                    exercise,
                    coach,
                    sent_at.astimezone(UTC).isoformat(),
                ],
            ),
            None,
        )
    return None if row is None else _job(row)


def unfinished(db: Database, user_id: int) -> int:
    """Return how many jobs of a lifter are not over yet."""
    return db.table("jobs").count_where(
        "user_id = ? and state in ('received', 'waiting', 'running')", [user_id]
    )


def is_promised(
    db: Database,
    user_id: int,
    kind: Kind,
    *,
    set_id: int | None = None,
    exercise: str | None = None,
) -> bool:
    """Return whether a lifter waits for this very thing already, say after a double tap."""
    wanted = "user_id = ? and kind = ? and set_id is ? and exercise is ?"
    return (
        db.table("jobs").count_where(
            f"{wanted} and state in ('received', 'waiting', 'running')",
            [user_id, kind, set_id, exercise],
        )
        > 0
    )


def acknowledge(db: Database, job_id: int, status_message_id: int | None) -> None:
    """Let a received job wait for its turn; ``status_message_id`` is where its progress shows."""
    db.execute(
        """
        update jobs set status_message_id = ?,
                        state = case state when 'received' then 'waiting' else state end
        where id = ?
        """,
        [status_message_id, job_id],
    )


def ahead(db: Database, job_id: int) -> int:
    """Return how many jobs will be begun before this one, turn by turn among the lifters."""
    row = next(
        db.query(
            """
            with queue as (
                select id, row_number() over (partition by user_id order by id) as turn
                from jobs where state in ('received', 'waiting')
            ), mine as (select id, turn from queue where id = ?)
            select count(*) as ahead from queue, mine
            where (queue.turn, queue.id) < (mine.turn, mine.id)
            """,
            [job_id],
        )
    )
    return int(row["ahead"])


def claim(db: Database) -> Job | None:
    """Begin the job whose turn it is and return it; None when none waits.

    Lifters take turns: first who has least under way, then who was served longest ago, so that
    ten clips of one lifter do not keep another's single clip waiting.
    """
    row = next(
        db.query(
            """
            update jobs set state = 'running', attempts = attempts + 1, started_at = ?
            where id = (
                select id from jobs as job where state = 'waiting'
                order by (select count(*) from jobs as other
                          where other.user_id = job.user_id and other.state = 'running'),
                         (select max(started_at) from jobs as other
                          where other.user_id = job.user_id) nulls first,
                         id
                limit 1
            )
            returning *
            """,
            [datetime.now(UTC).isoformat()],
        ),
        None,
    )
    return None if row is None else _job(row)


def finish(db: Database, job_id: int, state: Literal["done", "failed"]) -> None:
    """End a running job; one that was cancelled or deleted meanwhile stays so."""
    db.execute("update jobs set state = ? where id = ? and state = 'running'", [state, job_id])


def retry(db: Database, job_id: int) -> None:
    """Let a running job wait for another attempt."""
    db.execute("update jobs set state = 'waiting' where id = ? and state = 'running'", [job_id])


def put_back(db: Database, job_id: int) -> None:
    """Let a running job wait again as if this attempt had not begun: the bot is stopping."""
    db.execute(
        "update jobs set state = 'waiting', attempts = attempts - 1 "
        "where id = ? and state = 'running'",
        [job_id],
    )


def cancel(db: Database, user_id: int) -> tuple[Job, ...]:
    """Cancel everything of a lifter that is not over yet and return it as it was cancelled."""
    return _jobs(
        db.query(
            "update jobs set state = 'cancelled' "
            "where user_id = ? and state in ('received', 'waiting', 'running') returning *",
            [user_id],
        )
    )


def resume(db: Database) -> int:
    """After a start, let everything that an earlier process left wait again; return how many."""
    db.execute("update jobs set state = 'waiting' where state in ('received', 'running')")
    return db.table("jobs").count_where("state = 'waiting'")


def is_running(db: Database, job_id: int) -> bool:
    """Return whether a job is still wanted: neither cancelled nor deleted."""
    return db.table("jobs").count_where("id = ? and state = 'running'", [job_id]) > 0


def _jobs(rows: Iterable[Mapping[str, Any]]) -> tuple[Job, ...]:
    return tuple(_job(row) for row in rows)


def _job(row: Mapping[str, Any]) -> Job:
    values = {name: row[name] for name in Job.__slots__}
    return Job(**{**values, "sent_at": datetime.fromisoformat(row["sent_at"])})
