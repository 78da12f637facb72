from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from pipeline.classify.dataset import (
    UNKNOWN,
    Example,
    LabelledClip,
    PoseCache,
    choose_classes,
    class_of,
    find_clips,
    load_clips,
    load_openpose,
)
from pipeline.classify.folds import split
from pipeline.errors import ClipError, SettingError
from pipeline.pose.track import PoseTrack
from references.skeleton import KEYPOINT_INDEX
from tests.tracks import curl_track


def write_clips(folder: Path, *files: str) -> Path:
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(file.encode())
    return folder


def groups(clips: tuple[LabelledClip, ...]) -> Mapping[str, str]:
    return {clip.path.name: clip.group for clip in clips}


def test_folders_are_exercises_and_families_of_names_are_groups(tmp_path: Path) -> None:
    folder = write_clips(
        tmp_path, "squat/gym_1.mp4", "squat/gym_12.MOV", "squat/home.mp4", "curl/gym_2.mp4"
    )
    (folder / "squat" / "notes.txt").write_text("not a clip")
    clips = find_clips(folder)
    assert [c.exercise for c in clips] == ["curl", "squat", "squat", "squat"]
    assert groups(clips) == {
        "gym_1.mp4": "squat/gym",
        "gym_12.MOV": "squat/gym",
        "home.mp4": "squat/home",
        "gym_2.mp4": "curl/gym",
    }


def test_the_manifest_says_which_clips_belong_together(tmp_path: Path) -> None:
    folder = write_clips(tmp_path, "squat/a_1.mp4", "squat/a_2.mp4", "squat/a_3.mp4")
    (folder / "manifest.csv").write_text("file,group\nsquat/a_1.mp4,anna\nsquat/a_2.mp4,\n")
    assert groups(find_clips(folder)) == {
        "a_1.mp4": "anna",
        "a_2.mp4": "squat/a",
        "a_3.mp4": "squat/a",
    }
    other = tmp_path / "other.csv"
    other.write_text("file,group\nsquat/a_3.mp4,berta\n")
    assert groups(find_clips(folder, other))["a_3.mp4"] == "berta"


@pytest.mark.parametrize(
    "content", [b"file;group\n", b"\xff\xfe\x00", b"", b"clip,group\nx,y\n"], ids=repr
)
def test_a_manifest_that_is_none_is_refused(tmp_path: Path, content: bytes) -> None:
    folder = write_clips(tmp_path / "clips", "squat/a_1.mp4")
    manifest = tmp_path / "list.csv"
    manifest.write_bytes(content)
    with pytest.raises(SettingError, match=r"list\.csv"):
        find_clips(folder, manifest)


def test_folders_without_clips_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="sub-folder"):
        find_clips(tmp_path)
    with pytest.raises(SettingError, match="no folder"):
        find_clips(tmp_path / "missing")


def test_a_clip_is_watched_once_whatever_it_is_called(tmp_path: Path) -> None:
    watched = []

    def watch(clip: Path) -> PoseTrack:
        watched.append(clip.name)
        return curl_track()

    (tmp_path / "a.mp4").write_bytes(b"one")
    (tmp_path / "b.mp4").write_bytes(b"one")
    (tmp_path / "c.mp4").write_bytes(b"two")
    cache = PoseCache(tmp_path / "poses", watch, watched_with="now")
    for name in ("a.mp4", "b.mp4", "c.mp4", "a.mp4"):
        np.testing.assert_array_equal(cache.track(tmp_path / name).xy, curl_track().xy)
    assert watched == ["a.mp4", "c.mp4"]
    PoseCache(tmp_path / "poses", watch, watched_with="another way").track(tmp_path / "a.mp4")
    assert watched == ["a.mp4", "c.mp4", "a.mp4"]


def test_a_clip_that_cannot_be_watched_is_said_and_left_out(tmp_path: Path) -> None:
    folder = write_clips(tmp_path / "clips", "squat/bad_1.mp4", "squat/good_1.mp4")

    def watch(clip: Path) -> PoseTrack:
        if clip.name.startswith("bad"):
            raise ClipError("clip.empty")
        return curl_track()

    cache = PoseCache(tmp_path / "poses", watch, watched_with="now")
    told: list[tuple[int, int]] = []
    examples, unusable = load_clips(
        find_clips(folder), cache, lambda _what, done, total: told.append((done, total))
    )
    assert [e.name for e in examples] == ["squat/good_1.mp4"]
    assert len(unusable) == 1
    assert unusable[0].startswith("bad_1.mp4: The file is empty.")
    assert told[-1] == (2, 2)


def example(label: str, group: str) -> Example:
    return Example(curl_track(1), label, group, f"{label}/{group}")


def test_exercises_with_too_few_clips_are_unknown() -> None:
    examples = (
        [example("squat", "a")] * 3 + [example("curl", "b")] * 2 + [example(UNKNOWN, "c")] * 5
    )
    classes = choose_classes(examples)
    assert classes == ("squat", UNKNOWN)
    assert choose_classes(examples, ("curl", "plank")) == ("curl", "plank", "squat", UNKNOWN)
    assert [class_of(label, classes) for label in ("squat", "curl", UNKNOWN)] == [0, 1, 1]


def test_no_group_is_split_and_every_example_is_judged_once() -> None:
    examples = [example("squat", f"s{i % 5}") for i in range(20)]
    examples += [example("curl", group) for group in ("c0", "c0", "c1", "c2", "s1")]
    parts = split(examples, ("curl", "squat", UNKNOWN), 4)
    assert sorted(i for part in parts for i in part) == list(range(len(examples)))
    for group in {e.group for e in examples}:
        assert sum(any(examples[i].group == group for i in part) for part in parts) == 1


def test_groups_of_a_thin_class_go_to_different_parts() -> None:
    examples = [example("squat", f"s{i}") for i in range(20)]
    examples += [example("curl", f"c{i}") for i in range(3)]
    parts = split(examples, ("curl", "squat", UNKNOWN), 5)
    assert max(sum(examples[i].label == "curl" for i in part) for part in parts) == 1


def test_more_parts_than_groups_leave_none_empty() -> None:
    assert split([example("squat", "a"), example("squat", "b")], ("squat", UNKNOWN), 9) == [
        [0],
        [1],
    ]


def test_openpose_keypoints_take_their_coco_places(tmp_path: Path) -> None:
    poses = np.zeros((4, 18, 3))
    poses[:, 4] = (30, 40, 0.8)  # OpenPose: right wrist
    poses[:, 5] = (50, 60, 0.7)  # left shoulder
    poses[:, 1] = (99, 99, 0.9)  # the neck, which COCO-17 lacks
    np.save(tmp_path / "one.npy", poses)
    [found] = load_openpose(tmp_path, "curl")
    track = found.track
    assert (found.label, len(track)) == ("curl", 4)
    assert track.xy[0, KEYPOINT_INDEX["right_wrist"]] == pytest.approx((30, 40))
    assert track.conf[0, KEYPOINT_INDEX["left_shoulder"]] == pytest.approx(0.7)
    assert np.isfinite(track.xy[0, :, 0]).sum() == 2


def test_what_holds_no_openpose_keypoints_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError):
        load_openpose(tmp_path, "curl")
    np.save(tmp_path / "flat.npy", np.zeros(5))
    with pytest.raises(SettingError, match=r"flat\.npy"):
        load_openpose(tmp_path, "curl")
    np.save(tmp_path / "flat.npy", np.array([{"a": 1}], dtype=object))
    with pytest.raises(SettingError, match=r"flat\.npy"):
        load_openpose(tmp_path, "curl")
