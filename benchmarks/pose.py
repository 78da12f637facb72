"""Are the keypoints where the joints are? The pose step against plain YOLO11n-pose.

    python -m benchmarks.pose [--clips CLIPS] [--photos PHOTOS] [--work DIR] [--quick]
                              [--exercise NAME ...] [--real-only] [--closeup FILE]
                              [--reliability FILE]

Renders sets of the four exercises by bodies and in rooms that no training picture shows, from 12
sides and 3 heights, and compares two ways of finding keypoints with the truth, frame by frame: the
baseline, ``YOLO("yolo11n-pose").predict()`` on every frame with the person it is surest of, and the
pose step as the analysis runs it. With ``--clips`` and ``--photos``, both also on real frames and
on photos of people who lie, labelled by hand (``benchmarks/pose_labels.md``); ``--reliability``
writes error estimates that hold on the frames of ``--clips``, with a network that did not learn
from them as ``--closeup``. Rendered clips are kept in ``--work`` and used again. The last line is
one JSON object.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final, Self

import numpy as np
import numpy.typing as npt
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.error_estimates import Estimates
from benchmarks.filming import filmed
from benchmarks.keypoint_metrics import Errors
from benchmarks.real_frames import LabelledFrame, labelled_frames, labelled_photos
from benchmarks.stills import NEAR, seen_in_still
from pipeline.clip import Clip
from pipeline.observe import ObserveSettings, observe
from pipeline.pose.closeup import CLOSEUP_FILE
from pipeline.pose.loading import load_network
from pipeline.pose.network import PoseNetwork
from pipeline.pose.people import Network, People, nearest_person
from pipeline.pose.reliability import load_reliability
from pipeline.pose.track import PoseTrack
from pipeline.pose.visibility import hidden
from pipeline.pose.weights import DEFAULT_WEIGHTS, STOCK_WEIGHTS
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
    """How well hidden keypoints are told from seen ones."""

    hidden: list[bool] = field(default_factory=list)
    flagged: list[bool] = field(default_factory=list)

    def table(self) -> dict[str, float]:
        """Return precision and recall."""
        hidden, flagged = np.array(self.hidden), np.array(self.flagged)
        both = float((hidden & flagged).sum())
        return {
            "precision": round(both / max(int(flagged.sum()), 1), 3),
            "recall": round(both / max(int(hidden.sum()), 1), 3),
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


@dataclass(frozen=True, slots=True)
class Claims:
    """What the pose step says of its keypoints: ``hidden`` and ``error_px``, both (T, 17)."""

    track: PoseTrack
    hidden: npt.NDArray[np.bool_]
    error_px: Floats

    @classmethod
    def of(cls, track: PoseTrack) -> Self:
        """Return what it says of a track."""
        return cls(track, hidden(track), load_reliability().error_px(track))


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found in some frames: errors by way and exercise, and what the pose step says.

    ``flags`` are by posture, "upright" or "lying".
    """

    plain: defaultdict[str, Errors] = field(default_factory=lambda: defaultdict(Errors))
    ours: defaultdict[str, Errors] = field(default_factory=lambda: defaultdict(Errors))
    flags: defaultdict[str, Flags] = field(default_factory=lambda: defaultdict(Flags))
    estimates: Estimates = field(default_factory=Estimates)

    def check(
        self,
        claims: Claims,
        index: int,
        true_xy: Floats,
        covered: npt.NDArray[np.bool_],
        counted: npt.NDArray[np.bool_],
        group: str,
    ) -> None:
        """Count what is claimed of those keypoints (17,) of one frame that are ``counted``.

        ``covered`` (17,) is which ones are hidden in truth.
        """
        xy = claims.track.xy[index]
        lying = bool(lies(xy[None])[0])
        flags = self.flags["lying" if lying else "upright"]
        flags.hidden += covered[counted].tolist()
        flags.flagged += claims.hidden[index][counted].tolist()
        off = np.linalg.norm(xy - true_xy, axis=1)
        self.estimates.add(off, claims.error_px[index], counted, lying=lying, group=group)


def on_rendered(
    clips: Iterable[tuple[str, Path]], baseline: PoseNetwork, network: Network
) -> Findings:
    """Return what the baseline and the pose step make of rendered clips."""
    findings = Findings()
    for exercise, path in clips:
        truth = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        true_xy, visible = np.array(truth["xy"]), np.array(truth["visible"])
        pose = observe(path, network, ObserveSettings(), progress=lambda *_: None).track
        claims = Claims.of(pose)
        with Clip(path) as clip:
            for number, frame in enumerate(clip.frames()):
                seen = visible[number]
                found = surest(baseline.people(frame.image))
                findings.plain[exercise].add(found, true_xy[number], seen)
                index = nearest(pose, frame.t)
                if index is not None:
                    xy = pose.xy[index].astype(np.float64)
                    findings.ours[exercise].add(xy, true_xy[number], seen)
                    inside = (true_xy[number] >= 0) & (true_xy[number] < [pose.width, pose.height])
                    findings.check(
                        claims, index, true_xy[number], ~seen, inside.all(axis=1), path.stem
                    )
    return findings


