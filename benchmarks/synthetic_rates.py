"""How fast the synthetic lifter is: keypoint sequences, rendered frames, memory.

    python -m benchmarks.synthetic_rates [--clips N] [--frames N]

The last line is one JSON object.
"""

import json
import resource
from itertools import islice
from time import perf_counter, process_time
from typing import Annotated

import numpy as np
import typer

from references.synthetic.demo import demo_performance, demo_shot
from references.synthetic.film import Shot, film
from references.synthetic.performance import Performance
from references.synthetic.skeleton_clips import skeleton_clips
from references.synthetic.takes import chance_take

_FPS = 30.0


def _a_frame(performance: Performance, shot: Shot, frames: int) -> dict[str, float]:
    """Return how long a frame takes while the lifter moves: on the clock, and of processors."""
    drawn = film(performance, shot, np.random.default_rng(0))
    # The lifter stands still at first.
    list(islice(drawn, round(performance.boundaries[0].start_s * _FPS)))
    wall, work = perf_counter(), process_time()
    list(islice(drawn, frames))
    return {
        "clock": round((perf_counter() - wall) / frames, 3),
        "processor": round((process_time() - work) / frames, 3),
        "pixels": shot.lens.width * shot.lens.height,
    }


def main(
    clips: Annotated[int, typer.Option(help="Keypoint sequences to make.")] = 300,
    frames: Annotated[int, typer.Option(help="Frames to render.")] = 40,
) -> None:
    """Measure."""
    # The first clips load bodies and tables.
    list(skeleton_clips(60, seed=0))
    wall, work = perf_counter(), process_time()
    lengths = [len(clip.t) for clip in skeleton_clips(clips, seed=1)]
    wall, work = perf_counter() - wall, process_time() - work

    alone = _a_frame(demo_performance(), demo_shot(), frames)
    busy = _a_frame(*chance_take("barbell_biceps_curl", seed=4, bystanders=2), frames)
    print(
        json.dumps(
            {
                "clips_per_minute": round(60 * clips / wall),
                "clips_per_minute_of_one_idle_core": round(60 * clips / work),
                "frames_per_clip": round(float(np.mean(lengths))),
                "seconds_a_frame": alone,
                "seconds_a_frame_with_bystanders_and_blur": busy,
                "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
            }
        )
    )


if __name__ == "__main__":
    typer.run(main)
