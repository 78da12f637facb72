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
from references.synthetic.film import film
from references.synthetic.skeleton_clips import skeleton_clips


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

    drawn = film(demo_performance(), demo_shot(), np.random.default_rng(0))
    next(drawn)
    start = perf_counter()
    shapes = [frame.image.shape for frame in islice(drawn, frames)]
    seconds = (perf_counter() - start) / frames
    print(
        json.dumps(
            {
                "clips_per_minute": round(60 * clips / wall),
                "clips_per_minute_of_one_idle_core": round(60 * clips / work),
                "frames_per_clip": round(float(np.mean(lengths))),
                "seconds_per_rendered_frame": round(seconds, 3),
                "picture": [shapes[0][1], shapes[0][0]],
                "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
            }
        )
    )


if __name__ == "__main__":
    typer.run(main)
