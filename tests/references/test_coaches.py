import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from references.experts import expert_views
from references.experts.coaches import (
    CoachReference,
    clean_name,
    coach_references,
    coach_views,
    default_folder,
    remove,
    remove_of,
)

VIEW = expert_views("bench_press")[5]
ANNA = CoachReference(
    coach="Anna",
    exercise="bench_press",
    azimuth_deg=VIEW.azimuth_deg,
    elevation_deg=VIEW.elevation_deg,
    xy=VIEW.salient(),
    angles_deg={"start": {"left_elbow": 168.5}, "turn": {"left_elbow": 71.25, "left_hip": 130.0}},
    owner=7,
)


def test_a_reference_survives_its_file_and_nothing_else_is_left(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "references"
    ANNA.save(folder)
    ANNA.save(folder)
    assert [path.name for path in folder.iterdir()] == [f"{ANNA.id}.npz"]
    [(name, found)] = coach_references(folder).items()
    assert name == found.id == ANNA.id
    assert found.angles_deg == ANNA.angles_deg
    assert (found.coach, found.owner, found.azimuth_deg) == ("Anna", 7, VIEW.azimuth_deg)
    assert np.array_equal(found.xy, ANNA.xy)


def test_a_view_has_the_coachs_name_and_angles(tmp_path: Path) -> None:
    ANNA.save(tmp_path)
    replace(ANNA, exercise="lat_pulldown").save(tmp_path)
    [view] = coach_views("bench_press", tmp_path)
    assert view.id == "Anna"
    assert view.motion is VIEW.motion
    assert view.angles_deg("turn") == ANNA.angles_deg["turn"]
    assert VIEW.id == VIEW.motion.id
    assert coach_views("press", tmp_path) == ()
    assert coach_views("bench_press", tmp_path / "missing") == ()


def test_a_reference_of_an_exercise_without_an_expert_is_no_view(tmp_path: Path) -> None:
    replace(ANNA, exercise="juggling").save(tmp_path)
    assert coach_views("juggling", tmp_path) == ()


def test_a_reference_from_where_no_expert_is_seen_is_no_view(tmp_path: Path) -> None:
    replace(ANNA, elevation_deg=89.0).save(tmp_path)
    assert coach_views("bench_press", tmp_path) == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"xy": np.full((2, 17, 2), np.nan, np.float32)},
        {"xy": np.zeros((3, 17, 2), np.float32)},
        {"azimuth_deg": float("nan")},
        {"coach": ""},
        {"coach": "![x](http://x)"},
    ],
)
def test_a_malformed_reference_is_left_out_and_logged(
    tmp_path: Path, changes: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    ANNA.save(tmp_path)
    replace(ANNA, **{"coach": "Ben", **changes}).save(tmp_path)  # type: ignore[arg-type]
    with caplog.at_level(logging.WARNING):
        assert list(coach_references(tmp_path)) == [ANNA.id]
    assert "is no reference" in caplog.text


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04", b"\x80\x04N."])
def test_a_file_that_is_no_archive_is_left_out(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bench_press-000000000000.npz").write_bytes(content)
    assert coach_references(tmp_path) == {}


def test_a_pickle_is_never_opened(tmp_path: Path) -> None:
    path = tmp_path / "bench_press-000000000000.npz"
    arrays = {"coach": np.array(["Anna"], object), "exercise": "bench_press", "owner": -1}
    np.savez(path, view_deg=np.zeros(2), xy=ANNA.xy, angles_deg=np.zeros((2, 8)), **arrays)  # type: ignore[arg-type]
    assert coach_references(tmp_path) == {}


def test_a_file_under_another_exercises_name_is_left_out(tmp_path: Path) -> None:
    ANNA.save(tmp_path)
    (tmp_path / f"{ANNA.id}.npz").rename(tmp_path / "lat_pulldown-000000000000.npz")
    assert coach_references(tmp_path) == {}


@pytest.mark.parametrize(
    "name", ["../secret", "bench_press-zzz", "", "bench_press-000000000000", "/etc/passwd", "*"]
)
def test_only_a_reference_is_removed(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "references"
    ANNA.save(folder)
    (tmp_path / "secret.npz").write_bytes(b"mine")
    assert not remove(folder, name)
    assert (tmp_path / "secret.npz").exists()
    assert remove(folder, ANNA.id)
    assert not remove(folder, ANNA.id)


def test_the_references_of_one_sender_go_together(tmp_path: Path) -> None:
    ANNA.save(tmp_path)
    replace(ANNA, coach="Anna M.").save(tmp_path)
    other = replace(ANNA, coach="Ben", owner=8)
    other.save(tmp_path)
    by_hand = replace(ANNA, coach="Cem", owner=None)
    by_hand.save(tmp_path)
    assert remove_of(tmp_path, 7) == 2
    assert set(coach_references(tmp_path)) == {other.id, by_hand.id}


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Anna", "Anna"),
        ("  Anna \n  Müller ", "Anna Müller"),
        ("J.-P. O'Neill", "J.-P. O'Neill"),
        ("Ａｎｎａ", "Anna"),
        ("अनिता", "अनिता"),
        ("李娜", "李娜"),
        ("", None),
        ("...", None),
        ("007", None),
        ("x" * 41, None),
        ("../../etc/passwd", None),
        ("Anna\u202egnp.exe", None),
        ("An\x00na", None),
        ("[red]Anna[/red]", None),
        ("<b>Anna</b>", None),
        ("*Anna*", None),
        ("Anna 🏋", None),
    ],
)
def test_names(words: str, name: str | None) -> None:
    assert clean_name(words) == name


def test_the_folder_follows_the_users_data_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_folder() == tmp_path / "gymbrain" / "references"
