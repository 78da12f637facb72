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
from pipeline.sparing import Sparing
from references.texts import DEFAULT_LANGUAGE, text

Image = npt.NDArray[np.uint8]

# FFmpeg also reads playlists and scene descriptions that name other files and addresses; a clip
# from a stranger may only be one of these containers, whatever it calls itself.
_CONTAINERS: Final = "mov,matroska,webm,avi,gif,mpegts,flv"

# To find out what it opens FFmpeg decodes the first frames, which a container of these tells by
# itself or the decoder does later: with large key frames that takes as long as ten others.
_OPENING: Final = {"format_whitelist": _CONTAINERS, "skip_frame": "all"}

# A clip is worth a warning when more than this share of the declared frames did not decode; phones
# declare one or two frames too many as a matter of course.
_MISSING_SHARE: Final = 0.05


# A frame this little before its turn is taken: the timestamps of a 30 fps clip jitter.
_EARLY_S: Final = 0.005

# Frames shrunk by this or more are decoded without smoothing the edges of their blocks, which costs
# a sixth to a quarter of decoding: shrinking averages over them, and keypoints stay where they are
# (benchmarks/README.md).
_COARSE_FROM: Final = 2.0

# A frame's thread often waits for the frame before, so a clip wants more of them than cores.
_THREADS: Final = 8

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


@dataclass(frozen=True, slots=True)
class _Display:
    """How decoded frames are shown: upright, with square pixels, ``width`` by ``height`` of them.

    They are mirrored first, if at all, and then turned counter-clockwise by quarter turns.
    """

    width: int
    height: int
    mirrored: bool
    quarter_turns: int

    @classmethod
    def of(cls, frame: VideoFrame, aspect: Fraction | None) -> Self:
        """Return how this frame of a stream with pixels of ``aspect`` is shown."""
        # A ratio this far from 1 is a damaged header, not a lens.
        if aspect is None or not Fraction(1, 5) <= aspect <= Fraction(5):
            aspect = Fraction(1)
        width, height = frame.width, frame.height
        # Widening or heightening, never shrinking, keeps every pixel that was filmed.
        if aspect > 1:
            width = round(width * aspect)
        else:
            height = round(height / aspect)
        mirrored, quarter_turns = _turned(frame)
        if quarter_turns % 2:
            width, height = height, width
        return cls(width, height, mirrored, quarter_turns)

    def shown(self, frame: VideoFrame, t: float, long_side: int | None) -> Frame:
        """Return a frame as it is seen, shrunk so that its longer side is at most ``long_side``."""
        scale = min(1.0, (long_side or np.inf) / max(self.width, self.height))
        size = (max(1, round(self.width * scale)), max(1, round(self.height * scale)))
        width, height = size[::-1] if self.quarter_turns % 2 else size
        # Averaging loses no detail that the smaller picture could show and costs a third less.
        image = frame.reformat(width, height, "bgr24", interpolation="AREA").to_ndarray()
        if self.mirrored:
            image = np.fliplr(image)
        return Frame(t, np.ascontiguousarray(np.rot90(image, self.quarter_turns)), scale)


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
        self._path = path
        self._limits = limits
        self._container, self._stream = _open(path, limits)
        coded = self._stream.codec_context
        coded.thread_count = _THREADS
        if shrunk_to and max(coded.width, coded.height) >= _COARSE_FROM * shrunk_to:
            coded.options = {"skip_loop_filter": "all"}
        self._decoded = 0
        self._damaged = 0
        self._sparing = Sparing()
        self._last_t = 0.0
        try:
            self._coming: Iterator[VideoFrame] = self._decode()
            first = next(self._coming, None)
            if first is None:
                raise ClipError("clip.unreadable")
            self._coming = chain([first], self._coming)
            self._starts = first.time
            self._display = _Display.of(first, self._stream.sample_aspect_ratio)
            self.width, self.height = self._display.width, self._display.height
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
        return max(self._arrived, round(seconds * self._rate()))

    def frames(self, long_side: int | None = None, rate: float | None = None) -> Iterator[Frame]:
        """Yield every frame that decodes, shrunk so that its longer side is at most ``long_side``.

        With a ``rate`` only as many frames a second as that: the others are not turned into images,
        and not even decoded where no other frame refers to them. Damaged packets are passed over
        and counted. Raises ClipError when the clip turns out longer than it declared and than the
        limits allow.
        """
        if rate and self._stream.time_base:
            self._sparing.gap = int((1 / rate + _EARLY_S) / self._stream.time_base)
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
            self._sparing.came(frame.pts)
            if self._last_t > self._limits.seconds or self._arrived > self._limits.frames:
                raise _too_long(self._last_t, self._limits)
            if rate is not None:
                if self._last_t + _EARLY_S < due:
                    continue
                due = max(due, self._last_t) + 1 / rate
            yield self._display.shown(frame, self._last_t, long_side)

    def stills(self) -> "Stills":
        """Return where single frames are found when this clip has been read and closed."""
        return Stills(self._path, self._limits, self._starts, self._display)

    def facts(self) -> ClipFacts:
        """Return what the clip is, true after ``frames`` is exhausted."""
        rate = self._rate()
        return ClipFacts(
            seconds=round(self._last_t + (1 / rate if rate else 0.0), 3),
            fps=round(rate, 3),
            width=self.width,
            height=self.height,
            frames_declared=self.declared_frames,
            frames_decoded=self._arrived,
        )

    def warnings(self, language: str = DEFAULT_LANGUAGE) -> tuple[str, ...]:
        """Return a sentence when frames are missing or damaged, true after ``frames``."""
        declared = max(self.declared_frames, self._arrived)
        missing = declared - self._arrived
        if missing > 1 and missing > _MISSING_SHARE * declared:
            return (text("clip.cut_short", language, decoded=self._arrived, declared=declared),)
        if self._damaged:
            return (text("clip.damaged", language, damaged=self._damaged),)
        return ()

    @property
    def _arrived(self) -> int:
        """Return how many frames came whole so far, decoded or spared."""
        return self._decoded + self._sparing.spared

    def _rate(self) -> float:
        """Return the mean frames a second so far; 0 before the second frame."""
        return (self._arrived - 1) / self._last_t if self._last_t else 0.0

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
            spare = self._sparing.may_spare(packet.pts)
            self._stream.codec_context.skip_frame = "NONREF" if spare else "DEFAULT"
            try:
                decoded = packet.decode()
            except av.FFmpegError:
                self._damaged += 1
                continue
            yield from (frame for frame in decoded if isinstance(frame, VideoFrame))


