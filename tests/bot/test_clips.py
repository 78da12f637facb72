from pathlib import Path
from typing import Any

import pytest

from storage import calibrations, open_database
from tests.bot.conftest import Lifter, running
from tests.bot.telegram_double import TelegramDouble


async def test_a_clip_comes_back_as_pictures_words_voice_and_buttons(lifter: Lifter) -> None:
    await lifter.send_clip("a set")
    await lifter.hears("Got your clip")
    await lifter.hears("Done")
    album = await lifter.hears("I saw a bench press (93 % sure), 1 repetition.")
    assert album.method == "sendMediaGroup"
    assert len(album.files) == 2
    words = await lifter.hears("First correction.")
    assert "Second correction." in words.words
    assert "Third correction." not in words.words
    assert "right elbow" in words.words
    question = await lifter.hears("Was it not a bench press?")
    assert [call.method for call in lifter.everything_heard()[-4:]] == [
        "sendMediaGroup",
        "sendMessage",
        "sendVoice",
        "sendMessage",
    ]
    assert "bench press" not in question.buttons
    assert next(iter(question.buttons)) == "lat pulldown"


@pytest.mark.parametrize(
    ("way", "more"),
    [
        ("video", {}),
        ("video_note", {}),
        ("animation", {}),
        ("document", {"mime_type": "video/quicktime", "file_name": "IMG_1.MOV"}),
        ("document", {"mime_type": "application/octet-stream", "file_name": "clip"}),
        ("document", {}),
        ("document", {"mime_type": "text/plain", "file_name": "set.MP4"}),
    ],
)
async def test_every_way_of_sending_a_clip_is_one(
    lifter: Lifter, way: str, more: dict[str, Any]
) -> None:
    clip = lifter.file("nobody", **more)
    # An animation comes with the same file as a document beside it.
    also = {"document": clip} if way == "animation" else {}
    await lifter.send(**{way: clip, **also})
    await lifter.hears("I cannot see anybody in this clip.")
    assert len(lifter.telegram.said("sendMessage")) == 1


async def test_every_clip_of_an_album_is_judged(lifter: Lifter) -> None:
    for _ in range(3):
        await lifter.send_clip("nobody", media_group_id="1")
    for _ in range(3):
        await lifter.hears("I cannot see anybody")


@pytest.mark.parametrize(
    ("caption", "exercise"),
    [("Lat Pulldown!", "You said lat pulldown"), ("my first set", "I saw a bench press")],
)
async def test_a_caption_may_name_the_exercise(lifter: Lifter, caption: str, exercise: str) -> None:
    await lifter.send_clip("a set", caption=caption)
    await lifter.hears(exercise)


async def test_a_clip_too_large_for_telegram_is_never_fetched(lifter: Lifter) -> None:
    await lifter.send(video=lifter.file("a set", file_size=20_000_001))
    await lifter.hears("larger than 20 MB. Trim it")
    assert "getFile" not in {call.method for call in lifter.telegram.calls}


async def test_a_clip_that_telegram_finds_too_large_is_said_to_be(lifter: Lifter) -> None:
    lifter.telegram.fail("getFile", 400, "Bad Request: file is too big")
    await lifter.send_clip("a set")
    await lifter.hears("larger than 20 MB. Trim it")


async def test_a_file_that_telegram_no_longer_has_is_asked_for_again(lifter: Lifter) -> None:
    lifter.telegram.fail("getFile", 400, "Bad Request: wrong file_id")
    await lifter.send_clip("a set")
    await lifter.hears("Please send it again.")


async def test_another_kind_of_file_is_no_clip(lifter: Lifter) -> None:
    pdf = lifter.file("%PDF", mime_type="application/pdf", file_name="plan.pdf")
    await lifter.send(document=pdf)
    await lifter.hears("I cannot watch this kind of file.")


async def test_an_error_of_ours_is_an_apology_without_a_traceback(
    lifter: Lifter, caplog: pytest.LogCaptureFixture
) -> None:
    await lifter.send_clip("bug")
    await lifter.hears("because of an error on my side")
    assert not any("ZeroDivision" in words for words in lifter.telegram.said("editMessageText"))
    assert "ZeroDivisionError" in caplog.text
    assert "Somebody" not in caplog.text


async def test_a_fault_of_the_installation_is_not_put_on_the_lifter(
    lifter: Lifter, caplog: pytest.LogCaptureFixture
) -> None:
    await lifter.send_clip("misconfigured")
    await lifter.hears("because of an error on my side")
    assert "missing.pt" in caplog.text


@pytest.mark.parametrize("script", ["a set", "nobody", "bug"])
async def test_nothing_is_left_on_disk(lifter: Lifter, database: Path, script: str) -> None:
    await lifter.send_clip(script)
    await lifter.hears("Got your clip")
    await lifter.hears({"a set": "Was it not", "nobody": "anybody", "bug": "error"}[script])
    await lifter.type("/cancel")
    await lifter.hears("nothing to stop")
    assert list((database.parent / "scratch").iterdir()) == []


async def test_a_lifters_own_camera_is_used(telegram: TelegramDouble, database: Path) -> None:
    with open_database(database) as db:
        calibrations.begin(db, 1)
        calibrations.save(db, 1, camera={"fx": 1234.0}, photo_count=10)
    async with running(telegram, database) as application:
        await Lifter(application, telegram, 1).send_clip("a set")
        await Lifter(application, telegram, 2).send_clip("a set")
        mine = await Lifter(application, telegram, 1).hears("First correction.")
        theirs = await Lifter(application, telegram, 2).hears("First correction.")
    assert "camera 1234.0" in mine.words
    assert "camera" not in theirs.words
