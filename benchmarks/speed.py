"""What a lifter waits for, against plain Ultralytics on every frame.

    python -m benchmarks.speed [--repeat N] [--seconds 10 --seconds 30 --seconds 60]

The bundled clip is filmed again as a phone would: 1080x1920, 30 frames a second, sensor noise,
12 Mbit/s, a key frame a second, repeated until it is long enough. Every second frame of 30 is not
needed, and where no other refers to it (B frames) not decoded, so the shortest is filmed once more
without such frames. The whole analysis runs in a worker that has loaded its models, the baseline,
the pose network by ``predict()`` with its own decoding, in another process; they take turns.
Processor seconds are given beside the seconds that passed, because only they mean something while
others use the machine.
"""

import json
import multiprocessing
import resource
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from operator import attrgetter
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Annotated, Any

import av
import numpy as np
import typer
from av.video.frame import VideoFrame
from rich.console import Console
from rich.table import Table

from pipeline.pose.weights import STOCK_WEIGHTS, locate_weights

_CLIP = Path(__file__).parents[1] / "references" / "clips" / "barbell_biceps_curl.mp4"
_FPS = 30
_NOISE = 4.0
_BIT_RATE = 12_000_000


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds that passed, seconds of all processors, and the most memory so far in megabytes."""

    wall_s: float
    cpu_s: float
    peak_rss_mb: float


def main(
    repeat: Annotated[int, typer.Option(min=1, help="How often the two take turns.")] = 3,
    seconds: Annotated[list[int] | None, typer.Option(help="Lengths of the clips.")] = None,
    baseline_frames: Annotated[
        int, typer.Option(help="Stop the baseline here and count it up to all frames.")
    ] = 10**9,
    weights: Annotated[str, typer.Option(help="The baseline's.")] = STOCK_WEIGHTS,
) -> None:
    """Time both on the shortest clip, in turns, and the analysis on the longer ones."""
    lengths = sorted(seconds or [10, 30, 60])
    with tempfile.TemporaryDirectory() as folder, _process() as worker, _process() as other:
        clips = {length: _filmed(Path(folder) / f"{length}.mp4", length) for length in lengths}
        shortest = clips[lengths[0]]
        without_b = _filmed(Path(folder) / "without_b.mp4", lengths[0], b_frames=0)
        worker.submit(_prepare).result()
        other.submit(_predict, locate_weights(weights), shortest, 5).result()
        turns = [
            (
                other.submit(_predict, locate_weights(weights), shortest, baseline_frames).result(),
                worker.submit(_analyse, shortest, Path(folder) / "out").result(),
                worker.submit(_analyse, without_b, Path(folder) / "out").result(),
            )
            for _ in range(repeat)
        ]
        baselines, analyses, analyses_without_b = zip(*turns, strict=True)
        ours = {lengths[0]: _middle(analyses)}
        for length in lengths[1:]:
            ours[length] = worker.submit(_analyse, clips[length], Path(folder) / "out").result()
    _print(_middle(baselines), _middle(analyses_without_b), ours)
    first, last = ours[lengths[0]], ours[lengths[-1]]
    figures = {
        "speedup": _median_ratio(baselines, analyses, attrgetter("wall_s")),
        "speedup_cpu": _median_ratio(baselines, analyses, attrgetter("cpu_s")),
        "speedup_without_b": _median_ratio(baselines, analyses_without_b, attrgetter("wall_s")),
        "real_time_factor": round(first.wall_s / lengths[0], 3),
        "real_time_factor_cpu": round(first.cpu_s / lengths[0], 3),
        "peak_rss_mb": round(max(cost.peak_rss_mb for cost in ours.values())),
        "cpu_a_second_longest_to_shortest": round(
            (last.cpu_s / lengths[-1]) / (first.cpu_s / lengths[0]), 2
        ),
    }
    print(json.dumps(figures))


def _process() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))


def _prepare() -> None:
    from bot.jobs.work import prepare  # noqa: PLC0415 (only the worker loads the models)

    prepare(None)


def _analyse(clip: Path, out: Path) -> Cost:
    from pipeline.analysis import analyze  # noqa: PLC0415

    with _Meter() as meter:
        analyze(clip, out)
    return meter.cost()


def _predict(weights: str, clip: Path, frames: int) -> Cost:
    from pipeline.pose.network import import_yolo  # noqa: PLC0415 (brings torch along)

    model = import_yolo()(weights)
    in_clip = _FPS * round(_seconds(clip))
    looked_at = min(frames, in_clip)
    with _Meter() as meter:
        for _ in islice(model.predict(str(clip), stream=True, verbose=False), looked_at):
            pass
    return meter.cost(in_clip / looked_at)


class _Meter:
    """Measures what happens inside its block, child processes included."""

    def __enter__(self) -> "_Meter":
        self._started = perf_counter(), _cpu_s()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended = perf_counter(), _cpu_s()

    def cost(self, times: float = 1.0) -> Cost:
        wall, cpu = (b - a for a, b in zip(self._started, self._ended, strict=True))
        return Cost(times * wall, times * cpu, _peak_rss_mb())


def _cpu_s() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _peak_rss_mb() -> float:
    # Not getrusage: what it says of a process begins with the peak of the one that started it.
    [line] = [
        line
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        if line.startswith("VmHWM:")
    ]
    return int(line.split()[1]) / 1000


def _median_ratio(
    baselines: Sequence[Cost], analyses: Sequence[Cost], seconds: Callable[[Cost], float]
) -> float:
    """Return how many times as fast the analyses were, turn by turn."""
    turns = zip(baselines, analyses, strict=True)
    return round(median(seconds(plain) / seconds(mine) for plain, mine in turns), 2)


def _middle(costs: Sequence[Cost]) -> Cost:
    return Cost(
        median(cost.wall_s for cost in costs),
        median(cost.cpu_s for cost in costs),
        max(cost.peak_rss_mb for cost in costs),
    )


def _filmed(path: Path, seconds: int, *, b_frames: int = 3) -> Path:
    """Write the bundled clip, repeated, as a phone would have filmed it.

    ``b_frames`` is how many may follow each other.
    """
    rng = np.random.default_rng(0)
    grain = rng.normal(0, _NOISE, (1920, 1080)).astype(np.int16)
    with av.open(str(path), "w") as output:
        options = {"preset": "veryfast", "x264-params": f"keyint={_FPS}:bframes={b_frames}"}
        stream: Any = output.add_stream("libx264", rate=_FPS, options=options)
        stream.width, stream.height, stream.pix_fmt = 1080, 1920, "yuv420p"
        stream.bit_rate = _BIT_RATE
        for number, frame in enumerate(islice(_frames(), seconds * _FPS)):
            planes = frame.reformat(1080, 1920, "yuv420p", interpolation="BICUBIC").to_ndarray()
            shift = tuple(rng.integers(0, side) for side in grain.shape)
            noisy = planes[:1920] + np.roll(grain, shift, (0, 1))
            planes[:1920] = np.clip(noisy, 0, 255).astype(np.uint8)
            fresh = VideoFrame.from_ndarray(planes, format="yuv420p")
            fresh.pts, fresh.time_base = number, Fraction(1, _FPS)
            output.mux(stream.encode(fresh))
        output.mux(stream.encode(None))
    return path


def _frames() -> Iterator[VideoFrame]:
    while True:
        with av.open(str(_CLIP)) as source:
            yield from source.decode(video=0)


def _seconds(clip: Path) -> float:
    with av.open(str(clip)) as container:
        return (container.duration or 0) / av.time_base


def _print(baseline: Cost, without_b: Cost, ours: dict[int, Cost]) -> None:
    table = Table("what", "clip", "s", "s a second", "processor s a second", "peak MB")
    shortest = min(ours)
    rows = [
        ("plain predict()", shortest, baseline),
        ("whole analysis, no B frames", shortest, without_b),
    ]
    rows += [("whole analysis", length, cost) for length, cost in ours.items()]
    for name, length, cost in rows:
        table.add_row(
            name,
            f"{length} s",
            f"{cost.wall_s:.2f}",
            f"{cost.wall_s / length:.3f}",
            f"{cost.cpu_s / length:.3f}",
            f"{cost.peak_rss_mb:.0f}",
        )
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
