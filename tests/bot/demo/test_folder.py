from pathlib import Path

import pytest

from bot.demo.folder import prepare
from pipeline.errors import SettingError


@pytest.mark.parametrize("name", ["out", "deep/er/out"])
def test_a_folder_is_made(tmp_path: Path, name: str) -> None:
    prepare(tmp_path / name)
    prepare(tmp_path / name)
    assert (tmp_path / name).is_dir()


def test_an_empty_folder_will_do(tmp_path: Path) -> None:
    prepare(tmp_path)
    (tmp_path / "voice.ogg").touch()
    prepare(tmp_path)
    assert not (tmp_path / "voice.ogg").exists()


def test_somebody_elses_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "voice.ogg").write_text("mine")
    with pytest.raises(SettingError, match="another folder"):
        prepare(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["voice.ogg"]


def test_a_linked_file_is_unlinked_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "mine.ogg").write_text("mine")
    prepare(tmp_path / "out")
    (tmp_path / "out" / "voice.ogg").symlink_to(tmp_path / "mine.ogg")
    prepare(tmp_path / "out")
    assert (tmp_path / "mine.ogg").read_text() == "mine"


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    for path in (tmp_path / "out", tmp_path / "out" / "in"):
        with pytest.raises(SettingError, match="cannot be used as a folder"):
            prepare(path)