def on_real(frames: Iterable[LabelledFrame], baseline: PoseNetwork, network: Network) -> Findings:
    """Return what the baseline and the pose step make of frames labelled by hand.

    Whoever is nearest to the labels is compared: choosing the lifter is measured elsewhere.
    """
    findings = Findings()
    for frame in frames:
        label = frame.label
        xy = label.xy.astype(np.float64)
        people = baseline.people(frame.image)
        number = nearest_person(people, xy, NEAR)
        plain = None if number is None else people.xy[number].astype(np.float64)
        findings.plain[label.exercise].add(plain, xy, label.visible)
        seen = seen_in_still(network, frame.image, xy)
        findings.ours[label.exercise].add(seen and seen[0], xy, label.visible)
        if seen is None:
            continue
        found, conf = (values.astype(np.float32)[None] for values in seen)
        height, width = frame.image.shape[:2]
        claims = Claims.of(PoseTrack(np.zeros(1), found, conf, width, height))
        labelled = (label.visible | label.hidden) & (np.arange(17) >= _FIRST_BELOW_HEAD)
        findings.check(claims, 0, xy, label.hidden, labelled, label.group)
    return findings


def show(console: Console, name: str, findings: Findings) -> dict[str, Any]:
    """Print what was found in rendered clips, real frames or photos; return it ready for JSON."""
    ways = {"plain YOLO": findings.plain, "pose step": findings.ours}
    figures = {way: {each: by[each].table() for each in sorted(by)} for way, by in ways.items()}
    columns = list(next(iter(next(iter(figures.values())).values())))
    table = Table("exercise", "keypoints by", *columns, title=name)
    for each in sorted({each for by in figures.values() for each in by}):
        for way, by in figures.items():
            table.add_row(each, way, *(str(by[each][column]) for column in columns))
    console.print(table)
    flags = {posture: flags.table() for posture, flags in findings.flags.items()}
    estimates = {
        "within": round(findings.estimates.within(), 3),
        "within_held_out": round(findings.estimates.within_held_out(), 3),
    }
    console.print(f"hidden keypoints, {name}:", flags, "error estimates:", estimates)
    return {name: figures, f"hidden_{name}": flags, f"estimates_{name}": estimates}


def main(
    clips: Annotated[Path | None, typer.Option(help="Real clips, for the frames labelled.")] = None,
    photos: Annotated[Path | None, typer.Option(help="Photos, for those labelled.")] = None,
    work: Annotated[Path, typer.Option(help="Where rendered clips are kept.")] = Path("pose-clips"),
    weights: Annotated[str, typer.Option(help="The pose step's.")] = DEFAULT_WEIGHTS,
    closeup: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, help="The network that looks closely.")
    ] = CLOSEUP_FILE,
    quick: Annotated[bool, typer.Option("--quick", help="4 sides, 1 height.")] = False,
    exercise: Annotated[
        list[str] | None, typer.Option(help="Render only this one; repeatable.")
    ] = None,
    real_only: Annotated[bool, typer.Option("--real-only", help="No rendered clips.")] = False,
    reliability: Annotated[
        Path | None, typer.Option(help="Write here error estimates that hold on the real frames.")
    ] = None,
) -> None:
    """Measure."""
    console = Console(width=140)
    baseline, network = PoseNetwork(STOCK_WEIGHTS), load_network(weights, closeup=closeup)
    figures: dict[str, Any] = {}
    if not real_only:
        azimuths, heights = (AZIMUTHS[::3], HEIGHTS_M[1:2]) if quick else (AZIMUTHS, HEIGHTS_M)
        views = [(e, a, h) for e in exercise or EXERCISES for a in azimuths for h in heights]
        watched = track(rendered(work, views), "rendered", total=len(views), console=console)
        figures |= show(console, "rendered", on_rendered(watched, baseline, network))
    if clips:
        findings = on_real(labelled_frames(clips), baseline, network)
        figures |= show(console, "real", findings)
        if reliability:
            findings.estimates.fitted(load_reliability()).save(reliability)
    if photos:
        figures |= show(console, "photos", on_real(labelled_photos(photos), baseline, network))
    print(json.dumps(figures))


if __name__ == "__main__":
    typer.run(main)
