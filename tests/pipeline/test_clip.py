"""Clips as phones and networks deliver them: which way up, when, how many, and what is refused."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from pipeline.clip import Clip, ClipLimits, Frame, decoded_ahead
from pipeline.errors import ClipError
from pipeline.report import ClipFacts
from tests.clips import (
    BOTTOM_LEFT,
    BOTTOM_RIGHT,
    TOP_LEFT,
    TOP_RIGHT,
    cut,
    damage,
    even,
    film,
    noise,
    quarters,
    sound,
)

LANDSCAPE = quarters(96, 64)
DEFAULT_LIMITS = ClipLimits()
FAST_START = {"movflags": "faststart"}


def watch(
    path: Path, limits: ClipLimits = DEFAULT_LIMITS, long_side: int | None = None
) -> tuple[list[Frame], ClipFacts, Sequence[str]]:
    with Clip(path, limits) as clip:
        frames = list(clip.frames(long_side))
        return frames, clip.facts(), clip.warnings()


def is_upright(frame: Frame) -> bool:
    expected = (TOP_LEFT, TOP_RIGHT, BOTTOM_LEFT, BOTTOM_RIGHT)
    # The mean of a quarter: GIF has few colours and mixes the others from dots.
    seen = [
        quarter.mean(axis=(0, 1))[::-1]
        for half in np.array_split(frame.image, 2, axis=0)
        for quarter in np.array_split(half, 2, axis=1)
    ]
    # Any two of the colours lie more than 100 steps apart in some channel.
    return bool(np.abs(np.array(seen) - np.array(expected)).max() < 50)


@pytest.mark.parametrize(
    ("name", "codec", "pixels"),
    [
        ("h264.mp4", "libx264", "yuv420p"),
        ("h264.mov", "libx264", "yuv420p"),
        ("h264.mkv", "libx264", "yuv420p"),
        ("hevc.mp4", "libx265", "yuv420p"),
        ("hevc-10-bit.mov", "libx265", "yuv420p10le"),
        ("vp9.webm", "libvpx-vp9", "yuv420p"),
        ("moving.gif", "gif", "rgb8"),
        ("h264.jpg", "libx264", "yuv420p"),
    ],
)
def test_what_phones_send_is_decoded(name: str, codec: str, pixels: str, tmp_path: Path) -> None:
    path = tmp_path / name
    container = path.with_suffix(".mp4") if path.suffix == ".jpg" else path
    film(container, LANDSCAPE, even(12), codec=codec, pixels=pixels).rename(path)
    frames, facts, warnings = watch(path)
    assert [frame.t for frame in frames] == pytest.approx(even(12), abs=0.001)
    assert all(is_upright(frame) for frame in frames)
    assert facts == ClipFacts(0.48, 25.0, 96, 64, 12, 12)
    assert warnings == ()


@pytest.mark.parametrize("turned_deg", [0, 90, 180, 270, -90])
@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("size", [(96, 64), (64, 96)])
def test_a_turned_phone_is_turned_upright(
    turned_deg: int, mirrored: bool, size: tuple[int, int], tmp_path: Path
) -> None:
    seen = quarters(*size)
    stored = np.rot90(np.fliplr(seen) if mirrored else seen, -turned_deg // 90)
    path = film(tmp_path / "turned.mp4", stored, even(3), turned_deg=turned_deg, mirrored=mirrored)
    frames, facts, _ = watch(path)
    assert (facts.width, facts.height) == size
    assert frames[0].image.shape == (size[1], size[0], 3)
    assert all(is_upright(frame) for frame in frames)


@pytest.mark.parametrize(
    ("aspect", "turned_deg", "size"),
    [
        (Fraction(1), 0, (96, 64)),
        (Fraction(4, 3), 0, (128, 64)),
        (Fraction(3, 8), 0, (96, 171)),
        (Fraction(4, 3), 90, (64, 128)),
        (Fraction(3, 8), 270, (171, 96)),
        (Fraction(1, 100), 0, (96, 64)),  # a damaged header, not a lens
    ],
)
def test_pixels_become_square(
    aspect: Fraction, turned_deg: int, size: tuple[int, int], tmp_path: Path
) -> None:
    stored = np.rot90(LANDSCAPE if turned_deg == 0 else quarters(64, 96), -turned_deg // 90)
    path = film(tmp_path / "wide.mp4", stored, even(2), sample_aspect=aspect, turned_deg=turned_deg)
    frames, facts, _ = watch(path)
    assert (facts.width, facts.height) == size
    assert frames[0].image.shape == (size[1], size[0], 3)
    assert is_upright(frames[0])


@pytest.mark.parametrize(("long_side", "size", "scale"), [(48, (48, 32), 0.5), (500, (96, 64), 1)])
def test_frames_shrink_and_never_grow(
    long_side: int, size: tuple[int, int], scale: float, tmp_path: Path
) -> None:
    frames, facts, _ = watch(film(tmp_path / "a.mp4", LANDSCAPE, even(2)), long_side=long_side)
    assert frames[0].image.shape == (size[1], size[0], 3)
    assert frames[0].scale == scale
    assert (facts.width, facts.height) == (96, 64)


@pytest.mark.parametrize(
    ("name", "codec", "pixels"),
    [
        ("a.mp4", "libx264", "yuv420p"),
        ("a.webm", "libvpx-vp9", "yuv420p"),
        ("a.mkv", "libx264", "yuv420p"),
        ("a.gif", "gif", "rgb8"),
    ],
)
def test_every_frame_keeps_its_own_time(name: str, codec: str, pixels: str, tmp_path: Path) -> None:
    times = [0.0, 0.04, 0.1, 0.3, 0.31, 0.9, 1.0, 1.5]
    path = film(tmp_path / name, LANDSCAPE, times, codec=codec, pixels=pixels)
    frames, facts, warnings = watch(path)
    assert [frame.t for frame in frames] == pytest.approx(times, abs=0.001)
    assert facts.fps == pytest.approx(7 / 1.5, abs=0.001)
    assert facts.frames_decoded == facts.frames_declared == len(times)
    assert warnings == ()


def test_time_counts_from_the_first_frame(tmp_path: Path) -> None:
    path = film(tmp_path / "late.mkv", LANDSCAPE, [5.0, 5.5, 6.0])
    assert [frame.t for frame in watch(path)[0]] == pytest.approx([0.0, 0.5, 1.0], abs=0.001)


@pytest.mark.parametrize(
    ("name", "codec"), [("a.mp4", "libx264"), ("a.mov", "libx265"), ("a.webm", "libvpx-vp9")]
)
def test_a_clip_cut_off_on_the_way_is_judged_as_far_as_it_goes(
    name: str, codec: str, tmp_path: Path
) -> None:
    options = FAST_START if codec != "libvpx-vp9" else {}
    path = film(tmp_path / name, noise(40, 96, 64), even(40), codec=codec, container=options)
    frames, facts, warnings = watch(cut(path, 0.5))
    assert 10 <= len(frames) <= 30
    assert facts.frames_decoded == len(frames)
    assert facts.frames_declared == pytest.approx(40, abs=2)
    assert warnings == (
        f"Only {len(frames)} of {facts.frames_declared} frames arrived, so I judged the part that"
        " I could see.",
    )


@pytest.mark.parametrize(
    ("name", "codec"), [("a.mp4", "libx264"), ("a.mov", "libx265"), ("a.webm", "libvpx-vp9")]
)
def test_a_clip_damaged_in_the_middle_is_judged_with_a_warning(
    name: str, codec: str, tmp_path: Path
) -> None:
    options = FAST_START if codec != "libvpx-vp9" else {}
    path = film(tmp_path / name, noise(40, 96, 64), even(40), codec=codec, container=options)
    frames, facts, warnings = watch(damage(path, 0.5, 0.7))
    assert 10 <= len(frames) < 40
    assert facts.frames_declared == pytest.approx(40, abs=2)
    assert len(warnings) == 1


def test_one_frame_is_one_frame(tmp_path: Path) -> None:
    frames, facts, warnings = watch(film(tmp_path / "one.mp4", LANDSCAPE, [0.0]))
    assert [frame.t for frame in frames] == [0.0]
    assert facts == ClipFacts(0.0, 0.0, 96, 64, 1, 1)
    assert warnings == ()


def test_black_frames_are_frames(tmp_path: Path) -> None:
    black = np.zeros((64, 96, 3), np.uint8)
    frames, _, _ = watch(film(tmp_path / "black.mp4", black, even(5)))
    assert len(frames) == 5
    assert max(frame.image.max() for frame in frames) < 5


def empty(folder: Path) -> Path:
    (folder / "clip.mp4").touch()
    return folder / "clip.mp4"


def holding(content: str) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        film(folder / "other.mp4", LANDSCAPE, even(3))
        (folder / "clip.mp4").write_text(content)
        return folder / "clip.mp4"

    return write


def half_a_recording(folder: Path) -> Path:
    return cut(film(folder / "clip.mp4", noise(20, 96, 64), even(20)), 0.5)


def head_only(folder: Path) -> Path:
    whole = film(folder / "clip.mp4", noise(20, 96, 64), even(20), container=FAST_START)
    return cut(whole, 0.07)


def ten_minutes(folder: Path) -> Path:
    return film(folder / "clip.mp4", np.zeros((32, 32, 3), np.uint8), even(600, rate=1.0))


def in_8k(folder: Path) -> Path:
    return film(folder / "clip.mp4", np.zeros((4320, 7680, 3), np.uint8), [0.0])


def in_8k_upright(folder: Path) -> Path:
    black = np.zeros((4320, 7680, 3), np.uint8)
    return film(folder / "clip.mp4", black, [0.0], turned_deg=90)


def stretched_beyond_limits(folder: Path) -> Path:
    wide = np.zeros((1200, 3840, 3), np.uint8)
    return film(folder / "clip.mp4", wide, [0.0], sample_aspect=Fraction(1, 4))


REFUSED = [
    (empty, "clip.empty"),
    (holding("I am no video.\n" * 50), "clip.unreadable"),
    (holding("#EXTM3U\n#EXTINF:1,\nother.mp4\n"), "clip.unreadable"),
    (holding("ffconcat version 1.0\nfile other.mp4\n"), "clip.unreadable"),
    (half_a_recording, "clip.unreadable"),
    (head_only, "clip.unreadable"),
    (lambda folder: sound(folder / "clip.m4a"), "clip.no_video"),
    (lambda folder: sound(folder / "clip.mp4"), "clip.no_video"),
    (ten_minutes, "clip.too_long"),
    (in_8k, "clip.too_many_pixels"),
    (in_8k_upright, "clip.too_many_pixels"),
    (stretched_beyond_limits, "clip.too_many_pixels"),
    (lambda folder: folder, "clip.unreadable"),
]


@pytest.mark.parametrize(("make", "key"), REFUSED)
def test_what_is_no_clip_of_a_set_is_refused(
    make: Callable[[Path], Path], key: str, tmp_path: Path
) -> None:
    with pytest.raises(ClipError) as caught:
        watch(make(tmp_path))
    assert caught.value.key == key
    assert caught.value.say()


def test_a_large_file_is_not_opened(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", noise(20, 96, 64), even(20))
    with pytest.raises(ClipError) as caught:
        watch(path, ClipLimits(size_bytes=path.stat().st_size - 1))
    assert caught.value.key == "clip.too_large"


@pytest.mark.parametrize("limits", [ClipLimits(seconds=0.5), ClipLimits(frames=10)])
def test_a_clip_longer_than_it_declares_is_stopped(limits: ClipLimits, tmp_path: Path) -> None:
    # A stream of Matroska says no duration when it could not be rewound to write one.
    path = film(tmp_path / "a.mkv", LANDSCAPE, even(30), container={"live": "1"})
    with Clip(path, limits) as clip:
        frames = clip.frames()
        with pytest.raises(ClipError) as caught:
            list(frames)
    assert caught.value.key == "clip.too_long"


@pytest.mark.parametrize(
    ("name", "codec"), [("a.mp4", "libx264"), ("a.mov", "libx265"), ("a.webm", "libvpx-vp9")]
)
def test_no_damage_escapes_as_another_error(name: str, codec: str, tmp_path: Path) -> None:
    options = FAST_START if codec != "libvpx-vp9" else {}
    whole = film(
        tmp_path / name, noise(6, 32, 32), even(6), codec=codec, container=options
    ).read_bytes()
    outcomes = set()
    for seed in range(40):
        path = tmp_path / f"{seed}{Path(name).suffix}"
        path.write_bytes(whole)
        damage(path, 0.01 * seed, 1.0, seed, every=20 + 40 * seed)
        try:
            outcomes.add(len(watch(path)[0]) > 0)
        except ClipError:
            outcomes.add(False)
    assert outcomes == {True, False}


@pytest.mark.parametrize(
    ("name", "codec", "pixels"),
    [
        ("a.mp4", "libx264", "yuv420p"),
        ("a.webm", "libvpx-vp9", "yuv420p"),
        ("a.mkv", "libx264", "yuv420p"),
    ],
)
def test_one_frame_is_found_by_its_time(name: str, codec: str, pixels: str, tmp_path: Path) -> None:
    times = [0.5 + n / 25 for n in range(80)]
    path = film(tmp_path / name, noise(80, 96, 64), times, codec=codec, pixels=pixels)
    with Clip(path) as clip:
        frames = list(clip.frames())
        stills = clip.stills()
    for frame in (frames[70], frames[3], frames[0], frames[40]):
        found = stills.at(frame.t)
        assert found.t == pytest.approx(frame.t)
        assert np.array_equal(found.image, frame.image)


@pytest.mark.parametrize("turned_deg", [0, 90, 180])
def test_a_still_is_seen_as_its_frame(turned_deg: int, tmp_path: Path) -> None:
    stored = np.rot90(LANDSCAPE if turned_deg != 90 else quarters(64, 96), -turned_deg // 90)
    path = film(
        tmp_path / "a.mov", stored, even(5), turned_deg=turned_deg, sample_aspect=Fraction(4, 3)
    )
    with Clip(path, shrunk_to=32) as clip:
        [*_, last] = clip.frames(48)
        stills = clip.stills()
    found = stills.at(last.t, 48)
    assert found.image.shape == last.image.shape
    assert found.scale == last.scale
    assert is_upright(found)


def moving_gif(folder: Path) -> Path:
    return film(folder / "a.gif", noise(10, 96, 64), even(10), codec="gif", pixels="rgb8")


def damaged_recording(folder: Path) -> Path:
    path = film(folder / "a.mp4", noise(40, 96, 64), even(40), container=FAST_START)
    return damage(path, 0.5, 0.7)


@pytest.mark.parametrize("make", [moving_gif, damaged_recording])
def test_stills_of_odd_clips_are_near_their_time(
    make: Callable[[Path], Path], tmp_path: Path
) -> None:
    with Clip(make(tmp_path)) as clip:
        times = [frame.t for frame in clip.frames()]
        stills = clip.stills()
    for t in (0.0, times[1], times[-1]):
        assert stills.at(t).t == pytest.approx(t, abs=0.001)


def test_a_time_between_frames_gets_the_nearest(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", LANDSCAPE, [0.0, 0.1, 0.5, 0.6])
    with Clip(path) as clip:
        stills = clip.stills()
    assert [stills.at(t).t for t in (0.28, 0.32, 9.0)] == pytest.approx([0.1, 0.5, 0.6], abs=0.001)
    assert stills.at(0.5, long_side=48).image.shape == (32, 48, 3)


@pytest.mark.parametrize(("shrunk_to", "coarse"), [(None, False), (320, False), (120, True)])
def test_large_frames_to_be_shrunk_are_decoded_coarsely(
    shrunk_to: int | None, coarse: bool, tmp_path: Path
) -> None:
    # The fastest of x264 has no smoothed edges that could be left out.
    path = film(tmp_path / "a.mp4", noise(8, 320, 240), even(8), codec="libx265")
    with Clip(path) as clip:
        filmed = [frame.image for frame in clip.frames()]
    with Clip(path, shrunk_to=shrunk_to) as clip:
        seen = [frame.image for frame in clip.frames()]
    assert len(seen) == len(filmed)
    assert (not np.array_equal(seen, filmed)) is coarse


def test_the_next_frames_are_decoded_ahead(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", LANDSCAPE, even(30))
    with Clip(path) as clip, decoded_ahead(clip.frames()) as frames:
        assert [frame.t for frame in frames] == pytest.approx(even(30), abs=0.001)


def test_a_clip_is_closed_only_when_nothing_decodes(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", noise(60, 96, 64), even(60))
    for _ in range(20):
        with Clip(path) as clip, decoded_ahead(clip.frames()) as frames:
            next(frames)


def test_frames_of_a_rate_keep_their_times(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", LANDSCAPE, even(50))
    with Clip(path) as clip:
        times = [frame.t for frame in clip.frames(rate=10.0)]
        assert clip.facts().frames_decoded == 50
    # Every third of 25 a second: the next frame would come too early.
    assert np.diff(times) == pytest.approx(0.12, abs=0.001)


B_FRAMES = {
    "libx264": {"preset": "ultrafast", "bf": "3", "x264-params": "b-adapt=0:b-pyramid=normal"},
    "libx265": {"preset": "ultrafast", "x265-params": "log-level=none:bframes=3:b-adapt=0"},
}


@pytest.mark.parametrize(
    ("name", "codec"),
    [("a.mp4", "libx264"), ("a.mov", "libx265"), ("a.mkv", "libx264")],
)
def test_frames_nobody_needs_are_counted_and_not_decoded(
    name: str, codec: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    film(path, noise(60, 96, 64), even(60, 30.0), codec=codec, options=B_FRAMES[codec])
    everything, facts, _ = watch(path)
    with Clip(path) as clip:
        wanted = list(clip.frames(rate=15.0))
        assert clip.facts() == facts
        assert clip.warnings() == ()
        assert clip._decoded < 40  # every second one is referred to by none
    assert facts.frames_decoded == 60
    filmed = {frame.t: frame.image for frame in everything}
    assert all(np.array_equal(frame.image, filmed[frame.t]) for frame in wanted)
    assert np.diff([frame.t for frame in wanted]).max() < 0.11


def test_a_cut_off_clip_is_cut_off_whatever_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    options = B_FRAMES["libx264"]
    film(path, noise(60, 96, 64), even(60, 30.0), options=options, container=FAST_START)
    cut(path, 0.5)
    _, facts, warnings = watch(path)
    with Clip(path) as clip:
        assert len(list(clip.frames(rate=15.0))) < facts.frames_decoded
        assert clip.facts().frames_decoded == pytest.approx(facts.frames_decoded, abs=2)
        assert len(clip.warnings()) == len(warnings) == 1
