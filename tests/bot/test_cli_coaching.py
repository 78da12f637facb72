from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import coaching
from bot.cli.main import app
from pipeline.errors import SettingError
from references.experts import expert_views
from references.experts.coaches import CoachReference, coach_references

CLIP = Path(__file__).parents[2] / "references" / "clips" / "barbell_biceps_curl.mp4"


def gymbrain(folder: Path, *arguments: str) -> str:
    result = CliRunner(env={"GYMBRAIN_REFERENCES": str(folder)}).invoke(
        app, ["references", *arguments], catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    return result.output


def keep(folder: Path) -> CoachReference:
    view = expert_views("bench_press")[0]
    reference = CoachReference(
        "Anna", "bench_press", 75.0, 10.0, view.salient(), {"start": {}, "turn": {}}
    )
    reference.save(folder)
    return reference


def test_a_reference_is_listed_and_removed(tmp_path: Path) -> None:
    folder = tmp_path / "references"
    assert "There are no references" in gymbrain(folder, "list")
    reference = keep(folder)
    assert f"{reference.id}: Anna, bench press, from 75° round" in gymbrain(folder, "list")
    assert "removed" in gymbrain(folder, "remove", reference.id)
    assert coach_references(folder) == {}


def test_the_folder_that_the_bot_has_from_its_env_file_is_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GYMBRAIN_REFERENCES", raising=False)
    (tmp_path / ".env").write_text("GYMBRAIN_REFERENCES=kept\n")
    reference = keep(tmp_path / "kept")
    listed = CliRunner().invoke(app, ["references", "list"], catch_exceptions=False)
    assert reference.id in listed.output


def test_a_clip_is_added_through_the_coachs_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = keep(tmp_path / "made")
    asked: dict[str, object] = {}

    def make(clip: Path, **more: object) -> CoachReference:
        asked.update(more, clip=clip)
        return made

    monkeypatch.setattr(coaching, "make_reference", make)
    folder = tmp_path / "references"
    said = gymbrain(folder, "add", str(CLIP), "--exercise", "bench", "--coach", "Anna")
    assert "Anna's bench press is now a reference" in said
    assert list(coach_references(folder)) == [made.id]
    assert (asked["exercise"], asked["coach"], asked["clip"]) == ("bench", "Anna", CLIP)


@pytest.mark.parametrize("name", ["nonsense", "../bench_press-000000000000", "*"])
def test_what_is_no_reference_is_not_removed(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingError, match="There is no reference"):
        gymbrain(tmp_path, "remove", name)


def test_a_folder_that_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = keep(tmp_path / "made")
    monkeypatch.setattr(coaching, "make_reference", lambda *_, **__: made)
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingError, match="cannot be changed"):
        gymbrain(
            tmp_path / "file" / "x", "add", str(CLIP), "--exercise", "bench", "--coach", "Anna"
        )


def test_the_demonstrations_faulty_set_is_refused(tmp_path: Path) -> None:
    arguments = ["add", str(CLIP), "--exercise", "curl", "--coach", "Anna"]
    with pytest.raises(Exception, match="differ too much"):
        gymbrain(tmp_path, *arguments)
    assert list(tmp_path.iterdir()) == []
