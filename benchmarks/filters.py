"""Which filter serves the pose network best: Gaussian and sharpening, off being one of the arms.

    python -m benchmarks.filters CLIPS [--exercise NAME ...] [--frames N] [--seed N]

Two conditions: the clips as filmed, and as a cheap phone films them in a dim gym (half the light,
sensor noise, strong JPEG compression). Two figures for each arm, over the lifter of each clip: the
share of body keypoints seen (confidence 0.5 and more), and the jitter, how far a seen keypoint lies
from the quadratic through its neighbours in time, in per cent of the torso. Both are means over
clips, so that long ones do not outweigh short ones.
"""

import json
from pathlib import Path
from typing import Annotated, Final

import cv2
import numpy as np
import numpy.typing as npt
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from pipeline.analysis import Settings, load_network
from pipeline.clip import Clip, Image
from pipeline.filters import FilterSettings, apply_filters
from pipeline.pose.follow import follow
from pipeline.pose.lifting import choose_lifter
from pipeline.pose.people import Network, People
from pipeline.pose.smooth import SmoothSettings, smooth, torso_length
from pipeline.pose.track import PoseTrack
from references.exercises import exercises
from references.skeleton import KEYPOINT_INDEX

_ARMS: Final = {
    "off": FilterSettings(0, 0),
    "gaussian 0.5": FilterSettings(0.5, 0),
    "gaussian 1.0": FilterSettings(1.0, 0),
    "gaussian 0.5, sharpening 0.5": FilterSettings(0.5, 0.5),
    "gaussian 0.5, sharpening 1.0": FilterSettings(0.5, 1.0),
    "gaussian 0.8, sharpening 0.5": FilterSettings(0.8, 0.5),
    "gaussian 0.8, sharpening 1.0": FilterSettings(0.8, 1.0),
    "gaussian 1.2, sharpening 1.0": FilterSettings(1.2, 1.0),
}
_CONDITIONS: Final = ("as filmed", "dim gym")
_BODY: Final = slice(KEYPOINT_INDEX["left_shoulder"], None)
_RATE: Final = 15.0


def main(
    clips: Annotated[Path, typer.Argument(exists=True, file_okay=False)],
    exercise: Annotated[list[str] | None, typer.Option(help="Only these folders.")] = None,
    frames: Annotated[int, typer.Option(help="At most so many frames of a clip.")] = 40,
    seed: Annotated[int, typer.Option()] = 0,
) -> None:
    """Run every arm over the clips under both conditions and print the table."""
    network = load_network(Settings())
    rng = np.random.default_rng(seed)
    folders = exercise or list(exercises())
    files = sorted(f for name in folders for f in (clips / name).glob("*.*"))
    found: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for file in track(files, console=Console(stderr=True)):
        t, images = _sampled(file, network.image_size, frames)
        for condition in _CONDITIONS:
            seen = images if condition == "as filmed" else [_dim(image, rng) for image in images]
            for arm, settings in _ARMS.items():
                figures = _figures(network, t, seen, settings)
                if figures is not None:
                    found.setdefault((condition, arm), []).append(figures)

    table = Table("condition", "arm", "keypoints seen", "jitter, % of torso")
    rows = {}
    for (condition, arm), figures_of_clips in found.items():
        seen_share, jitter = np.nanmean(figures_of_clips, axis=0)
        rows[f"{condition}: {arm}"] = {
            "seen": round(float(seen_share), 4),
            "jitter_percent": round(100 * float(jitter), 3),
        }
        table.add_row(condition, arm, f"{seen_share:.1%}", f"{100 * jitter:.2f}")
    Console().print(table)
    print(json.dumps({"clips": len(files), "seed": seed, "arms": rows}))


def _sampled(file: Path, long_side: int, most: int) -> tuple[npt.NDArray[np.float64], list[Image]]:
    t: list[float] = []
    images: list[Image] = []
    with Clip(file) as clip:
        for frame in clip.frames(long_side):
            if not t or frame.t - t[-1] >= 1 / _RATE - 0.005:
                t.append(frame.t)
                images.append(frame.image)
            if len(t) == most:
                break
    return np.array(t), images


def _dim(image: Image, rng: np.random.Generator) -> Image:
    """Half the light, shot and read noise of a small sensor, then JPEG at quality 30."""
    light = image.astype(np.float32) * 0.5
    noisy = light + rng.normal(0, 1, image.shape) * np.sqrt(16 + 0.6 * light)
    _, encoded = cv2.imencode(
        ".jpg", np.clip(noisy, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 30]
    )
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)


def _figures(
    network: Network,
    t: npt.NDArray[np.float64],
    images: list[Image],
    settings: FilterSettings,
) -> tuple[float, float] | None:
    people: list[People] = [network.people(apply_filters(image, settings)) for image in images]
    lifter = choose_lifter(follow(people, t), people, images[0].shape[1])
    if lifter is None:
        return None
    xy = np.full((len(t), 17, 2), np.nan, np.float32)
    conf = np.zeros((len(t), 17), np.float32)
    for frame, row in zip(lifter.frames, lifter.rows, strict=True):
        xy[frame], conf[frame] = people[frame].xy[row], people[frame].conf[row]
    height, width = images[0].shape[:2]
    raw = PoseTrack(t, xy, conf, width, height)
    # Nothing is thrown out as wild here: what the filter should prevent must count.
    smoothed = smooth(raw, SmoothSettings(max_jump=np.inf))
    residual = np.linalg.norm(smoothed.xy - raw.xy, axis=2)[:, _BODY]
    torso = torso_length(smoothed.xy)
    share = float((conf[:, _BODY] >= SmoothSettings().min_confidence).mean())
    if not np.isfinite(torso) or not np.isfinite(residual).any():
        return share, float("nan")
    return share, float(np.sqrt(np.nanmean(residual**2))) / torso


if __name__ == "__main__":
    typer.run(main)
