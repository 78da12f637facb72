from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from references.experts.coaches import coach_references
from references.texts import text
from tests.bot.conftest import Lifter, running
from tests.bot.telegram_double import TelegramDouble


@pytest.fixture
async def coach(telegram: TelegramDouble, database: Path) -> AsyncIterator[Lifter]:
    """Return a coach in a chat with a running bot."""
    async with running(telegram, database, coaches=frozenset({1})) as application:
        yield Lifter(application, telegram, 1)


@pytest.fixture
def folder(database: Path) -> Path:
    return database.parent / "references"


async def test_a_coach_sends_a_clip_with_the_words_below_it(coach: Lifter, folder: Path) -> None:
    await coach.send_clip("a set", caption="/reference bench Anna Müller")
    await coach.hears(text("job.received_reference"))
    said = await coach.hears("Anna Müller's bench press is now a reference")
    [(name, reference)] = coach_references(folder).items()
    assert name in said.words
    assert (reference.coach, reference.exercise, reference.owner) == (
        *("Anna Müller", "bench_press", 1),
    )
    await coach.type("/history")
    await coach.hears(text("history.nothing_yet"))


async def test_a_coach_replies_to_a_clip_of_theirs(coach: Lifter, folder: Path) -> None:
    clip = coach.file("a set")
    earlier = {
        "message_id": await coach.send(video=clip),
        "date": 1_770_000_000,
        "chat": {"id": 1, "type": "private"},
        "from": {"id": 1, "is_bot": False, "first_name": "Somebody"},
        "video": clip,
    }
    await coach.hears("Was it not a bench press?")
    words = "/reference lat pulldown Anna"
    command = [{"type": "bot_command", "offset": 0, "length": len("/reference")}]
    await coach.send(text=words, entities=command, reply_to_message=earlier)
    await coach.hears("Anna's lat pulldown is now a reference")
    assert len(coach_references(folder)) == 1


@pytest.mark.parametrize(
    ("caption", "key"),
    [
        ("/reference", "reference.how"),
        ("/reference bench", "reference.which"),
        ("/reference juggling Anna", "reference.which"),
        ("/reference bench ../../etc/passwd", "reference.bad_name"),
        ("/reference bench " + "x" * 41, "reference.bad_name"),
        ("/reference bench \u202eannA", "reference.bad_name"),
        ("/reference bench 🏋", "reference.bad_name"),
    ],
)
async def test_unclear_words_below_a_clip_are_answered_and_nothing_is_kept(
    coach: Lifter, folder: Path, caption: str, key: str
) -> None:
    await coach.send_clip("a set", caption=caption)
    await coach.hears(text(key, known="").removesuffix("."))
    assert len(coach.telegram.said("sendMessage")) == 1
    assert coach_references(folder) == {}


async def test_words_without_a_clip_are_answered_with_how(coach: Lifter) -> None:
    await coach.type("/reference bench Anna")
    await coach.hears(text("reference.how"))


async def test_a_clip_that_is_not_good_enough_is_refused(coach: Lifter, folder: Path) -> None:
    await coach.send_clip("nobody", caption="/reference bench Anna")
    await coach.hears("I cannot see anybody in this clip.")
    assert coach_references(folder) == {}


@pytest.mark.parametrize("content", ["/reference bench Anna", "/REFERENCE bench Anna"])
async def test_others_get_a_clear_no(lifter: Lifter, folder: Path, content: str) -> None:
    await lifter.send_clip("a set", caption=content)
    await lifter.hears(text("reference.coaches_only"))
    await lifter.type(content)
    await lifter.hears(text("reference.coaches_only"))
    assert coach_references(folder) == {}
    assert lifter.telegram.said("sendMediaGroup") == []


async def test_another_command_below_a_clip_is_no_reference(lifter: Lifter) -> None:
    await lifter.send_clip("a set", caption="/references bench Anna")
    await lifter.hears("I saw a bench press")


async def test_a_coach_who_is_forgotten_takes_their_references_along(
    coach: Lifter, folder: Path
) -> None:
    await coach.send_clip("a set", caption="/reference bench Anna")
    await coach.hears("is now a reference")
    await coach.type("/deleteme")
    asked = await coach.hears(text("forget.sure"))
    await coach.press(asked.buttons[text("forget.yes")])
    await coach.hears(text("forget.done"))
    assert coach_references(folder) == {}


async def test_a_clip_delivered_twice_is_one_reference(coach: Lifter, folder: Path) -> None:
    clip: dict[str, Any] = coach.file("a set")
    for _ in range(2):
        await coach.send(video=clip, caption="/reference bench Anna", message_id=77)
    await coach.hears("is now a reference")
    assert coach.telegram.said("sendMessage").count(text("job.received_reference")) == 1
