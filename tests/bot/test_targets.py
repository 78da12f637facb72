import pytest

from bot.targets import joint_meant, range_meant
from pipeline.errors import SettingError
from references.texts import text
from tests.bot.conftest import Lifter


@pytest.mark.parametrize(
    ("words", "joint"),
    [
        ("elbow", "elbow"),
        ("Elbows", "elbow"),
        ("left elbow", "left_elbow"),
        ("right_knee", "right_knee"),
        ("  LEFT   hip ", "left_hip"),
    ],
)
def test_joints(words: str, joint: str) -> None:
    assert joint_meant(words) == joint


@pytest.mark.parametrize("words", ["", "toe", "left", "elbow'; drop table targets", "elbow " * 99])
def test_what_is_no_joint(words: str) -> None:
    with pytest.raises(SettingError, match="I know these joints"):
        joint_meant(words)


@pytest.mark.parametrize(
    ("joint", "words", "found"),
    [
        ("elbow", "30-120", (30, 120)),
        ("left_elbow", "45° – 120°", (45, 120)),
        ("knee", "90 to 180", (90, 180)),
    ],
)
def test_ranges(joint: str, words: str, found: tuple[float, float]) -> None:
    assert range_meant(joint, words) == found


@pytest.mark.parametrize(
    ("joint", "words", "said"),
    [
        ("elbow", "30", "I need a range"),
        ("elbow", "-30-120", "I need a range"),
        ("elbow", "٣٠-١٢٠", "I need a range"),
        ("elbow", "9999-9", "I need a range"),
        ("elbow", "120-30", "lies within"),
        ("elbow", "100-105", "lies within"),
        ("elbow", "0-120", "between 30° and 180°"),
        ("hip", "90-190", "between 60° and 180°"),
    ],
)
def test_what_is_no_range(joint: str, words: str, said: str) -> None:
    with pytest.raises(SettingError, match=said):
        range_meant(joint, words)


async def test_a_range_is_set_shown_used_and_removed(lifter: Lifter) -> None:
    await lifter.type("/target")
    await lifter.hears(text("target.none"))
    await lifter.type("/target left elbow 60-120")
    kept = await lifter.hears("your left elbow is to stay between 60° and 120°")
    assert "180° is a straight joint" in kept.words
    await lifter.type("/target")
    await lifter.hears("left elbow: 60° to 120°")
    await lifter.send_clip("a set")
    await lifter.hears("knows left_elbow")
    await lifter.hears("Was it not")
    await lifter.type("/target left elbow off")
    await lifter.hears(text("target.removed", joint="left elbow"))
    await lifter.type("/target left elbow off")
    await lifter.hears(text("target.not_set", joint="left elbow"))
    await lifter.send_clip("a set")
    await lifter.hears("knows bench_press")


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("/target toe 30-120", "target.joint"),
        ("/target elbow", "target.range"),
        ("/target 30-120", "target.joint"),
        ("/target elbow 30-120-150", "target.range"),
        ("/target elbow 30-" + "9" * 200, "target.range"),
        ("/target " + "x" * 3000, "target.joint"),
    ],
)
async def test_unclear_words_are_answered_with_how(lifter: Lifter, words: str, key: str) -> None:
    await lifter.type(words)
    said = await lifter.hears(text("target.how"))
    assert said.words.startswith(text(key, known="elbow, shoulder, hip, knee"))
    await lifter.type("/target")
    await lifter.hears(text("target.none"))


async def test_nobody_sees_anothers_range(lifter: Lifter) -> None:
    await lifter.type("/target elbow 60-120")
    await lifter.hears("is to stay between")
    stranger = Lifter(lifter.application, lifter.telegram, 2)
    await stranger.type("/target")
    await stranger.hears(text("target.none"))
    await stranger.send_clip("a set")
    words = await stranger.hears("First correction.")
    assert "knows" not in words.words


async def test_a_range_is_forgotten_with_everything_else(lifter: Lifter) -> None:
    await lifter.type("/target elbow 60-120")
    await lifter.hears("is to stay between")
    await lifter.type("/deleteme")
    asked = await lifter.hears(text("forget.sure"))
    await lifter.press(asked.buttons[text("forget.yes")])
    await lifter.hears(text("forget.done"))
    await lifter.type("/target")
    await lifter.hears(text("target.none"))
