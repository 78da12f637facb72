"""The schema, as numbered migrations. One that has been released is never edited again.

Times are ISO 8601 in UTC, except within a clip, where they are seconds from its first frame.
Angles are included angles in degrees. Rows hold facts; the sentences of a report stay in its JSON.
"""

from typing import Final

from sqlite_utils import Database, Migrations
from sqlite_utils.db import ForeignKey

migrations: Final = Migrations("gymbrain")


def _belongs(
    table: str, columns: tuple[str, ...], parent: str, parent_columns: tuple[str, ...]
) -> ForeignKey:
    """Return a foreign key whose rows go when their parent goes."""
    single = len(columns) == 1
    return ForeignKey(
        table,
        columns[0] if single else None,
        parent,
        parent_columns[0] if single else None,
        columns=columns,
        other_columns=parent_columns,
        is_compound=not single,
        on_delete="CASCADE",
    )


def _owned(table: str) -> ForeignKey:
    return _belongs(table, ("user_id",), "users", ("id",))


def _of_set(table: str) -> ForeignKey:
    # Set and owner together: a row can never belong to one person's set and another person.
    return _belongs(table, ("set_id", "user_id"), "sets", ("id", "user_id"))


@migrations()
def m001_initial(db: Database) -> None:
    """Lay out lifters, jobs, sets with their repetitions and deviations, and calibrations."""
    db.table("users").create(
        {"id": int, "created_at": str, "calibrating_since": str},
        pk="id",
        not_null={"created_at"},
        strict=True,
    )
    db.table("jobs").create(
        {
            "id": int,
            "user_id": int,
            "chat_id": int,
            "message_id": int,
            "status_message_id": int,
            "kind": str,
            "state": str,
            "attempts": int,
            "file_id": str,
            "set_id": int,
            "exercise": str,
            "sent_at": str,
            "started_at": str,
        },
        pk="id",
        not_null={"user_id", "chat_id", "message_id", "kind", "state", "attempts", "sent_at"},
        defaults={"attempts": 0},
        foreign_keys=[_owned("jobs")],
        strict=True,
    )
    # Telegram may deliver an update twice: the same file in the same message is one job.
    db.table("jobs").create_index(["chat_id", "message_id", "file_id"], unique=True)
    db.table("jobs").create_index(["state", "user_id"])
    db.table("sets").create(
        {
            "id": int,
            "user_id": int,
            "job_id": int,
            "filmed_at": str,
            "exercise": str,
            "confidence": float,
            "report": str,
            "poses": bytes,
        },
        pk="id",
        not_null={"user_id", "job_id", "filmed_at", "confidence", "report", "poses"},
        foreign_keys=[_owned("sets")],
        strict=True,
    )
    db.table("sets").create_index(["id", "user_id"], unique=True)
    db.table("sets").create_index(["job_id"], unique=True)
    db.table("sets").create_index(["user_id", "exercise", "filmed_at"])
    db.table("repetitions").create(
        {
            "set_id": int,
            "user_id": int,
            "number": int,
            "start_s": float,
            "turn_s": float,
            "end_s": float,
        },
        pk=("set_id", "number"),
        not_null={"user_id", "start_s", "turn_s", "end_s"},
        foreign_keys=[_of_set("repetitions")],
        strict=True,
    )
    db.table("angles").create(
        {
            "set_id": int,
            "user_id": int,
            "number": int,
            "phase": str,
            "joint": str,
            "angle_deg": float,
        },
        pk=("set_id", "number", "phase", "joint"),
        not_null={"user_id", "angle_deg"},
        foreign_keys=[
            _of_set("angles"),
            _belongs("angles", ("set_id", "number"), "repetitions", ("set_id", "number")),
        ],
        strict=True,
    )
    db.table("deviations").create(
        {
            "id": int,
            "set_id": int,
            "user_id": int,
            "joint": str,
            "side": str,
            "phase": str,
            "repetitions": str,
            "user_deg": float,
            "reference_deg": float,
            "threshold_deg": float,
            "priority": int,
        },
        pk="id",
        not_null={
            "set_id",
            "user_id",
            "joint",
            "side",
            "phase",
            "repetitions",
            "user_deg",
            "reference_deg",
            "threshold_deg",
            "priority",
        },
        foreign_keys=[_of_set("deviations")],
        strict=True,
    )
    db.table("deviations").create_index(["set_id"])
    db.table("calibrations").create(
        {"id": int, "user_id": int, "created_at": str, "photos": int, "camera": str},
        pk="id",
        not_null={"user_id", "created_at", "photos", "camera"},
        foreign_keys=[_owned("calibrations")],
        strict=True,
    )
    db.table("calibrations").create_index(["user_id"])
    # Photos wait here, as file ids, until the lifter says that there are enough of them.
    db.table("calibration_photos").create(
        {"id": int, "user_id": int, "message_id": int, "file_id": str, "name": str},
        pk="id",
        not_null={"user_id", "message_id", "file_id"},
        foreign_keys=[_owned("calibration_photos")],
        strict=True,
    )
    db.table("calibration_photos").create_index(["user_id", "message_id", "file_id"], unique=True)


@migrations()
def m002_references(db: Database) -> None:
    """Let a job turn a coach's clip into a reference under the coach's name."""
    db.table("jobs").add_column("coach", str)


@migrations()
def m003_targets(db: Database) -> None:
    """Lay out the ranges within which a lifter's joints are to stay."""
    db.table("targets").create(
        {"user_id": int, "joint": str, "low_deg": float, "high_deg": float, "set_at": str},
        pk=("user_id", "joint"),
        not_null={"low_deg", "high_deg", "set_at"},
        foreign_keys=[_owned("targets")],
        strict=True,
    )


@migrations()
def m004_corrections(db: Database) -> None:
    """Count with each set what its report corrects; of deviations only their number was read.

    Reports from before there were corrections had one for each deviation.
    """
    db.table("sets").add_column("corrections", int, not_null_default=0)
    db.execute(
        "update sets set corrections = coalesce("
        "json_array_length(report, '$.corrections'), json_array_length(report, '$.deviations'), 0)"
    )
    db.table("deviations").drop()


@migrations()
def m005_judged(db: Database) -> None:
    """Keep with each set whether anything in it could be judged.

    Of older ones it counts as judged if it was compared with an expert.
    """
    db.table("sets").add_column("judged", int, not_null_default=0)
    db.execute("update sets set judged = json_extract(report, '$.reference') is not null")
