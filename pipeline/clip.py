"""Step 1, decode: a phone clip to upright, square-pixelled frames with their own timestamps."""

import math
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import av
import numpy as np
import numpy.typing as npt
from av.container import InputContainer
from av.sidedata.sidedata import SideData
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from pipeline.errors import ClipError
from pipeline.report import ClipFacts
from references.texts import DEFAULT_LANGUAGE, text

Image = npt.NDArray[np.uint8]

# FFmpeg also reads playlists and scene descriptions that name other files and addresses; a clip
# from a stranger may only be one of these containers, whatever it calls itself.
_CONTAINERS: Final = "mov,matroska,webm,avi,gif,mpegts,flv"

# A clip is worth a warning when more than this share of the declared frames did not decode; phones
# declare one or two frames too many as a matter of course.
_MISSING_SHARE: Final = 0.05


# A frame this little before its turn is taken: the timestamps of a 30 fps clip jitter.
_EARLY_S: Final = 0.005

# Frames shrunk by this or more are decoded without smoothing the edges of their blocks, which costs
# a sixth to a quarter of decoding: shrinking averages over them, and keypoints stay where they are
# (benchmarks/README.md).
_COARSE_FROM: Final = 2.0

# How many frames may be decoded before they are asked for.
_AHEAD: Final = 8


@dataclass(frozen=True, slots=True)
class ClipLimits:
    """What a clip may cost: bytes on disk, seconds, pixels of one frame, and frames in all.

    A set of twelve slow repetitions lasts about a minute; 4K frames are the largest that phones
    send. ``frames`` bounds what a forged duration cannot.
    """

    size_bytes: int = 200_000_000
    seconds: float = 180.0
    pixels: int = 4096 * 2304
    frames: int = 180 * 60


@dataclass(frozen=True, slots=True)
class Frame:
    """One upright frame: ``t`` seconds from the first frame, ``image`` (H, W, 3) uint8 BGR.

    ``image`` may be smaller than the clip is displayed; ``scale`` is image pixels per displayed
    pixel, the same in x and y.
    """

    t: float
    image: Image
    scale: float


