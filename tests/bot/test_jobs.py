import asyncio
from pathlib import Path

import pytest

from storage import open_database
from tests.bot.conftest import Lifter, running
from tests.bot.telegram_double import TelegramDouble


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    """Return a file whose appearance a scripted clip waits for."""
    return tmp_path / "go"


def release(mark: Path) -> None:
    mark.touch()


async def test_progress_is_shown_while_the_chat_stays_responsive(
    lifter: Lifter, mark: Path
) -> None:
    await lifter.send_clip(f"wait-for {mark}")
    await lifter.hears("Watching your set: 42 %")
    await lifter.type("/history")
    await lifter.hears("There is no set of yours yet")
    release(mark)
    await lifter.hears("Done")


async def test_lifters_are_told_how_many_are_ahead_and_take_turns(
    lifter: Lifter, mark: Path
) -> None:
    other = Lifter(lifter.application, lifter.telegram, 2)
    await lifter.send_clip(f"wait-for {mark}")
    await lifter.hears("42 %")
    await lifter.send_clip("nobody")
    await lifter.hears("I am on it.")
    await lifter.send_clip("nobody")
    await lifter.hears("One clip is ahead of it.")
    await other.send_clip("nobody")
    await other.hears("One clip is ahead of it.")
    release(mark)
    for _ in range(2):
        await lifter.hears("I cannot see anybody")
    fetched = [
        int(call.parameters["file_id"].removeprefix("file"))
        for call in lifter.telegram.calls
        if call.method == "getFile"
    ]
    # The other lifter's only clip was sent last and comes before the first one's other two.
    first, theirs, second, third = fetched
    assert first < second < third < theirs


async def test_a_lifter_may_not_fill_the_queue(
    telegram: TelegramDouble, database: Path, mark: Path
) -> None:
    async with running(telegram, database, max_unfinished=2) as application:
        lifter = Lifter(application, telegram, 1)
        for _ in range(3):
            await lifter.send_clip(f"wait-for {mark}")
        await lifter.hears("You have 2 clips waiting.")
        other = Lifter(application, telegram, 2)
        await other.send_clip("nobody")
        await other.hears("Got your clip")


async def test_a_worker_that_dies_once_is_replaced_and_the_clip_tried_again(
    lifter: Lifter, mark: Path
) -> None:
    await lifter.send_clip(f"crash-once {mark}")
    await lifter.hears("Done")


async def test_a_clip_that_kills_every_worker_is_given_up(lifter: Lifter) -> None:
    await lifter.send_clip("crash")
    await lifter.hears("I stumbled over this clip twice")
    await lifter.send_clip("nobody")
    await lifter.hears("I cannot see anybody")


async def test_an_endless_analysis_is_ended(
    telegram: TelegramDouble, database: Path, mark: Path
) -> None:
    async with running(telegram, database, time_limit_s=3.0) as application:
        lifter = Lifter(application, telegram, 1)
        await lifter.send_clip(f"wait-for {mark}")
        await lifter.hears("took me too long")
        await lifter.send_clip("nobody")
        await lifter.hears("I cannot see anybody")


async def test_what_was_under_way_at_a_stop_is_done_after_the_next_start(
    telegram: TelegramDouble, database: Path, mark: Path
) -> None:
    async with running(telegram, database) as application:
        lifter = Lifter(application, telegram, 1)
        await lifter.send_clip(f"wait-for {mark}")
        await lifter.send_clip("nobody")
        await lifter.hears("42 %")
    with open_database(database) as db:
        assert [(row["state"], row["attempts"]) for row in db.table("jobs").rows] == [
            ("waiting", 0),
            ("waiting", 0),
        ]
    release(mark)
    async with running(telegram, database) as application:
        await lifter.hears("Done")
        await lifter.hears("I cannot see anybody")


