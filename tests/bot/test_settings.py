from pathlib import Path

import pytest

from bot.settings import BotSettings
from pipeline.errors import SettingError
from tests.bot.telegram_double import TOKEN


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text(f"TELEGRAM_TOKEN={TOKEN}\nGYMBRAIN_WORKERS=3\nGYMBRAIN_DATABASE=file.db\n")
    settings = BotSettings.from_environment({"GYMBRAIN_DATABASE": "mine.db"}, dotenv)
    assert settings == BotSettings(TOKEN, workers=3, database=Path("mine.db"))


def test_a_server_of_ones_own(tmp_path: Path) -> None:
    settings = BotSettings.from_environment(
        {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": "http://127.0.0.1:8081/"}, tmp_path / ".env"
    )
    assert settings.base_url == "http://127.0.0.1:8081/bot"
    assert settings.base_file_url == "http://127.0.0.1:8081/file/bot"


def test_coaches_and_their_folder(tmp_path: Path) -> None:
    given = {"GYMBRAIN_COACHES": " 12, 34,56 78", "GYMBRAIN_REFERENCES": "theirs"}
    settings = BotSettings.from_environment({"TELEGRAM_TOKEN": TOKEN, **given}, tmp_path / ".env")
    assert settings.coaches == {12, 34, 56, 78}
    assert settings.references == Path("theirs")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"TELEGRAM_TOKEN": ""}, "There is no token"),
        ({"TELEGRAM_TOKEN": " "}, "There is no token"),
        ({"TELEGRAM_TOKEN": "s3cret"}, "does not look like a bot token"),
        ({"TELEGRAM_TOKEN": TOKEN + " s3cret"}, "does not look like a bot token"),
        ({"GYMBRAIN_WORKERS": "many"}, "from 1 to"),
        ({"GYMBRAIN_WORKERS": "0"}, "from 1 to"),
        ({"GYMBRAIN_WORKERS": "-1"}, "from 1 to"),
        ({"TELEGRAM_API_URL": "localhost:8081"}, "not an address"),
        ({"GYMBRAIN_COACHES": "@anna"}, "numbers of Telegram users"),
        ({"GYMBRAIN_COACHES": "1;2"}, "numbers of Telegram users"),
        ({"GYMBRAIN_COACHES": ","}, "numbers of Telegram users"),
        ({"GYMBRAIN_COACHES": "-1"}, "numbers of Telegram users"),
        ({"GYMBRAIN_COACHES": "1" * 19}, "numbers of Telegram users"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_without_the_token(
    tmp_path: Path, changes: dict[str, str], words: str
) -> None:
    environment = {"TELEGRAM_TOKEN": TOKEN, **changes}
    with pytest.raises(SettingError) as error:
        BotSettings.from_environment(environment, tmp_path / ".env")
    assert words in error.value.say()
    assert "\n" not in error.value.say()
    assert "s3cret" not in error.value.say()


def test_the_token_is_not_printed() -> None:
    assert TOKEN not in repr(BotSettings(TOKEN))