class Clip:
    """An open clip, read once from front to back.

    ``width`` and ``height`` are the size as displayed: turned upright as the container says, pixels
    made square. Who will ask for frames of no more than ``shrunk_to`` pixels on the longer side and
    says so gets those of large clips for less. Use as a context manager. Opening raises ClipError
    for a file that is empty, not a video, too large, too long or too many pixels.
    """

    def __init__(
        self, path: Path, limits: ClipLimits = ClipLimits(), *, shrunk_to: int | None = None
    ) -> None:
        self._limits = limits
        self._container, self._stream = _open(path, limits)
        coded = self._stream.codec_context
        if shrunk_to and max(coded.width, coded.height) >= _COARSE_FROM * shrunk_to:
            coded.options = {"skip_loop_filter": "all"}
        self._decoded = 0
        self._damaged = 0
        self._last_t = 0.0
        try:
            self._coming: Iterator[VideoFrame] = self._decode()
            first = next(self._coming, None)
            if first is None:
                raise ClipError("clip.unreadable")
            self._coming = chain([first], self._coming)
            self._first_time = first.time
            self._mirrored, self._rotation = _display(first)
            self.width, self.height = self._displayed_size(first)
            if self.width * self.height > limits.pixels:
                raise ClipError("clip.too_many_pixels", width=self.width, height=self.height)
        except BaseException:
            self._container.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._container.close()

    @property
    def declared_seconds(self) -> float:
        """Return how long the container says the clip is, 0 where it does not say."""
        return _declared_seconds(self._container, self._stream)

    @property
    def declared_frames(self) -> int:
        """Return how many frames the container promises, true after ``frames``.

        A container that counts none (WebM, Matroska) promises a duration: it is as many frames as
        fill it at the rate of those that came, which on phones is not the declared one.
        """
        if self._stream.frames:
            return self._stream.frames
        seconds = self.declared_seconds
        return max(self._decoded, round(seconds * self._rate()))

    def frames(self, long_side: int | None = None, rate: float | None = None) -> Iterator[Frame]:
        """Yield every frame that decodes, shrunk so that its longer side is at most ``long_side``.

        With a ``rate`` only as many frames a second as that: the others are decoded, which cannot
        be avoided, and not turned into images, which takes as long. Damaged packets are passed
        over and counted. Raises ClipError when the clip turns out longer than it declared and than
        the limits allow.
        """
        due = 0.0
        origin: float | None = None
        for frame in self._coming:
            t = frame.time
            if origin is None:
                origin = t if t is not None else 0.0
            if t is None or (self._decoded and t - origin <= self._last_t):
                # Without a usable timestamp the frame follows its predecessor at the mean rate.
                t = origin + self._last_t + float(1 / (self._stream.average_rate or 30))
            self._last_t = t - origin
            self._decoded += 1
            if self._last_t > self._limits.seconds or self._decoded > self._limits.frames:
                raise _too_long(self._last_t, self._limits)
            if rate is not None:
                if self._last_t + _EARLY_S < due:
                    continue
                due = max(due, self._last_t) + 1 / rate
            yield self._shrunk(frame, self._last_t, long_side)

    def frame_at(self, t: float, long_side: int | None = None) -> Frame | None:
        """Return the frame at ``t`` seconds, decoding only from the key frame before it.

        None where the container cannot jump there; after a jump ``frames`` is of no use any more.
        """
        if self._first_time is None or not self._stream.time_base:
            return None
        try:
            at = round((self._first_time + t) / self._stream.time_base)
            self._container.seek(at, stream=self._stream)
        except av.FFmpegError:
            return None
        for frame in self._decode():
            if frame.time is not None and (found := frame.time - self._first_time) > t - _EARLY_S:
                # A damaged index leads past the frame.
                return self._shrunk(frame, found, long_side) if found < t + _EARLY_S else None
        return None

    def facts(self) -> ClipFacts:
        """Return what the clip is, true after ``frames`` is exhausted."""
        rate = self._rate()
        return ClipFacts(
            seconds=round(self._last_t + (1 / rate if rate else 0.0), 3),
            fps=round(rate, 3),
            width=self.width,
            height=self.height,
            frames_declared=self.declared_frames,
            frames_decoded=self._decoded,
        )

    def warnings(self, language: str = DEFAULT_LANGUAGE) -> tuple[str, ...]:
        """Return a sentence when frames are missing or damaged, true after ``frames``."""
        declared = max(self.declared_frames, self._decoded)
        missing = declared - self._decoded
        if missing > 1 and missing > _MISSING_SHARE * declared:
            return (text("clip.cut_short", language, decoded=self._decoded, declared=declared),)
        if self._damaged:
            return (text("clip.damaged", language, damaged=self._damaged),)
        return ()

    def _rate(self) -> float:
        """Return the mean frames a second so far; 0 before the second frame."""
        return (self._decoded - 1) / self._last_t if self._last_t else 0.0

    def _decode(self) -> Iterator[VideoFrame]:
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except av.FFmpegError:
                # The container breaks off here: what was decoded so far is what there is.
                return
            try:
                decoded = packet.decode()
            except av.FFmpegError:
                self._damaged += 1
                continue
            yield from (frame for frame in decoded if isinstance(frame, VideoFrame))

    def _displayed_size(self, frame: VideoFrame) -> tuple[int, int]:
        aspect = self._stream.sample_aspect_ratio or Fraction(1)
        # A ratio this far from 1 is a damaged header, not a lens.
        if not Fraction(1, 5) <= aspect <= Fraction(5):
            aspect = Fraction(1)
        width, height = frame.width, frame.height
        # Widening or heightening, never shrinking, keeps every pixel that was filmed.
        if aspect > 1:
            width = round(width * aspect)
        else:
            height = round(height / aspect)
        return (height, width) if self._rotation % 2 else (width, height)

    def _shrunk(self, frame: VideoFrame, t: float, long_side: int | None) -> Frame:
        scale = min(1.0, (long_side or np.inf) / max(self.width, self.height))
        size = (max(1, round(self.width * scale)), max(1, round(self.height * scale)))
        return Frame(t, self._upright(frame, size), scale)

    def _upright(self, frame: VideoFrame, size: tuple[int, int]) -> Image:
        width, height = size[::-1] if self._rotation % 2 else size
        # Averaging loses no detail that the smaller picture could show and costs a third less.
        image = frame.reformat(width, height, "bgr24", interpolation="AREA").to_ndarray()
        if self._mirrored:
            image = np.fliplr(image)
        return np.ascontiguousarray(np.rot90(image, self._rotation))


