"""Are the keypoints where the joints are? The pose step against plain YOLO11n-pose.

    python -m benchmarks.pose [--clips CLIPS] [--photos PHOTOS] [--work DIR] [--quick]

Renders sets of the four exercises by bodies and in rooms that no training picture shows, from 12
sides and 3 heights, and compares two ways of finding keypoints with the truth, frame by frame: the
baseline, ``YOLO("yolo11n-pose").predict()`` on every frame with the person it is surest of, and the
pose step as the analysis runs it. With ``--clips`` and ``--photos``, both also on real frames and
on photos of people who lie, labelled by hand (``benchmarks/pose_labels.md``). Rendered clips are
kept in ``--work`` and used again. The last line is one JSON object.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final

import numpy as np
import numpy.typing as npt
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.filming import filmed
from benchmarks.keypoint_metrics import Errors, torso_px
from benchmarks.real_frames import LabelledFrame, labelled_frames, labelled_photos
from pipeline.clip import Clip, Image
from pipeline.observe import ObserveSettings, observe
from pipeline.pose.closeup import CLOSEUP_FILE
from pipeline.pose.loading import load_network
from pipeline.pose.network import PoseNetwork
from pipeline.pose.people import Network, People
from pipeline.pose.reliability import load_reliability
from pipeline.pose.track import PoseTrack
from pipeline.pose.visibility import hidden
from pipeline.pose.weights import DEFAULT_WEIGHTS, STOCK_WEIGHTS
from pipeline.watch import LookSettings
from references.geometry import lies
from references.lens import Lens
from references.skeleton import KEYPOINT_INDEX
from references.synthetic.film import Shot
from references.synthetic.outfit import dress
from references.synthetic.performance import Performance
from references.synthetic.takes import chance_take
from references.synthetic.variation import random_body, random_outfit, random_room
from references.viewpoint import Viewpoint

Floats = npt.NDArray[np.float64]

EXERCISES: Final = ("barbell_biceps_curl", "bench_press", "lat_pulldown", "tricep_pushdown")
AZIMUTHS: Final = range(0, 360, 30)
HEIGHTS_M: Final = (0.4, 1.1, 1.8)
_DISTANCE_M: Final = 3.0
_FPS: Final = 15.0
# Whether the face is covered was labelled only where it is large, and no angle stands on it.
_FIRST_BELOW_HEAD: Final = KEYPOINT_INDEX["left_shoulder"]
_LONG_SIDE_PX: Final = 640


@dataclass(slots=True)
class Flags:
    """How well hidden keypoints are told from seen ones, and how honest error estimates are."""

    hidden: list[bool] = field(default_factory=list)
    flagged: list[bool] = field(default_factory=list)
    within: list[bool] = field(default_factory=list)

    def table(self) -> dict[str, float]:
        """Return precision, recall and the share of keypoints within their estimated error."""
        hidden, flagged = np.array(self.hidden), np.array(self.flagged)
        both = float((hidden & flagged).sum())
        return {
            "precision": round(both / max(int(flagged.sum()), 1), 3),
            "recall": round(both / max(int(hidden.sum()), 1), 3),
            "within_estimate": round(float(np.mean(self.within)), 3),
        }


def take(exercise: str, azimuth_deg: float, height_m: float) -> tuple[Performance, Shot]:
    """Return one repetition by a held-out body in a held-out room, seen from a given side."""
    seed = [EXERCISES.index(exercise), int(azimuth_deg), int(100 * height_m)]
    rng = np.random.default_rng(seed)
    performance, shot = chance_take(
        exercise, seed=int(rng.integers(2**31)), azimuth_deg=azimuth_deg, repetitions=1, fps=_FPS
    )
    lifter = dress(random_body(rng, held_out=True), random_outfit(rng))
    joints = lifter.bare.keypoints(performance.pose(lifter.bare)).reshape(-1, 3)
    middle = (joints.min(axis=0) + joints.max(axis=0)) / 2
    rise = height_m - middle[2]
    viewpoint = Viewpoint(
        azimuth_deg,
        float(np.degrees(np.arctan2(rise, _DISTANCE_M))),
        float(np.hypot(_DISTANCE_M, rise)),
        (float(middle[0]), float(middle[1]), float(middle[2])),
    )
    lens = Lens.of_phone(360, _LONG_SIDE_PX, 62.0)
    room = random_room(rng, held_out=True)
    return performance, replace(shot, lifter=lifter, room=room, viewpoint=viewpoint, lens=lens)


def rendered(work: Path, views: Iterable[tuple[str, int, float]]) -> Iterator[tuple[str, Path]]:
    """Yield exercise and clip of every view, filmed when it is not there yet."""
    work.mkdir(parents=True, exist_ok=True)
    for exercise, azimuth, height in views:
        path = work / f"{exercise}-{azimuth:03d}-{round(100 * height):03d}.mp4"
        yield (
            exercise,
            filmed(path, partial(take, exercise, azimuth, height), _FPS, seed=azimuth),
        )


def surest(people: People) -> Floats | None:
    """Return the keypoints (17, 2) of whom the network is surest, or None for nobody."""
    return people.xy[0].astype(np.float64) if len(people.boxes) else None


def nearest(track: PoseTrack, t: float) -> int | None:
    """Return the index of the frame at a time, or None when it was not looked at."""
    index = int(np.argmin(np.abs(track.t - t)))
    return index if abs(track.t[index] - t) < 0.01 else None


def on_rendered(
    clips: Iterable[tuple[str, Path]], baseline: PoseNetwork, network: Network
) -> tuple[dict[str, Errors], dict[str, Errors], Flags]:
    """Return the errors of the baseline and of the pose step by exercise, and of its flags."""
    plain, ours = defaultdict[str, Errors](Errors), defaultdict[str, Errors](Errors)
    flags = Flags()
    for exercise, path in clips:
        truth = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        true_xy, visible = np.array(truth["xy"]), np.array(truth["visible"])
        pose = observe(path, network, ObserveSettings(), progress=lambda *_: None).track
        error_px = load_reliability().error_px(pose)
        with Clip(path) as clip:
            for number, frame in enumerate(clip.frames()):
                seen = visible[number]
                plain[exercise].add(surest(baseline.people(frame.image)), true_xy[number], seen)
                index = nearest(pose, frame.t)
                if index is not None:
                    xy = pose.xy[index].astype(np.float64)
                    ours[exercise].add(xy, true_xy[number], seen)
                    _flag(flags, pose, error_px, index, true_xy[number], seen)
    return plain, ours, flags


def _flag(
    flags: Flags,
    pose: PoseTrack,
    error_px: Floats,
    index: int,
    true_xy: Floats,
    seen: npt.NDArray[np.bool_],
) -> None:
    inside = ((true_xy >= 0) & (true_xy < [pose.width, pose.height])).all(axis=1)
    flags.hidden += (~seen[inside]).tolist()
    flags.flagged += hidden(pose)[index][inside].tolist()
    told = inside & np.isfinite(pose.xy[index, :, 0])
    off = np.linalg.norm(pose.xy[index] - true_xy, axis=1)
    flags.within += (off[told] <= error_px[index][told]).tolist()


def on_real(
    frames: Iterable[LabelledFrame], baseline: PoseNetwork, network: Network
) -> tuple[dict[str, dict[str, Errors]], dict[str, Flags]]:
    """Return the errors on frames labelled by hand, by way and exercise, and flags by posture.

    Whoever is nearest to the labels is compared: choosing the lifter is measured elsewhere. The
    pose step looks at the whole frame, then closely at the lifter.
    """
    plain, ours = defaultdict[str, Errors](Errors), defaultdict[str, Errors](Errors)
    flags = {"upright": Flags(), "lying": Flags()}
    for frame in frames:
        label = frame.label
        xy = label.xy.astype(np.float64)
        found = _closest(baseline.people(frame.image), xy)
        plain[label.exercise].add(_pose(found), xy, label.visible)
        found = _closest(network.people(frame.image, None, LookSettings().whole_size), xy)
        if found is not None:
            height, width = frame.image.shape[:2]
            found = _closely(network, frame.image, found)
            one = PoseTrack(np.zeros(1), found.xy, found.conf, width, height)
            told = flags["lying" if lies(found.xy)[0] else "upright"]
            labelled = (label.visible | label.hidden) & (np.arange(17) >= _FIRST_BELOW_HEAD)
            told.hidden += label.hidden[labelled].tolist()
            told.flagged += hidden(one)[0][labelled].tolist()
            off = np.linalg.norm(found.xy[0] - xy, axis=1)
            told.within += (off <= load_reliability().error_px(one)[0])[labelled].tolist()
        ours[label.exercise].add(_pose(found), xy, label.visible)
    return {"plain YOLO": plain, "pose step": ours}, flags


def _closely(network: Network, image: Image, found: People) -> People:
    """Return the one person found as seen from nearby."""
    if not network.closeup:
        return found
    xy, conf = network.closeup.look(image, found.xy[0])
    return replace(found, xy=xy[None], conf=conf[None])


def _pose(found: People | None) -> Floats | None:
    return None if found is None else found.xy[0].astype(np.float64)


def _closest(people: People, xy: Floats) -> People | None:
    """Return only the person nearest to labels (17, 2), None if nobody is near."""
    if not len(people.boxes):
        return None
    off = np.nanmean(np.linalg.norm(people.xy - xy, axis=2), axis=1)
    best = int(np.argmin(off))
    if off[best] > 2 * torso_px(xy):
        return None
    one = slice(best, best + 1)
    return People(people.boxes[one], people.scores[one], people.xy[one], people.conf[one])


def show(console: Console, title: str, errors: dict[str, dict[str, Errors]]) -> dict[str, Any]:
    """Print the figures of each way and exercise; return them ready for JSON."""
    figures = {way: {name: by[name].table() for name in sorted(by)} for way, by in errors.items()}
    columns = list(next(iter(next(iter(figures.values())).values())))
    table = Table("exercise", "keypoints by", *columns, title=title)
    for name in sorted({name for by in figures.values() for name in by}):
        for way, by in figures.items():
            table.add_row(name, way, *(str(by[name][column]) for column in columns))
    console.print(table)
    return figures


def main(
    clips: Annotated[Path | None, typer.Option(help="Real clips, for the frames labelled.")] = None,
    photos: Annotated[Path | None, typer.Option(help="Photos, for those labelled.")] = None,
    work: Annotated[Path, typer.Option(help="Where rendered clips are kept.")] = Path("pose-clips"),
    weights: Annotated[str, typer.Option(help="The pose step's.")] = DEFAULT_WEIGHTS,
    closeup: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, help="The network that looks closely.")
    ] = CLOSEUP_FILE,
    quick: Annotated[bool, typer.Option("--quick", help="4 sides, 1 height.")] = False,
    real_only: Annotated[bool, typer.Option("--real-only", help="No rendered clips.")] = False,
) -> None:
    """Measure."""
    console = Console(width=140)
    baseline, network = PoseNetwork(STOCK_WEIGHTS), load_network(weights, closeup=closeup)
    figures: dict[str, Any] = {}
    if not real_only:
        azimuths, heights = (AZIMUTHS[::3], HEIGHTS_M[1:2]) if quick else (AZIMUTHS, HEIGHTS_M)
        views = [(e, a, h) for e in EXERCISES for a in azimuths for h in heights]
        watched = track(rendered(work, views), "rendered", total=len(views), console=console)
        plain, ours, flags = on_rendered(watched, baseline, network)
        figures["rendered"] = show(
            console, "rendered clips", {"plain YOLO": plain, "pose step": ours}
        )
        figures["hidden"] = flags.table()
        console.print("hidden keypoints, and error estimates:", figures["hidden"])
    real = {}
    if clips:
        real["real"] = labelled_frames(clips)
    if photos:
        real["photos"] = labelled_photos(photos)
    for name, frames in real.items():
        errors, flagged = on_real(frames, baseline, network)
        figures[name] = show(console, name, errors)
        hidden_in = {posture: told.table() for posture, told in flagged.items() if told.hidden}
        figures[f"hidden_{name}"] = hidden_in
        console.print(f"hidden keypoints, {name}:", hidden_in)
    print(json.dumps(figures))


if __name__ == "__main__":
    typer.run(main)