@dataclass(frozen=True, slots=True)
class Stills:
    """Single frames of a clip that was opened before; any number of threads may ask for them.

    ``starts`` is the first frame's time in the container, None where frames have none.
    """

    path: Path
    limits: ClipLimits
    starts: float | None
    display: _Display

    def at(self, t: float, long_side: int | None = None) -> Frame:
        """Return the frame nearest to ``t`` seconds, as ``Clip.frames`` would.

        It is decoded from the key frame before it or, where the container cannot jump there, from
        the beginning of the clip.
        """
        return self._jumped_to(t, long_side) or self._read_up_to(t, long_side)

    def _jumped_to(self, t: float, long_side: int | None) -> Frame | None:
        container, stream = _open(self.path, self.limits)
        coded = stream.codec_context
        # Each thread but one decodes a frame behind the one that is wanted.
        coded.thread_count = 2
        with container:
            if self.starts is None or not stream.time_base:
                return None
            wanted = self.starts + t
            try:
                container.seek(round(wanted / stream.time_base), stream=stream)
                for packet in container.demux(stream):
                    # On the way frames to which no other refers need no decoding.
                    passed = packet.pts is not None and (
                        abs(float(packet.pts * stream.time_base) - wanted) > _EARLY_S
                    )
                    coded.skip_frame = "NONREF" if passed else "DEFAULT"
                    for frame in packet.decode():
                        found = -math.inf if frame.time is None else frame.time
                        if found > wanted + _EARLY_S:
                            # A damaged index leads past the frame.
                            return None
                        if found > wanted - _EARLY_S:
                            return self.display.shown(frame, found - self.starts, long_side)
            except av.FFmpegError:
                return None
        return None

    def _read_up_to(self, t: float, long_side: int | None) -> Frame:
        with Clip(self.path, self.limits) as clip:
            frames = clip.frames(long_side)
            nearest = next(frames)
            for frame in frames:
                if abs(frame.t - t) > abs(nearest.t - t):
                    break
                nearest = frame
        return nearest


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
        container = av.open(str(path), options=_OPENING)
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


def _turned(frame: VideoFrame) -> tuple[bool, int]:
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
