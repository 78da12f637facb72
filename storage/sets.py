"""Sets: what a clip showed, repetition by repetition, and how an exercise develops over them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlite_utils import Database

from storage import jobs

_Stage = Literal["start", "out", "turn", "back"]


@dataclass(frozen=True, slots=True)
class Set:
    """A set as stored: ``report`` is the report's JSON object, ``poses`` a NumPy archive."""

    id: int
    filmed_at: datetime
    exercise: str | None
    confidence: float
    report: Mapping[str, Any]
    poses: bytes


@dataclass(frozen=True, slots=True)
class SetSummary:
    """A line of the history.

    ``longest_s`` is the duration of the longest repetition, 0 of none; ``corrections`` is None
    when nothing could be judged.
    """

    id: int
    filmed_at: datetime
    exercise: str | None
    confidence: float
    repetitions: int
    longest_s: float
    corrections: int | None


@dataclass(frozen=True, slots=True)
class SetProgress:
    """One set on the way: means over its repetitions.

    ``range_deg`` is how far the joints asked for moved between start and turn, over both sides;
    None when they were not seen at both. ``tempo_s`` is the duration of a repetition and
    ``corrections`` is None when nothing could be judged.
    """

    filmed_at: datetime
    repetitions: int
    range_deg: float | None
    tempo_s: float
    corrections: int | None


@dataclass(frozen=True, slots=True)
class SetAngles:
    """The angles of a set's repetitions, by stage of a repetition and joint."""

    exercise: str
    angles_deg: dict[_Stage, dict[str, list[float]]]


def add(
    db: Database, job: jobs.Job, *, report: Mapping[str, Any], judged: bool, poses: bytes
) -> int | None:
    """Keep the set that a job's clip showed and return its id.

    ``report`` follows the schema of ``report.json``; ``judged`` tells whether anything in it could
    be. Return None when the job was cancelled or its lifter deleted meanwhile. A job that ran twice
    leaves one set.
    """
    with db.atomic():
        if not jobs.is_running(db, job.id):
            return None
        db.table("sets").delete_where("job_id = ?", [job.id])
        row = next(
            db.query(
                """
                insert into sets
                (user_id, job_id, filmed_at, exercise, confidence, corrections, judged, report,
                 poses)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?) returning id
                """,
                [
                    job.user_id,
                    job.id,
                    job.sent_at.isoformat(),
                    report["exercise"],
                    report["confidence"],
                    len(report["corrections"]),
                    judged,
                    json.dumps(report),
                    poses,
                ],
            )
        )
        set_id = int(row["id"])
        _add_facts(db, job.user_id, set_id, report)
    return set_id


def replace_verdict(
    db: Database, user_id: int, set_id: int, *, report: Mapping[str, Any], judged: bool
) -> bool:
    """Put a new report in the place of a set's old one; False when the lifter has no such set."""
    with db.atomic():
        changed = db.execute(
            "update sets set exercise = ?, confidence = ?, corrections = ?, judged = ?, report = ? "
            "where id = ? and user_id = ?",
            [
                report["exercise"],
                report["confidence"],
                len(report["corrections"]),
                judged,
                json.dumps(report),
                set_id,
                user_id,
            ],
        ).rowcount
        if not changed:
            return False
        db.table("repetitions").delete_where("set_id = ? and user_id = ?", [set_id, user_id])
        _add_facts(db, user_id, set_id, report)
    return True


def _add_facts(db: Database, user_id: int, set_id: int, report: Mapping[str, Any]) -> None:
    owner = {"set_id": set_id, "user_id": user_id}
    for number, repetition in enumerate(report["repetitions"], start=1):
        times = {key: repetition[key] for key in ("start_s", "turn_s", "end_s")}
        db.table("repetitions").insert({**owner, "number": number, **times})
        db.table("angles").insert_all(
            {**owner, "number": number, "phase": phase, "joint": joint, "angle_deg": angle_deg}
            for phase, angles in repetition["angles_deg"].items()
            for joint, angle_deg in angles.items()
        )