async def test_a_clip_that_was_never_acknowledged_is_done_all_the_same(
    telegram: TelegramDouble, database: Path
) -> None:
    telegram.fail("sendMessage", 500, "Internal Server Error")
    async with running(telegram, database) as application:
        lifter = Lifter(application, telegram, 1)
        await lifter.send_clip("nobody")
        await lifter.hears("Got your clip")
        await lifter.hears("I cannot see anybody")


async def test_leftovers_of_a_killed_process_are_cleared_away(
    telegram: TelegramDouble, database: Path
) -> None:
    leftover = database.parent / "scratch" / "tmp1" / "clip"
    leftover.parent.mkdir(parents=True)
    leftover.write_text("a private video")
    async with running(telegram, database):
        assert not leftover.exists()


async def test_a_job_that_took_the_whole_bot_down_twice_is_given_up(
    telegram: TelegramDouble, database: Path
) -> None:
    async with running(telegram, database, workers=0) as application:
        lifter = Lifter(application, telegram, 1)
        await lifter.send_clip("a set")
        await lifter.hears("Got your clip")
        await lifter.type("/help")
        await lifter.hears("How to film")
    with open_database(database) as db:
        db.execute("update jobs set state = 'running', attempts = 2")
    async with running(telegram, database):
        await lifter.hears("I stumbled over this clip twice")


async def test_cancelling_ends_what_runs_and_what_waits(lifter: Lifter, mark: Path) -> None:
    await lifter.send_clip(f"wait-for {mark}")
    await lifter.hears("42 %")
    await lifter.send_clip("nobody")
    await lifter.hears("Got your clip")
    await lifter.type("/cancel")
    for _ in range(2):
        await lifter.hears("Cancelled.")
    await lifter.hears("Your 2 clips are cancelled.")
    await lifter.send_clip("nobody")
    await lifter.hears("I cannot see anybody")
    assert "Done" not in " ".join(lifter.telegram.said("editMessageText"))


async def test_cancelling_spares_other_lifters(lifter: Lifter, mark: Path) -> None:
    other = Lifter(lifter.application, lifter.telegram, 2)
    await lifter.send_clip(f"wait-for {mark}")
    await lifter.hears("42 %")
    await other.type("/cancel")
    await other.hears("nothing to stop")
    release(mark)
    await lifter.hears("Done")


async def test_a_lifter_who_has_left_costs_nobody_else_anything(lifter: Lifter, mark: Path) -> None:
    await lifter.send_clip(f"wait-for {mark}")
    await lifter.hears("42 %")
    for method in ("sendMediaGroup", "editMessageText", "editMessageText"):
        lifter.telegram.fail(method, 403, "Forbidden: bot was blocked by the user")
    release(mark)
    other = Lifter(lifter.application, lifter.telegram, 2)
    await other.send_clip("nobody")
    await other.hears("I cannot see anybody")


async def test_flood_control_delays_the_answer_but_does_not_lose_it(lifter: Lifter) -> None:
    for method in ("sendMediaGroup", "sendVoice"):
        lifter.telegram.fail(method, 429, "Too Many Requests", retry_after=1)
    await lifter.send_clip("a set")
    await lifter.hears("I saw a bench press")
    await lifter.hears("Was it not")
    methods = [call.method for call in lifter.telegram.calls]
    assert methods.count("sendMediaGroup") == 2
    assert methods.count("sendVoice") == 2


async def test_an_answer_that_broke_off_is_sent_again_and_stored_once(
    lifter: Lifter,
) -> None:
    lifter.telegram.fail("sendVoice", 502, "Bad Gateway")
    await lifter.send_clip("a set")
    await lifter.hears("Was it not")
    await lifter.type("/history")
    history = await lifter.hears("bench press")
    assert len(history.words.splitlines()) == 1


async def test_an_update_delivered_twice_is_one_clip(lifter: Lifter) -> None:
    clip = lifter.file("nobody")
    for _ in range(2):
        await lifter.send(video=clip, message_id=77)
    await lifter.hears("I cannot see anybody")
    await asyncio.sleep(0.1)
    assert len(lifter.telegram.said("sendMessage")) == 1