@contextmanager
def decoded_ahead(frames: Iterator[Frame]) -> Iterator[Iterator[Frame]]:
    """Have a thread of its own decode the next few of ``frames`` while one is used.

    Leaving waits for that thread: a clip must not be closed while it decodes.
    """
    decoder = ThreadPoolExecutor(1)
    coming = deque(decoder.submit(next, frames, None) for _ in range(_AHEAD))

    def taken() -> Iterator[Frame]:
        while (frame := coming.popleft().result()) is not None:
            coming.append(decoder.submit(next, frames, None))
            yield frame

    try:
        yield taken()
    finally:
        decoder.shutdown(cancel_futures=True)


def _open(path: Path, limits: ClipLimits) -> tuple[InputContainer, VideoStream]:
    size = path.stat().st_size
    if size == 0:
        raise ClipError("clip.empty")
    if size > limits.size_bytes:
        raise ClipError("clip.too_large", megabytes=limits.size_bytes // 1_000_000)
    try:
        container = av.open(str(path), options={"format_whitelist": _CONTAINERS})
    except (av.FFmpegError, UnicodeDecodeError) as error:
        raise ClipError("clip.unreadable") from error
    # A cover picture in an audio file is a video stream of one attached picture.
    streams = [s for s in container.streams.video if not s.disposition & _ATTACHED_PICTURE]
    if not streams:
        container.close()
        raise ClipError("clip.no_video")
    stream = streams[0]
    if not stream.codec_context:
        # None, whatever PyAV's types say, for a codec that is unknown or whose name is damaged.
        container.close()
        raise ClipError("clip.unreadable")
    stream.thread_type = "AUTO"
    seconds = _declared_seconds(container, stream)
    if seconds > limits.seconds:
        container.close()
        raise _too_long(seconds, limits)
    if stream.codec_context.width * stream.codec_context.height > limits.pixels:
        width, height = stream.codec_context.width, stream.codec_context.height
        container.close()
        raise ClipError("clip.too_many_pixels", width=width, height=height)
    return container, stream


def _display(frame: VideoFrame) -> tuple[bool, int]:
    """Return whether to mirror a frame, and by how many quarters to turn it counter-clockwise then.

    Some front cameras store mirrored pictures, for which FFmpeg's own angle stands on its head.
    """
    matrix = frame.side_data.get("DISPLAYMATRIX")
    if not isinstance(matrix, SideData):
        return False, 0
    # x' = a x + c y, y' = b x + d y with y down; FFmpeg stores a b u c d v x y w.
    a, b, _, c, d, *_ = np.frombuffer(bytes(matrix), np.int32).tolist()
    mirrored = a * d < b * c
    if mirrored:
        a, b = -a, -b
    return mirrored, round(-math.atan2(b, a) / (math.pi / 2)) % 4


_ATTACHED_PICTURE = av.stream.Disposition.attached_pic


def _declared_seconds(container: InputContainer, stream: VideoStream) -> float:
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return (container.duration or 0) / av.time_base


def _too_long(seconds: float, limits: ClipLimits) -> ClipError:
    return ClipError("clip.too_long", seconds=round(seconds), limit=round(limits.seconds))