def get(db: Database, user_id: int, set_id: int) -> Set | None:
    """Return a lifter's set, or None when they have no such set."""
    rows = db.table("sets").rows_where("id = ? and user_id = ?", [set_id, user_id])
    row = next(iter(rows), None)
    if row is None:
        return None
    return Set(
        row["id"],
        datetime.fromisoformat(row["filmed_at"]),
        row["exercise"],
        row["confidence"],
        json.loads(row["report"]),
        row["poses"],
    )


def history(db: Database, user_id: int, *, limit: int = 10) -> tuple[SetSummary, ...]:
    """Return a lifter's last sets, the newest first."""
    rows = db.query(
        """
        select id, filmed_at, exercise, confidence, iif(judged, corrections, null) as corrections,
               (select count(*) from repetitions where set_id = sets.id) as repetitions,
               (select coalesce(max(end_s - start_s), 0)
                from repetitions where set_id = sets.id) as longest_s
        from sets where user_id = ? order by filmed_at desc, id desc limit ?
        """,
        [user_id, limit],
    )
    return tuple(
        SetSummary(**{**row, "filmed_at": datetime.fromisoformat(row["filmed_at"])}) for row in rows
    )


def progress(
    db: Database, user_id: int, exercise: str, *, joints: Sequence[str]
) -> tuple[SetProgress, ...]:
    """Return how a lifter's sets of an exercise went, the oldest first.

    ``joints`` are those whose range of motion counts. Sets without repetitions are left out.
    """
    marks = ", ".join("?" for _ in joints)
    rows = db.query(
        f"""
        select filmed_at, count(*) as repetitions, avg(range_deg) as range_deg,
               avg(tempo_s) as tempo_s, corrections
        from (
            select sets.id as set_id, sets.filmed_at, repetition.number,
                   iif(sets.judged, sets.corrections, null) as corrections,
                   repetition.end_s - repetition.start_s as tempo_s,
                   (select avg(abs(at_turn.angle_deg - at_start.angle_deg))
                    from angles as at_start join angles as at_turn using (set_id, number, joint)
                    where at_start.set_id = sets.id and at_start.number = repetition.number
                      and at_start.phase = 'start' and at_turn.phase = 'turn'
                      and joint in ({marks})) as range_deg
            from sets join repetitions as repetition on repetition.set_id = sets.id
            where sets.user_id = ? and sets.exercise = ?
        ) as moved
        group by set_id order by filmed_at, set_id
        """,  # noqa: S608 - only question marks are put in
        [*joints, user_id, exercise],
    )
    return tuple(
        SetProgress(**{**row, "filmed_at": datetime.fromisoformat(row["filmed_at"])})
        for row in rows
    )


def exercises(db: Database, user_id: int) -> tuple[str, ...]:
    """Return the exercises of which a lifter has sets, the most frequent first."""
    rows = db.query(
        "select exercise from sets where user_id = ? and exercise not null "
        "group by exercise order by count(*) desc, exercise",
        [user_id],
    )
    return tuple(row["exercise"] for row in rows)


def angles(
    db: Database, user_id: int, *, without: int | None = None, limit: int = 50
) -> tuple[SetAngles, ...]:
    """Return the angles in a lifter's last sets, the newest first, except in the set ``without``.

    Sets of which the exercise is not known are left out.
    """
    found: dict[int, SetAngles] = {}
    rows = db.query(
        """
        select set_id, exercise, phase, joint, angle_deg
        from (select id, exercise, filmed_at from sets
              where user_id = ? and exercise not null and id is not ?
              order by filmed_at desc, id desc limit ?) as last
        join angles on set_id = last.id
        order by filmed_at desc, set_id desc, number
        """,
        [user_id, without, limit],
    )
    for row in rows:
        each = found.setdefault(row["set_id"], SetAngles(row["exercise"], {}))
        joints = each.angles_deg.setdefault(row["phase"], {})
        joints.setdefault(row["joint"], []).append(row["angle_deg"])
    return tuple(found.values())
