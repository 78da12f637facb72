from typing import Any

import pytest

from bot.handlers.help import COMMANDS
from references.texts import text
from tests.bot.conftest import Lifter
from tests.bot.telegram_double import TelegramDouble

POINT = {"longitude": 1.0, "latitude": 2.0}
SOUND = {"file_id": "f", "file_unique_id": "f", "duration": 1}
PICTURE = {"file_id": "f", "file_unique_id": "f", "width": 9, "height": 9}
STICKER = {**PICTURE, "is_animated": False, "is_video": False, "type": "regular"}


async def test_a_beginner_learns_how_to_film(lifter: Lifter) -> None:
    await lifter.type("/start")
    welcome = await lifter.hears("Send me a video of one set")
    assert "whole body" in welcome.words
    judged, counted = welcome.words.split("judge your form in")[1].split("count")
    assert "bench press" in judged
    assert "squat" in counted
    assert "lat pulldown" not in counted
    await lifter.type("/help")
    manual = await lifter.hears("How to film")
    for command in COMMANDS:
        assert f"/{command.command}: {command.description}" in manual.words


async def test_the_menu_is_offered(lifter: Lifter) -> None:
    [menu] = [call for call in lifter.telegram.calls if call.method == "setMyCommands"]
    assert [command["command"] for command in menu.parameters["commands"]] == [
        command.command for command in COMMANDS
    ]


@pytest.mark.parametrize(
    ("content", "key"),
    [
        ({"photo": [PICTURE]}, "chat.photo"),
        ({"document": {**PICTURE, "mime_type": "image/png"}}, "chat.photo"),
        ({"sticker": STICKER}, "chat.sticker"),
        ({"voice": SOUND}, "chat.sound"),
        ({"audio": SOUND}, "chat.sound"),
        ({"contact": {"phone_number": "1", "first_name": "A"}}, "chat.contact"),
        ({"location": POINT}, "chat.location"),
        ({"venue": {"location": POINT, "title": "A", "address": "B"}}, "chat.location"),
        ({"text": "how do I bench?"}, "chat.chatter"),
        ({"dice": {"emoji": "x", "value": 1}}, "chat.something_else"),
    ],
)
async def test_what_is_no_clip_is_answered_with_one_sentence_on_what_to_do(
    lifter: Lifter, content: dict[str, Any], key: str
) -> None:
    await lifter.send(**content)
    await lifter.hears(text(key))
    assert lifter.telegram.said("sendMessage") == [text(key)]


async def test_an_unknown_command_points_to_help(lifter: Lifter) -> None:
    await lifter.type("/squat")
    await lifter.hears("/help shows what I can do")


async def test_a_group_is_sent_to_a_private_chat(lifter: Lifter, telegram: TelegramDouble) -> None:
    group = {"chat": {"id": -5, "type": "supergroup", "title": "Gym"}}
    command = [{"type": "bot_command", "offset": 0, "length": 8}]
    await lifter.send(text="/history", entities=command, **group)
    await lifter.send(video=lifter.file("a set"), **group)
    await lifter.type("/cancel")
    await lifter.hears("nothing to stop")
    assert telegram.said("sendMessage")[0] == text("chat.group")
    assert len(telegram.said("sendMessage")) == 2


async def test_a_failing_handler_apologises(
    lifter: Lifter, telegram: TelegramDouble, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.fail("sendMessage", 400, "Bad Request: can't parse entities")
    await lifter.type("/start")
    await lifter.hears(text("chat.failed"))
    assert "Somebody" not in caplog.text
    # What Telegram refuses is the bot's own mistake, and wants its traceback.
    assert "a handler failed" in caplog.text
    assert "was not reached" not in caplog.text
