"""Small clips for the decoding tests, filmed by PyAV from drawn pictures."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import numpy as np
import numpy.typing as npt
from av.video.stream import VideoStream

Image = npt.NDArray[np.uint8]

# RGB of the four quarters of the picture as it is to be seen.
TOP_LEFT: Final = (220, 30, 30)
TOP_RIGHT: Final = (30, 200, 30)
BOTTOM_LEFT: Final = (40, 40, 220)
BOTTOM_RIGHT: Final = (230, 230, 230)

# Ticks of 1/12800 s hold 25, 30 and 60 frames a second and whole milliseconds nearly exactly.
_CLOCK: Final = Fraction(1, 12_800)

_FASTEST: Final = {
    "libx264": {"preset": "ultrafast"},
    "libx265": {"preset": "ultrafast", "x265-params": "log-level=none"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8"},
}


def quarters(width: int, height: int) -> Image:
    """Return a picture (height, width, 3) RGB whose four quarters tell which way is up."""
    picture = np.zeros((height, width, 3), np.uint8)
    middle, centre = height // 2, width // 2
    picture[:middle, :centre] = TOP_LEFT
    picture[:middle, centre:] = TOP_RIGHT
    picture[middle:, :centre] = BOTTOM_LEFT
    picture[middle:, centre:] = BOTTOM_RIGHT
    return picture


def even(count: int, rate: float = 25.0) -> list[float]:
    """Return the times in seconds of ``count`` frames at a constant rate."""
    return [n / rate for n in range(count)]


def noise(count: int, width: int, height: int, seed: int = 0) -> Image:
    """Return pictures (count, height, width, 3) RGB that are each hard to compress."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (count, height, width, 3)).astype(np.uint8)


def film(
    path: Path,
    pictures: Image,
    times: Sequence[float],
    *,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    turned_deg: int = 0,
    mirrored: bool = False,
    sample_aspect: Fraction | None = None,
    container: dict[str, str] | None = None,
    options: dict[str, str] | None = None,
) -> Path:
    """Write a clip of ``pictures``, one for all ``times`` in seconds or one for each.

    They are as stored; a player turns them counter-clockwise by ``turned_deg`` and then mirrors
    them, as the container tells it to. ``options`` are the codec's, instead of its fastest.
    """
    with av.open(str(path), "w", options=container or {}) as output:
        stream = output.add_stream(codec, options=options or _FASTEST.get(codec, {}))
        assert isinstance(stream, VideoStream)
        *_, stream.height, stream.width, _ = pictures.shape
        stream.pix_fmt = pixels
        stream.codec_context.time_base = _CLOCK
        if sample_aspect is not None:
            stream.codec_context.sample_aspect_ratio = sample_aspect
        if turned_deg or mirrored:
            stream.set_display_rotation(turned_deg, hflip=mirrored)
        shown = np.broadcast_to(pictures, (len(times), stream.height, stream.width, 3))
        for time, picture in zip(times, shown, strict=True):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.time_base, frame.pts = _CLOCK, round(time / _CLOCK)
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return path


def sound(path: Path, seconds: float = 1.0) -> Path:
    """Write a file of silence without a picture."""
    with av.open(str(path), "w") as output:
        stream = output.add_stream("aac", rate=48_000)
        frame = av.AudioFrame.from_ndarray(
            np.zeros((1, round(48_000 * seconds)), np.float32), format="fltp", layout="mono"
        )
        frame.sample_rate = 48_000
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return path


def cut(path: Path, share: float) -> Path:
    """Keep only the first ``share`` of the file, as a transfer that broke off does."""
    whole = path.read_bytes()
    path.write_bytes(whole[: round(len(whole) * share)])
    return path


def damage(path: Path, start: float, end: float, seed: int = 0, every: int = 1) -> Path:
    """Overwrite one in ``every`` bytes between two shares of the file with noise."""
    content = bytearray(path.read_bytes())
    places = range(round(len(content) * start), round(len(content) * end), every)
    for place, value in zip(
        places, np.random.default_rng(seed).integers(0, 256, len(places)), strict=True
    ):
        content[place] = int(value)
    path.write_bytes(content)
    return path
