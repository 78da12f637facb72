import json
import sqlite3
import stat
from pathlib import Path

import pytest
from sqlite_utils import Database

from storage import StorageError, open_database
from storage.migrations import migrations


def test_migrations_make_every_table(fresh_db: Database) -> None:
    assert {t for t in fresh_db.table_names() if not t.startswith("_")} == {
        "angles",
        "calibration_photos",
        "calibrations",
        "jobs",
        "repetitions",
        "sets",
        "targets",
        "users",
    }
    assert [m.name for m in migrations.applied(fresh_db)] == [
        "m001_initial",
        "m002_references",
        "m003_targets",
        "m004_corrections",
        "m005_judged",
    ]


@pytest.mark.parametrize(
    ("report", "count", "judged"),
    [
        ({"deviations": [1], "corrections": [1, 2], "reference": {"id": "expert"}}, 2, 1),
        ({"deviations": [1, 2, 3]}, 3, 0),
        ({"deviations": [1], "corrections": [], "reference": None}, 0, 0),
    ],
)
def test_sets_of_an_older_release_are_counted_by_their_reports(
    report: dict[str, object], count: int, judged: int
) -> None:
    db = Database(memory=True)
    migrations.apply(db, stop_before="m004_corrections")
    db.table("users").insert({"id": 1, "created_at": "2026-03-01"})
    kept = {"user_id": 1, "job_id": 1, "filmed_at": "2026-03-01", "confidence": 1.0, "poses": b""}
    db.table("sets").insert({**kept, "report": json.dumps(report)})
    migrations.apply(db)
    [row] = db.table("sets").rows
    assert (row["corrections"], row["judged"]) == (count, judged)


def test_every_table_knows_its_owner_and_goes_with_it(fresh_db: Database) -> None:
    for table in fresh_db.tables:
        if table.name.startswith("_") or table.name == "users":
            continue
        assert "user_id" in table.columns_dict, table.name
        assert {key.on_delete for key in table.foreign_keys} == {"CASCADE"}, table.name


def test_opening_again_keeps_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "gymbrain.db"
    with open_database(path) as db:
        db.table("users").insert({"id": 7, "created_at": "2026-03-01T00:00:00+00:00"})
    with open_database(path) as db:
        assert db.table("users").count == 1
        assert db.journal_mode == "wal"


def test_only_the_owner_of_the_process_can_read_the_file(fresh_db: Database) -> None:
    files = list(Path(fresh_db.execute("pragma database_list").fetchone()[2]).parent.iterdir())
    assert len(files) == 3
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_a_row_of_nobody_is_refused(fresh_db: Database) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        fresh_db.table("calibrations").insert(
            {"user_id": 404, "created_at": "2026-03-01", "photos": 10, "camera": "{}"}
        )


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "holiday.jpg"
    path.write_bytes(b"\xff\xd8\xff not a database" * 100)
    before = path.read_bytes()
    with pytest.raises(StorageError, match=r"holiday\.jpg"):
        open_database(path)
    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where a folder should be")
    with pytest.raises(StorageError, match="data"):
        open_database(tmp_path / "data" / "gymbrain.db")


def test_a_database_of_a_newer_release_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "gymbrain.db"
    with open_database(path) as db:
        db.table("_sqlite_migrations").insert(
            {"migration_set": "gymbrain", "name": "m999_future", "applied_at": "2030-01-01"}
        )
    with pytest.raises(StorageError, match="newer release"):
        open_database(path)
