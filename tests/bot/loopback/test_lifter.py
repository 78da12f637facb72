import asyncio
from pathlib import Path

import pytest
from PIL import Image
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import BadRequest

from bot.loopback import ApiError, Backend, Lifter
from bot.loopback.lifter import ClipKind
from tests.bot.loopback.conftest import content

KEYBOARD = InlineKeyboardMarkup([[InlineKeyboardButton("Squat", callback_data="squat")]])


async def next_update(bot: Bot) -> Update:
    [update, *_] = await bot.get_updates(timeout=5)
    await bot.get_updates(offset=update.update_id + 1)
    return update


async def test_commands_are_marked_where_they_stand(bot: Bot, lifter: Lifter) -> None:
    await lifter.send_text("🏋️ see /help or a/b, /progress@gymbrain_bot bench")
    message = (await next_update(bot)).message
    assert message
    assert list(message.parse_entities().values()) == ["/help", "/progress@gymbrain_bot"]


@pytest.mark.parametrize("kind", ["video", "document", "video_note", "animation"])
async def test_a_clip_comes_as_an_app_sends_it(
    bot: Bot, lifter: Lifter, clip: Path, kind: ClipKind
) -> None:
    await lifter.send_clip(clip, as_=kind, caption="curl")
    message = (await next_update(bot)).message
    assert message
    assert message.caption == "curl"
    assert message.effective_attachment == getattr(message, kind)
    assert getattr(message, kind).file_size == len(content(clip))


async def test_what_is_no_video_can_be_sent_as_one(
    bot: Bot, lifter: Lifter, tmp_path: Path
) -> None:
    (path := tmp_path / "set.mp4").write_text("not a video")
    await lifter.send_clip(path)
    message = (await next_update(bot)).message
    assert message
    assert message.video
    assert (message.video.width, message.video.height) == (0, 0)


async def test_a_photo_is_offered_in_several_sizes_and_a_file_left_alone(
    bot: Bot, lifter: Lifter, tmp_path: Path
) -> None:
    Image.new("RGB", (4000, 3000)).save(photo := tmp_path / "board.jpg")
    await lifter.send_photo(photo)
    await lifter.send_photo(photo, as_file=True)
    shrunk, whole = [(await next_update(bot)).message for _ in range(2)]
    assert shrunk
    assert [(size.width, size.height) for size in shrunk.photo] == [
        *((320, 240), (1280, 960), (2560, 1920)),
    ]
    assert whole
    assert whole.document
    assert (whole.document.file_name, whole.document.mime_type) == ("board.jpg", "image/jpeg")
    assert whole.document.file_size == photo.stat().st_size


async def test_what_is_no_photo_cannot_be_sent_as_one(lifter: Lifter, tmp_path: Path) -> None:
    (path := tmp_path / "board.jpg").write_text("not a photo")
    with pytest.raises(ApiError, match="IMAGE_PROCESS_FAILED"):
        await lifter.send_photo(path)


async def test_a_button_is_pressed_and_answered_once(bot: Bot, lifter: Lifter) -> None:
    sent = await bot.send_message(lifter.user.id, "Which?", reply_markup=KEYBOARD)
    [shown] = lifter.messages
    pressing = asyncio.create_task(lifter.press(shown, "Squat"))
    query = (await next_update(bot)).callback_query
    assert query
    assert query.data == "squat"
    assert query.message
    assert query.message.message_id == sent.message_id
    await query.answer("Good choice", show_alert=True)
    assert await pressing == "Good choice"
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await query.answer()


async def test_a_button_that_spins_forever(bot: Bot, lifter: Lifter) -> None:
    await bot.send_message(lifter.user.id, "Which?", reply_markup=KEYBOARD)
    with pytest.raises(TimeoutError):
        await lifter.press(lifter.messages[0], "Squat", timeout_s=0.05)
    query = (await next_update(bot)).callback_query
    assert query
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await query.answer("too late")


async def test_only_buttons_that_are_there_can_be_pressed(bot: Bot, lifter: Lifter) -> None:
    sent = await bot.send_message(lifter.user.id, "Which?", reply_markup=KEYBOARD)
    [shown] = lifter.messages
    with pytest.raises(KeyError):
        await lifter.press(shown, "Bench press")
    await sent.edit_reply_markup(None)
    with pytest.raises(KeyError):
        await lifter.press(shown, "Squat")


async def test_waiting_for_the_bot(bot: Bot, lifter: Lifter) -> None:
    await bot.send_message(lifter.user.id, "before")
    asked = await lifter.send_text("Hello")
    with pytest.raises(TimeoutError):
        await lifter.wait_for(lambda _: True, timeout_s=0.05, after=asked)
    waiting = asyncio.create_task(lifter.wait_for(lambda m: m.text == "edited", timeout_s=5))
    sent = await bot.send_message(lifter.user.id, "after")
    assert (await lifter.wait_for(lambda _: True, timeout_s=1, after=asked)).text == "after"
    await sent.edit_text("edited")
    assert (await waiting).id == sent.message_id


async def test_what_happens_can_be_followed(bot: Bot, lifter: Lifter) -> None:
    await lifter.send_text("Hello")
    sent = await bot.send_message(lifter.user.id, "Hi")
    happened = lifter.timeline()
    texts = [(await anext(happened))[0].text for _ in range(2)]
    following = asyncio.ensure_future(anext(happened))
    await asyncio.sleep(0)
    assert not following.done()
    await sent.edit_text("Hi there")
    assert [*texts, (await following)[0].text] == ["Hello", "Hi", "Hi there"]


async def test_lifters_do_not_see_each_other(bot: Bot, backend: Backend, lifter: Lifter) -> None:
    other = Lifter(backend, 2, "Somebody else")
    await lifter.send_text("Hello")
    message = (await next_update(bot)).message
    assert message
    await message.reply_text("Hi")
    assert (len(lifter.messages), len(other.messages)) == (2, 0)
    with pytest.raises(BadRequest, match=r"(?i)message to edit not found"):
        await bot.edit_message_text("Hi", other.user.id, lifter.messages[1].id)
