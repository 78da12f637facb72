from pathlib import Path

import pytest

from references.names import exercise_names
from references.texts import text
from tests.bot.conftest import Lifter


async def test_a_set_is_judged_again_as_what_the_lifter_says(lifter: Lifter) -> None:
    await lifter.send_clip("a set")
    question = await lifter.hears("Was it not a bench press?")
    await lifter.press(question.buttons["lat pulldown"])
    await lifter.hears("I will judge it again.")
    await lifter.hears("You said lat pulldown: 1 repetition.")
    again = await lifter.hears("Was it not a lat pulldown?")
    assert "bench press" in again.buttons
    await lifter.type("/history")
    history = await lifter.hears("lat pulldown")
    assert len(history.words.splitlines()) == 1
    assert "bench press" not in history.words


async def test_an_exercise_without_checks_is_offered_and_judged_too(lifter: Lifter) -> None:
    await lifter.send_clip("a set")
    question = await lifter.hears("Was it not a bench press?")
    # First what was considered, then what else there are checks for.
    assert list(question.buttons)[:2] == ["lat pulldown", "hammer curl"]
    await lifter.press(question.buttons["hammer curl"])
    await lifter.hears("You said hammer curl")


async def test_every_exercise_is_offered_when_none_of_the_likely_ones_fits(
    lifter: Lifter,
) -> None:
    await lifter.send_clip("a set")
    question = await lifter.hears("Was it not a bench press?")
    assert "T-bar row" not in question.buttons
    await lifter.press(question.buttons[text("reply.another")])
    offered = await lifter.hears("")
    assert len(offered.buttons) == len(exercise_names()) - 1
    assert "bench press" not in offered.buttons
    await lifter.press(offered.buttons["T-bar row"])
    await lifter.hears("You said T-bar row")


async def test_a_stranger_is_offered_nothing(lifter: Lifter) -> None:
    await lifter.send_clip("a set")
    question = await lifter.hears("Was it not a bench press?")
    stranger = Lifter(lifter.application, lifter.telegram, 2)
    await stranger.press(question.buttons[text("reply.another")])
    await stranger.hears(text("chat.not_your_set"))


async def test_a_double_tap_is_no_error(lifter: Lifter) -> None:
    await lifter.send_clip("a set")
    question = await lifter.hears("Was it not a bench press?")
    lifter.telegram.fail("editMessageReplyMarkup", 400, "Bad Request: message is not modified")
    await lifter.press(question.buttons[text("reply.another")])
    await lifter.hears("")
    await lifter.type("/help")
    await lifter.hears("How to film")
    assert text("chat.failed") not in lifter.telegram.said("sendMessage")


async def test_an_exercise_tapped_twice_is_judged_once(lifter: Lifter, tmp_path: Path) -> None:
    await lifter.send_clip("a set")
    question = await lifter.hears("Was it not a bench press?")
    mark = tmp_path / "go on"
    await lifter.send_clip(f"wait-for {mark}")
    await lifter.hears("42 %")
    for _ in range(2):
        await lifter.press(question.buttons["lat pulldown"])
        await lifter.hears(text("job.received_rejudgement"))
    mark.touch()
    await lifter.hears("Was it not a lat pulldown?")
    await lifter.send_clip("a set")
    await lifter.hears("Was it not a bench press?")
    assert sum(t.startswith("I will judge") for t in lifter.telegram.said("sendMessage")) == 1


async def test_a_lifter_may_change_their_mind(lifter: Lifter) -> None:
    await lifter.send_clip("a set")
    question = await lifter.hears("Was it not a bench press?")
    await lifter.press(question.buttons["lat pulldown"])
    await lifter.hears("Was it not a lat pulldown?")
    await lifter.press(question.buttons["lat pulldown"])
    await lifter.hears(text("chat.judged_as_that"))
    await lifter.press(question.buttons["triceps pushdown"])
    await lifter.hears("Was it not a triceps pushdown?")


async def test_nobody_touches_anothers_set(lifter: Lifter) -> None:
    await lifter.send_clip("a set")
    question = await lifter.hears("Was it not a bench press?")
    stranger = Lifter(lifter.application, lifter.telegram, 2)
    await stranger.press(question.buttons["lat pulldown"])
    await stranger.hears(text("chat.not_your_set"))
    await lifter.type("/history")
    await lifter.hears("bench press")


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ("1:exercise:1:lat_pulldown", "chat.not_your_set"),
        ("1:exercise:999999999999999999:lat_pulldown", "chat.not_your_set"),
        ("1:exercise:9999999999999999999:lat_pulldown", "chat.old_button"),
        ("1:exercise:-1:lat_pulldown", "chat.old_button"),
        ("1:exercise:1:lat_pulldown\n", "chat.old_button"),
        ("1:exercise:1:' or 1=1", "chat.old_button"),
        ("0:exercise:1:lat_pulldown", "chat.old_button"),
        ("1:progress:../secret", "chat.old_button"),
        ("1:calibrated:2", "chat.old_button"),
        ("1:forget:2:yes", "chat.old_button"),
        ("nonsense", "chat.old_button"),
    ],
)
async def test_a_forged_button_gets_an_answer_and_does_nothing(
    lifter: Lifter, data: str, key: str
) -> None:
    await lifter.press(data)
    await lifter.hears(text(key))
    assert {call.method for call in lifter.everything_heard()} == {"answerCallbackQuery"}


async def test_an_exercise_that_does_not_exist_is_refused(lifter: Lifter) -> None:
    await lifter.send_clip("a set")
    question = await lifter.hears("Was it not a bench press?")
    await lifter.press(question.buttons["lat pulldown"].replace("lat_pulldown", "flying"))
    await lifter.hears(text("chat.not_your_set"))


async def test_a_button_pressed_before_a_restart_is_still_good(lifter: Lifter) -> None:
    await lifter.send_clip("a set")
    question = await lifter.hears("Was it not a bench press?")
    lifter.telegram.fail("answerCallbackQuery", 400, "Bad Request: query is too old")
    await lifter.press(question.buttons["lat pulldown"])
    await lifter.hears("You said lat pulldown")
