from sqlite_utils import Database

from storage import calibrations, users


def add(db: Database, user_id: int, number: int) -> int | None:
    return calibrations.add_photo(
        db, user_id, message_id=number, file_id=f"file{number}", name=f"photo {number}"
    )


def test_photos_count_only_while_calibrating(fresh_db: Database) -> None:
    users.remember(fresh_db, 1)
    assert add(fresh_db, 1, 1) is None
    calibrations.begin(fresh_db, 1)
    assert [add(fresh_db, 1, number) for number in (1, 2, 2)] == [1, 2, 2]
    assert add(fresh_db, 2, 1) is None
    assert calibrations.photos(fresh_db, 1) == (
        calibrations.CalibrationPhoto("file1", "photo 1"),
        calibrations.CalibrationPhoto("file2", "photo 2"),
    )


def test_photos_come_in_the_order_in_which_they_were_sent(fresh_db: Database) -> None:
    calibrations.begin(fresh_db, 1)
    for number in (12, 3, 7):
        add(fresh_db, 1, number)
    assert [photo.name for photo in calibrations.photos(fresh_db, 1)] == [
        "photo 3",
        "photo 7",
        "photo 12",
    ]


def test_a_new_try_begins_without_the_old_photos(fresh_db: Database) -> None:
    calibrations.begin(fresh_db, 1)
    add(fresh_db, 1, 1)
    calibrations.begin(fresh_db, 1)
    assert calibrations.count_photos(fresh_db, 1) == 0


def test_ending_says_whether_there_was_anything(fresh_db: Database) -> None:
    assert not calibrations.end(fresh_db, 1)
    calibrations.begin(fresh_db, 1)
    add(fresh_db, 1, 1)
    assert calibrations.end(fresh_db, 1)
    assert calibrations.photos(fresh_db, 1) == ()
    assert not calibrations.collecting(fresh_db, 1)


def test_the_latest_camera_counts_for_its_owner(fresh_db: Database) -> None:
    assert calibrations.latest(fresh_db, 1) is None
    calibrations.begin(fresh_db, 1)
    add(fresh_db, 1, 1)
    calibrations.save(fresh_db, 1, camera={"fx": 1.0}, photo_count=10)
    calibrations.save(fresh_db, 1, camera={"fx": 2.0}, photo_count=11)
    assert calibrations.latest(fresh_db, 1) == {"fx": 2.0}
    assert calibrations.latest(fresh_db, 2) is None
    assert calibrations.count_photos(fresh_db, 1) == 0
    assert not calibrations.collecting(fresh_db, 1)
    assert [row["photos"] for row in fresh_db.table("calibrations").rows] == [10, 11]
