from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.main import app
from pipeline.errors import SettingError
from storage import open_database, targets


def gymbrain(database: Path, *arguments: str) -> str:
    result = CliRunner(env={"GYMBRAIN_DATABASE": str(database)}).invoke(
        app, ["norms", *arguments], catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    return result.output


def test_a_range_is_set_listed_and_removed(tmp_path: Path) -> None:
    database = tmp_path / "gymbrain.db"
    assert "There is no target range" in gymbrain(database, "list", "7")
    assert "left elbow: 60° to 120°" in gymbrain(database, "set", "7", "left elbow", "60-120")
    assert "left elbow: 60° to 120°" in gymbrain(database, "list", "7")
    assert "There is no target range" in gymbrain(database, "list", "8")
    with open_database(database) as db:
        assert [each.joint for each in targets.of(db, 7)] == ["left_elbow"]
    assert "is removed" in gymbrain(database, "remove", "7", "left elbow")
    assert "There was no target range" in gymbrain(database, "remove", "7", "left elbow")


def test_the_database_that_the_bot_has_from_its_env_file_is_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GYMBRAIN_DATABASE", raising=False)
    (tmp_path / ".env").write_text("GYMBRAIN_DATABASE=kept/lifters.db\n")
    CliRunner().invoke(app, ["norms", "set", "7", "elbow", "60-120"], catch_exceptions=False)
    assert not (tmp_path / "data").exists()
    with open_database(tmp_path / "kept" / "lifters.db") as db:
        assert [each.joint for each in targets.of(db, 7)] == ["elbow"]


@pytest.mark.parametrize(
    ("joint", "degrees", "words"),
    [("toe", "60-120", "I know these joints"), ("elbow", "0-200", "moves between")],
)
def test_what_makes_no_sense_is_refused(
    tmp_path: Path, joint: str, degrees: str, words: str
) -> None:
    with pytest.raises(SettingError, match=words):
        gymbrain(tmp_path / "gymbrain.db", "set", "7", joint, degrees)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"no database" * 100)
    with pytest.raises(SettingError, match=r"x\.db"):
        gymbrain(tmp_path / "x.db", "list", "7")
