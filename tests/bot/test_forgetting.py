from pathlib import Path

from references.texts import text
from storage import open_database
from tests.bot.conftest import Lifter


def rows(database: Path) -> int:
    with open_database(database) as db:
        return sum(table.count for table in db.tables if not table.name.startswith("_"))


async def test_a_lifter_who_says_so_twice_is_forgotten(lifter: Lifter, database: Path) -> None:
    await lifter.send_clip("a set")
    await lifter.hears("Was it not")
    await lifter.type("/deleteme")
    question = await lifter.hears("This cannot be undone.")
    assert rows(database) > 0
    await lifter.press(question.buttons["Delete everything"])
    await lifter.hears(text("forget.done"))
    assert rows(database) == 0


async def test_a_double_tap_is_no_error(lifter: Lifter) -> None:
    await lifter.type("/deleteme")
    question = await lifter.hears("This cannot be undone.")
    await lifter.press(question.buttons["Delete everything"])
    await lifter.hears(text("forget.done"))
    lifter.telegram.fail("editMessageText", 400, "Bad Request: message is not modified")
    await lifter.press(question.buttons["Delete everything"])
    await lifter.hears(text("forget.done"))
    await lifter.type("/help")
    await lifter.hears("How to film")
    assert text("chat.failed") not in lifter.telegram.said("sendMessage")


async def test_a_lifter_who_thinks_again_is_kept(lifter: Lifter, database: Path) -> None:
    await lifter.send_clip("a set")
    await lifter.hears("Was it not")
    before = rows(database)
    await lifter.type("/deleteme")
    question = await lifter.hears("This cannot be undone.")
    await lifter.press(question.buttons["Keep it"])
    await lifter.hears(text("forget.kept"))
    assert rows(database) == before


async def test_what_is_under_way_is_forgotten_too(
    lifter: Lifter, database: Path, tmp_path: Path
) -> None:
    await lifter.send_clip(f"wait-for {tmp_path / 'never'}")
    await lifter.hears("42 %")
    await lifter.type("/deleteme")
    question = await lifter.hears("This cannot be undone.")
    await lifter.press(question.buttons["Delete everything"])
    await lifter.hears(text("forget.done"))
    assert rows(database) == 0
    await lifter.send_clip("nobody")
    await lifter.hears("I cannot see anybody")


async def test_nobody_has_another_forgotten(lifter: Lifter, database: Path) -> None:
    await lifter.send_clip("a set")
    await lifter.hears("Was it not")
    stranger = Lifter(lifter.application, lifter.telegram, 2)
    await stranger.press("1:forget:1:yes")
    await stranger.hears(text("chat.old_button"))
    assert rows(database) > 0
