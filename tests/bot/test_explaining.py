import pytest

from bot.replies import packed
from references.texts import text
from tests.bot.conftest import Lifter

WHY = text("explain.button")


async def test_a_lifter_asks_why(lifter: Lifter) -> None:
    await lifter.send_clip("a set")
    corrections = await lifter.hears("First correction.")
    await lifter.press(corrections.buttons[WHY])
    explained = await lifter.hears("1. left elbow")
    assert "bench press" in explained.words
    for words in ("repetition 1, 1.0 s (frame 30): 110°", "30° more open", "25° off", "the paper"):
        assert words in explained.words
    assert "2. left hip" in explained.words
    assert "3. left knee" in explained.words


async def test_a_set_judged_again_is_explained_as_it_stands(lifter: Lifter) -> None:
    await lifter.send_clip("a set")
    why = (await lifter.hears("First correction.")).buttons[WHY]
    question = await lifter.hears("Was it not a bench press?")
    await lifter.press(question.buttons["lat pulldown"])
    nothing_wrong = await lifter.hears("What I could not judge")
    assert not nothing_wrong.buttons
    await lifter.hears("Was it not a lat pulldown?")
    await lifter.press(why)
    await lifter.hears(text("explain.nothing"))


async def test_a_set_judged_by_an_older_release_says_so(
    lifter: Lifter, monkeypatch: pytest.MonkeyPatch
) -> None:
    await lifter.send_clip("a set")
    corrections = await lifter.hears("First correction.")
    await lifter.hears("Was it not a bench press?")
    monkeypatch.setattr("bot.handlers.explaining.SCHEMA_VERSION", 99)
    await lifter.press(corrections.buttons[WHY])
    await lifter.hears(text("explain.too_old"))


async def test_nobody_reads_anothers_explanation(lifter: Lifter) -> None:
    await lifter.send_clip("a set")
    corrections = await lifter.hears("First correction.")
    await lifter.hears("Was it not a bench press?")
    stranger = Lifter(lifter.application, lifter.telegram, 2)
    await stranger.press(corrections.buttons[WHY])
    await stranger.hears(text("chat.not_your_set"))
    assert [
        call.method for call in stranger.everything_heard() if call.parameters.get("chat_id") == 2
    ] == []


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ("1:why:1", "chat.not_your_set"),
        ("1:why:999999999999999999", "chat.not_your_set"),
        ("1:why:9999999999999999999", "chat.old_button"),
        ("1:why:-1", "chat.old_button"),
        ("1:why:1\n", "chat.old_button"),
        ("1:why:", "chat.old_button"),
        ("0:why:1", "chat.old_button"),
    ],
)
async def test_a_forged_button_explains_nothing(lifter: Lifter, data: str, key: str) -> None:
    await lifter.press(data)
    await lifter.hears(text(key))
    assert {call.method for call in lifter.everything_heard()} == {"answerCallbackQuery"}


@pytest.mark.parametrize(
    ("lengths", "messages"),
    [((), []), ((10,), [10]), ((10, 20), [32]), ((3000, 2000), [3000, 2000]), ((5000,), [4096])],
)
def test_paragraphs_are_packed_into_messages(lengths: tuple[int, ...], messages: list[int]) -> None:
    assert [len(words) for words in packed("x" * n for n in lengths)] == messages
