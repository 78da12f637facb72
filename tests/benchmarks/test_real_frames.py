"""The hand labels are whole, and a frame comes back beside the labels of its own moment."""

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks.real_frames import (
    LABELS,
    PHOTOS,
    frame_labels,
    labelled_frames,
    labelled_photos,
    lifter_boxes,
)
from references.skeleton import KEYPOINT_INDEX, KEYPOINTS, SIDES
from tests.clips import even, film

COLUMNS = (
    *("file", "t", "group", "exercise", "width", "height"),
    *("keypoint", "x", "y", "visibility"),
)
GROUPS = LABELS.with_name("recognition_groups.csv")


def write_table(path: Path, times: list[float], *, width: int = 64) -> Path:
    """Label every keypoint n at (n, 10 t): even ones visible, odd ones hidden, the last absent."""
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for t in times:
            for n, name in enumerate(KEYPOINTS):
                point = [n, 10 * t, ("visible", "hidden")[n % 2]]
                if n == len(KEYPOINTS) - 1:
                    point = ["", "", "absent"]
                rows.writerow(["squat/a.mp4", f"{t:.3f}", "g", "squat", width, 48, name, *point])
    return path


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    """Return a folder with one clip of ten frames, each brighter than the one before."""
    (tmp_path / "squat").mkdir()
    pictures = np.full((10, 48, 64, 3), 20, np.uint8)
    pictures += (20 * np.arange(10, dtype=np.uint8))[:, None, None, None]
    film(tmp_path / "squat" / "a.mp4", pictures, even(10))
    return tmp_path


@pytest.mark.parametrize("table", [LABELS, PHOTOS])
def test_every_label_lies_in_its_picture(table: Path) -> None:
    for label in frame_labels(table):
        seen = label.visible | label.hidden
        assert not (label.visible & label.hidden).any()
        assert np.isfinite(label.xy[seen]).all()
        assert np.isnan(label.xy[~seen]).all()
        size = label.width, label.height
        assert ((label.xy[seen] >= 0) & (label.xy[seen] <= size)).all(), (label.file, label.t)


def test_labels_agree_with_the_groups_of_footage() -> None:
    with GROUPS.open(newline="", encoding="utf-8") as file:
        groups = {row["file"]: row["group"] for row in csv.DictReader(file)}
    frames = [(label.file, label.group, label.exercise) for label in frame_labels()]
    boxes = [(label.file, label.group, label.exercise) for label in lifter_boxes()]
    for name, group, exercise in (*frames, *boxes):
        assert group == groups[name]
        assert name.startswith(f"{exercise}/")


def test_labels_look_like_bodies() -> None:
    """A slip of a digit or a swapped name puts an elbow far from its arm."""
    for label in frame_labels():
        size = np.nanmax(label.xy, axis=0) - np.nanmin(label.xy, axis=0)
        for side in SIDES:
            arm = label.xy[[KEYPOINT_INDEX[f"{side}_{j}"] for j in ("shoulder", "elbow", "wrist")]]
            upper, fore = np.linalg.norm(np.diff(arm, axis=0), axis=1)
            assert not max(upper, fore) > 0.75 * np.hypot(*size), (label.file, label.t, side)


def test_boxes_lie_in_their_pictures_and_hold_the_lifter() -> None:
    for label in lifter_boxes():
        left, top, right, bottom = label.box
        assert 0 <= left < right <= label.width
        assert 0 <= top < bottom <= label.height
    poses = {(label.file, label.width): label for label in frame_labels()}
    in_both = [box for box in lifter_boxes() if (box.file, box.width) in poses]
    assert in_both
    for label in in_both:
        hips = poses[label.file, label.width].xy[[KEYPOINT_INDEX[f"{s}_hip"] for s in SIDES]]
        if np.isfinite(hips).all():
            left, top, right, bottom = label.box
            x, y = hips.mean(axis=0)
            assert left < x < right, label.file
            assert top < y < bottom, label.file


def test_a_frame_comes_with_the_labels_of_its_moment(clips: Path, tmp_path: Path) -> None:
    table = write_table(tmp_path / "labels.csv", [0.08, 0.28])
    frames = list(labelled_frames(clips, table))
    assert [frame.label.t for frame in frames] == pytest.approx([0.08, 0.28], abs=0.002)
    # Frames 2 and 7 of ten, filmed at 20 levels of brightness a frame.
    assert [frame.image.mean() for frame in frames] == pytest.approx([60, 160], abs=4)
    assert frames[1].label.xy[3] == pytest.approx([3, 2.8])
    assert frames[1].label.hidden[3]
    assert frames[1].label.visible[4]
    assert np.isnan(frames[1].label.xy[-1]).all()


@pytest.mark.parametrize(
    ("times", "width", "complaint"),
    [([0.06], 64, "no frame at 0.06 s"), ([0.08, 5.0], 64, "5.0 s"), ([0.08], 66, "64x48")],
)
def test_other_footage_under_the_same_name_is_refused(
    clips: Path, tmp_path: Path, times: list[float], width: int, complaint: str
) -> None:
    table = write_table(tmp_path / "labels.csv", times, width=width)
    with pytest.raises(ValueError, match=complaint):
        list(labelled_frames(clips, table))


def test_a_frame_without_all_keypoints_is_refused(tmp_path: Path) -> None:
    table = write_table(tmp_path / "labels.csv", [0.08])
    table.write_text("".join(table.read_text().splitlines(keepends=True)[:-1]))
    with pytest.raises(ValueError, match="not each keypoint once"):
        frame_labels(table)


def test_a_photo_comes_back_beside_its_labels(tmp_path: Path) -> None:
    (tmp_path / "squat").mkdir()
    picture = np.full((48, 64, 3), 90, np.uint8)
    cv2.imwrite(str(tmp_path / "squat" / "a.png"), picture)
    table = write_table(tmp_path / "labels.csv", [0.0])
    table.write_text(table.read_text(encoding="utf-8").replace("a.mp4", "a.png"), encoding="utf-8")
    (photo,) = labelled_photos(tmp_path, table)
    assert (photo.image == picture).all()
    assert photo.label.xy[3].tolist() == [3, 0]


@pytest.mark.parametrize(("size", "error"), [((48, 63), ValueError), (None, FileNotFoundError)])
def test_another_photo_than_the_labelled_one_is_refused(
    tmp_path: Path, size: tuple[int, int] | None, error: type[Exception]
) -> None:
    (tmp_path / "squat").mkdir()
    if size:
        cv2.imwrite(str(tmp_path / "squat" / "a.mp4.png"), np.zeros((*size, 3), np.uint8))
        (tmp_path / "squat" / "a.mp4.png").rename(tmp_path / "squat" / "a.mp4")
    with pytest.raises(error):
        list(labelled_photos(tmp_path, write_table(tmp_path / "labels.csv", [0.0])))
