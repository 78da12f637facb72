"""The library that the bot is made with, against the server."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from telegram import (
    Bot,
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    Message,
    ReplyParameters,
)
from telegram.constants import ChatAction
from telegram.error import BadRequest, Conflict, InvalidToken, RetryAfter

from bot.loopback import ApiError, Backend, Lifter, serve
from tests.bot.loopback.conftest import TOKEN, content, picture, sound

KEYBOARD = InlineKeyboardMarkup([[InlineKeyboardButton("Squat", callback_data="squat")]])


async def test_words_buttons_and_replies_arrive(bot: Bot, lifter: Lifter) -> None:
    asked = await lifter.send_text("What was it?")
    sent = await bot.send_message(
        1, "A squat? ", reply_markup=KEYBOARD, reply_parameters=ReplyParameters(asked.id)
    )
    assert sent.from_user == bot.bot
    assert sent.reply_to_message
    assert sent.reply_to_message.text == "What was it?"
    seen = lifter.messages[-1]
    assert (seen.id, seen.text, seen.reply_to) == (sent.message_id, "A squat?", asked)
    assert [button.label for row in seen.buttons for button in row] == ["Squat"]


async def test_every_kind_of_file_arrives(bot: Bot, lifter: Lifter, clip: Path) -> None:
    photo = await bot.send_photo(1, picture(), caption="Look")
    assert [(size.width, size.height) for size in photo.photo] == [(320, 213), (600, 400)]
    voice = (await bot.send_voice(1, sound())).voice
    assert voice
    assert voice.mime_type == "audio/ogg"
    assert _seconds(voice.duration) == 2
    video = (await bot.send_video(1, clip)).video
    assert video
    assert (video.width, video.height, video.file_name) == (64, 96, "set.mp4")
    assert _seconds(video.duration) == 2
    document = (await bot.send_document(1, b"a report", filename="../report.md")).document
    assert document
    assert (document.file_name, document.file_size) == ("report.md", 8)
    await bot.send_document(1, document.file_id)
    attached = [m.attachment for m in lifter.messages if m.attachment]
    assert [a.kind for a in attached] == ["photo", "voice", "video", "document", "document"]
    assert attached[-1].file.content == b"a report"
    with pytest.raises(BadRequest, match=r"(?i)can't use file of type document as voice"):
        await bot.send_voice(1, document.file_id)


async def test_an_album_arrives_as_one(bot: Bot, lifter: Lifter) -> None:
    media = [InputMediaPhoto(picture()), InputMediaPhoto(picture(30, 20))]
    sent = await bot.send_media_group(1, media, caption="A curl")
    assert [message.caption for message in sent] == ["A curl", None]
    assert len({message.media_group_id for message in sent}) == 1
    together = await anext(lifter.timeline())
    assert [m.attachment.file.width for m in together if m.attachment] == [600, 30]


@pytest.mark.parametrize(
    ("kinds", "problem"),
    [
        ([InputMediaPhoto], "2 to 10"),
        ([InputMediaPhoto] * 11, "2 to 10"),
        ([InputMediaPhoto, InputMediaDocument], "cannot be in one album"),
    ],
)
async def test_albums_that_telegram_refuses(
    bot: Bot, lifter: Lifter, kinds: list[Any], problem: str
) -> None:
    with pytest.raises(BadRequest, match=f"(?i){problem}"):
        await bot.send_media_group(1, [kind(picture(8, 8)) for kind in kinds])
    assert not lifter.messages


async def test_a_message_is_edited_and_deleted(bot: Bot, lifter: Lifter) -> None:
    sent = await bot.send_message(1, "One moment", reply_markup=KEYBOARD)
    await sent.edit_text("Done")
    assert [(m.text, m.buttons) for m in lifter.messages] == [("Done", ())]
    edited = await sent.edit_reply_markup(KEYBOARD)
    assert isinstance(edited, Message)
    assert edited.edit_date
    with pytest.raises(BadRequest, match="not modified"):
        await sent.edit_text(" Done ", reply_markup=KEYBOARD)
    await sent.delete()
    assert not lifter.messages
    with pytest.raises(BadRequest, match=r"(?i)message to edit not found"):
        await sent.edit_text("Back")
    with pytest.raises(BadRequest, match=r"(?i)message to delete not found"):
        await sent.delete()


async def test_a_photo_and_a_lifters_message_have_no_text_to_edit(bot: Bot, lifter: Lifter) -> None:
    photo = await bot.send_photo(1, picture())
    with pytest.raises(BadRequest, match=r"(?i)no text in the message"):
        await photo.edit_text("Done")
    with pytest.raises(BadRequest, match=r"(?i)can't be edited"):
        await bot.edit_message_text("Mine", 1, (await lifter.send_text("Mine")).id)


async def test_a_clip_is_downloaded(bot: Bot, lifter: Lifter, clip: Path) -> None:
    await lifter.send_clip(clip)
    [update] = await bot.get_updates()
    assert update.message
    assert update.message.video
    file = await bot.get_file(update.message.video.file_id)
    assert bytes(await file.download_as_bytearray()) == content(clip)
    with pytest.raises(BadRequest, match=r"(?i)invalid file_id"):
        await bot.get_file("another")


@pytest.mark.parametrize(("size", "fits"), [(20_000_000, True), (20_000_001, False)])
async def test_bots_may_not_download_more_than_20_megabytes(
    bot: Bot, lifter: Lifter, tmp_path: Path, size: int, fits: bool
) -> None:
    (large := tmp_path / "large.mp4").write_bytes(bytes(size))
    sent = await lifter.send_clip(large, as_="document")
    assert sent.attachment
    if fits:
        assert (await bot.get_file(sent.attachment.file.id)).file_size == size
    else:
        with pytest.raises(BadRequest, match=r"(?i)file is too big"):
            await bot.get_file(sent.attachment.file.id)


@pytest.mark.parametrize(
    ("method", "arguments", "problem"),
    [
        ("send_message", {"text": " \n"}, "text is empty"),
        ("send_message", {"text": "x" * 4097}, "message is too long"),
        ("send_message", {"text": "*x*", "parse_mode": "Markdown"}, "parse_mode"),
        ("send_message", {"text": "x", "reply_parameters": ReplyParameters(77)}, "replied not"),
        ("send_photo", {"photo": picture(8, 8), "caption": "x" * 1025}, "caption is too long"),
        ("send_photo", {"photo": b"no picture"}, "IMAGE_PROCESS_FAILED"),
        ("send_photo", {"photo": picture()[:60]}, "IMAGE_PROCESS_FAILED"),
        ("send_photo", {"photo": picture(9000, 1001)}, "PHOTO_INVALID_DIMENSIONS"),
        ("send_photo", {"photo": picture(210, 10)}, "PHOTO_INVALID_DIMENSIONS"),
        ("send_photo", {"photo": bytes(10_000_001)}, "too big for a photo"),
        ("send_photo", {"photo": "another"}, "wrong file identifier"),
        ("send_voice", {"voice": sound("pcm_s16le", "wav")}, "not Opus in an OGG"),
        ("send_voice", {"voice": sound("libopus", "matroska")}, "not Opus in an OGG"),
        ("send_voice", {"voice": b"OggS"}, "cannot be opened"),
        ("send_voice", {"voice": bytes(1_000_001)}, "larger than 1 MB"),
        ("send_chat_action", {"action": "sleeping"}, "wrong parameter action"),
        ("edit_message_text", {"text": "x", "message_id": 77}, "edit not found"),
    ],
)
async def test_what_telegram_refuses(
    bot: Bot, lifter: Lifter, method: str, arguments: dict[str, Any], problem: str
) -> None:
    with pytest.raises(BadRequest, match=f"(?i){problem}"):
        await getattr(bot, method)(chat_id=1, **arguments)
    assert not lifter.messages


async def test_a_reply_to_what_is_gone_may_be_sent_all_the_same(bot: Bot, lifter: Lifter) -> None:
    gone = ReplyParameters(77, allow_sending_without_reply=True)
    await bot.send_message(1, "Hello", reply_parameters=gone)
    assert lifter.messages[0].reply_to is None


async def test_the_longest_words_arrive(bot: Bot, lifter: Lifter) -> None:
    await bot.send_message(1, "x" * 4096)
    await bot.send_photo(1, picture(8, 8), caption="x" * 1024)
    assert [len(message.text) for message in lifter.messages] == [4096, 1024]


async def test_nobody_is_in_an_unknown_chat(bot: Bot) -> None:
    with pytest.raises(BadRequest, match=r"(?i)chat not found"):
        await bot.send_message(1, "Hello?")


async def test_chat_actions_are_accepted(bot: Bot, lifter: Lifter) -> None:
    for action in (ChatAction.TYPING, ChatAction.UPLOAD_VOICE, ChatAction.UPLOAD_PHOTO):
        assert await bot.send_chat_action(lifter.user.id, action)


async def test_the_menu(bot: Bot, backend: Backend) -> None:
    await bot.set_my_commands([BotCommand("help", "how to film")])
    assert backend.commands == [{"command": "help", "description": "how to film"}]
    assert await bot.get_my_commands() == (BotCommand("help", "how to film"),)
    for command in (("Help", "how to film"), ("help", ""), ("help", "x" * 257)):
        with pytest.raises(BadRequest, match=r"(?i)bot_command"):
            await bot.set_my_commands([command])


async def test_a_refusal_on_demand_happens_once(bot: Bot, backend: Backend, lifter: Lifter) -> None:
    backend.fail("sendMessage", ApiError(429, "Too Many Requests", retry_after=3))
    with pytest.raises(RetryAfter) as refused:
        await bot.send_message(lifter.user.id, "Hello")
    assert _seconds(refused.value.retry_after) == 3
    await bot.send_message(lifter.user.id, "Hello")
    assert len(lifter.messages) == 1


async def test_a_wrong_token(address: str) -> None:
    with pytest.raises(InvalidToken):
        async with Bot("123456:wrong", base_url=f"{address}/bot"):
            pass


async def test_pending_updates_can_be_dropped(bot: Bot, lifter: Lifter) -> None:
    await lifter.send_text("Hello")
    await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == ()


async def test_a_second_bot_ends_the_first_ones_poll(bot: Bot, address: str) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=20))
    await asyncio.sleep(0.1)
    async with Bot(TOKEN, base_url=f"{address}/bot") as second:
        await second.get_updates()
    with pytest.raises(Conflict):
        await first


async def test_stopping_does_not_wait_for_an_abandoned_poll(backend: Backend) -> None:
    async with serve(backend) as address, Bot(TOKEN, base_url=f"{address}/bot") as bot:
        poll = asyncio.create_task(bot.get_updates(timeout=50))
        await asyncio.sleep(0.1)
        poll.cancel()
        await asyncio.wait([poll])
        begun = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - begun < 1


def _seconds(duration: int | timedelta) -> float:
    return duration.total_seconds() if isinstance(duration, timedelta) else duration
