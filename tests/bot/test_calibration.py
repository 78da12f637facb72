from pathlib import Path

from storage import calibrations, open_database
from tests.bot.conftest import Lifter


async def send_photos(lifter: Lifter, *contents: str) -> None:
    for content in contents:
        await lifter.send(photo=[lifter.file("small"), lifter.file(content)], media_group_id="1")


def camera_of(database: Path, user_id: int) -> object:
    with open_database(database) as db:
        return calibrations.latest(db, user_id)


async def test_photos_become_a_camera(lifter: Lifter, database: Path) -> None:
    await lifter.type("/calibrate")
    await lifter.hears("Send me 10 photos or more of a chessboard")
    await send_photos(lifter, *["board"] * 9, "blurred", "board")
    counter = await lifter.hears("11 photos, enough.")
    await lifter.press(counter.buttons["Finish"])
    await lifter.hears("I am looking at your photos.")
    done = await lifter.hears("Calibrated from 10 photos.")
    assert "photo 10: no board" in done.words
    assert camera_of(database, 1) == {"fx": 1000.0}
    await send_photos(lifter, "board")
    await lifter.hears("That is a photo")


async def test_one_message_counts_the_photos_of_an_album(lifter: Lifter) -> None:
    await lifter.type("/calibrate")
    await lifter.hears("Send me 10 photos")
    await send_photos(lifter, *["board"] * 10)
    await lifter.hears("10 photos, enough.")
    assert len(lifter.telegram.said("sendMessage")) == 2


async def test_photos_sent_as_files_keep_their_names(lifter: Lifter) -> None:
    await lifter.type("/calibrate")
    names = ["IMG_1.JPG", "../../etc/passwd", "IMG_1.JPG", "长" * 300 + ".JPG"]
    for name in names:
        content = "blurred" if "passwd" in name else "board"
        file = lifter.file(content, mime_type="image/jpeg", file_name=name)
        await lifter.send(document=file)
    await lifter.hears("4 so far")
    await lifter.type("/done")
    done = await lifter.hears("Calibrated from 3 photos.")
    assert "_.._etc_passwd: no board" in done.words


async def test_after_photos_that_do_not_suffice_more_can_be_sent(
    lifter: Lifter, database: Path
) -> None:
    await lifter.type("/calibrate")
    await send_photos(lifter, "blurred")
    await lifter.hears("1 so far")
    await lifter.type("/done")
    failed = await lifter.hears("nearly the same angle")
    assert "Your photos are still here" in failed.words
    await send_photos(lifter, "board")
    await lifter.hears("2 so far")
    await lifter.type("/done")
    await lifter.hears("Calibrated from 1 photos.")
    assert camera_of(database, 1) == {"fx": 1000.0}


async def test_photos_finished_twice_are_looked_at_once(lifter: Lifter, tmp_path: Path) -> None:
    mark = tmp_path / "go on"
    await lifter.send_clip(f"wait-for {mark}")
    await lifter.hears("42 %")
    await lifter.type("/calibrate")
    await send_photos(lifter, "board")
    counter = await lifter.hears("1 so far")
    for _ in range(2):
        await lifter.press(counter.buttons["Finish"])
        await lifter.hears("I am looking at your photos.")
    mark.touch()
    await lifter.hears("Calibrated from 1 photos.")
    await lifter.type("/cancel")
    await lifter.hears("nothing to stop")
    assert not any("I could use" in call.words for call in lifter.everything_heard())


async def test_cancelling_ends_the_calibration(lifter: Lifter) -> None:
    await lifter.type("/calibrate")
    await send_photos(lifter, "board")
    await lifter.hears("1 so far")
    await lifter.type("/cancel")
    await lifter.hears("The calibration is stopped.")
    await lifter.type("/done")
    await lifter.hears("You are not sending chessboard photos")


async def test_done_without_photos_says_what_is_missing(lifter: Lifter) -> None:
    await lifter.type("/calibrate")
    await lifter.type("/done")
    await lifter.hears("There are no photos yet.")


async def test_photos_of_two_lifters_are_not_mixed(lifter: Lifter, database: Path) -> None:
    other = Lifter(lifter.application, lifter.telegram, 2)
    for each in (lifter, other):
        await each.type("/calibrate")
        await send_photos(each, "board")
        await each.hears("1 so far")
    await lifter.type("/done")
    await lifter.hears("Calibrated from 1 photos.")
    assert camera_of(database, 2) is None


async def test_a_clip_is_judged_in_the_middle_of_a_calibration(lifter: Lifter) -> None:
    await lifter.type("/calibrate")
    await lifter.send_clip("nobody")
    await lifter.hears("I cannot see anybody")
    await send_photos(lifter, "board")
    await lifter.hears("1 so far")


async def test_too_large_and_too_many_photos_are_refused(lifter: Lifter) -> None:
    await lifter.type("/calibrate")
    file = lifter.file("board", mime_type="image/jpeg", file_size=30_000_000)
    await lifter.send(document=file)
    await lifter.hears("This photo is larger than 20 MB")
    await send_photos(lifter, *["board"] * 41)
    await lifter.hears("I have 40 photos")
