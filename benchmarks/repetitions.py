"""How well repetitions are counted and timed, the exercise given.

    python -m benchmarks.repetitions [CLIPS] [--poses DIR] [--sets N] [--seed S]

Made-up sets, as a pose network would see them, of all exercises that move and again of the four
that are judged, by bodies that nothing learned from; then real ones, one folder per exercise, held
against the counts in the folder's ``manifest.csv``. Where it tells when repetitions start, it
counts those too that the clip cuts off; such clips are also held against it from the first start to
the last, between which all are whole. Every real miss is listed, and so are clips that the pose
step refuses, which do not count otherwise. Poses are kept in ``--poses``. The last line is one JSON
object.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final

import numpy as np
import numpy.typing as npt
import typer
from rich.console import Console
from rich.table import Table

from benchmarks.form_scores import Share
from benchmarks.labels import labelled_repetitions, labelled_starts
from pipeline.classify.extract import pose_cache
from pipeline.errors import ClipError
from pipeline.pose.smooth import smooth
from pipeline.pose.track import PoseTrack
from pipeline.repetitions import TimedSwing, find_repetitions
from references.exercises import exercises
from references.experts import expert_views
from references.motions import motions
from references.synthetic.skeleton_clips import SkeletonClip, skeleton_clips

Floats = npt.NDArray[np.float64]

# Labels are whole but for clips that show a part of a repetition.
_MISS: Final = 0.5

_HELD: Final = "plank"

_MOMENTS: Final = ("start", "turn", "end", "way out", "way back")


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted in one set, and what is true.

    ``off_s`` (R, 5) are the errors of start, turn, end, way out and way back in seconds; empty
    unless the count is right and the times are known.
    """

    name: str
    exercise: str
    counted: int
    true: float
    off_s: Floats = field(default_factory=lambda: np.empty((0, len(_MOMENTS))))

    def off(self) -> float:
        """Return how many repetitions too many were counted."""
        return self.counted - self.true


def main(
    clips: Annotated[
        Path | None, typer.Argument(exists=True, file_okay=False, help="Real, labelled clips.")
    ] = None,
    poses: Annotated[Path, typer.Option(help="Where clips' poses are kept.")] = Path("poses"),
    sets: Annotated[int, typer.Option(min=1, help="Made-up sets of each kind.")] = 400,
    seed: Annotated[int, typer.Option(min=0, help="Other seeds give other sets.")] = 3,
) -> None:
    """Measure."""
    console = Console(width=120)
    moving = [name for name in motions() if name != _HELD]
    figures: dict[str, Any] = {"sets": sets, "seed": seed}
    for kind, names in (("all_exercises", moving), ("judged_exercises", [*exercises()])):
        made_up = [
            _made_up(clip)
            for clip in skeleton_clips(sets, seed=seed, exercises=names, held_out=True)
        ]
        figures[kind] = _show_made_up(console, kind.replace("_", " "), made_up)
    if clips:
        real, refused = _real(clips, poses)
        for kind, counted in real.items():
            figures[kind] = _show_real(console, kind.replace("_", " "), counted)
        figures["refused"] = refused
    print(json.dumps(figures))


def _made_up(clip: SkeletonClip) -> Counted:
    xy, conf = clip.xy.astype(np.float32), clip.conf.astype(np.float32)
    track = smooth(PoseTrack(clip.t, xy, conf, clip.lens.width, clip.lens.height))
    found = find_repetitions(track, expert_views(clip.exercise))
    true = len(clip.boundaries)
    if len(found) != true:
        return Counted("", clip.exercise, len(found), true)
    return Counted("", clip.exercise, true, true, _times(found) - _true_times(clip))


def _times(found: Sequence[TimedSwing]) -> Floats:
    """Return start, turn, end, way out and way back (R, 5) in seconds."""
    return np.array(
        [
            (
                each.start_s,
                (each.reaches_s + each.leaves_s) / 2,
                each.end_s,
                each.reaches_s - each.start_s,
                np.nan if each.cut_off else each.end_s - each.leaves_s,
            )
            for each in found
        ]
    )


def _true_times(clip: SkeletonClip) -> Floats:
    """Return the same of the truth: the turn lasts while the phase stands still."""
    times = []
    for each in clip.boundaries:
        within = (clip.t >= each.start_s) & (clip.t <= each.end_s)
        t, phase = clip.t[within], clip.phase[within]
        there = t[phase >= phase.max() - 1e-3]
        times.append(
            (each.start_s, each.turn_s, each.end_s, there[0] - each.start_s, each.end_s - there[-1])
        )
    return np.array(times)


def _show_made_up(console: Console, title: str, counted: Sequence[Counted]) -> dict[str, Any]:
    table = Table("exercise", "exact", "off by", *_MOMENTS, title=f"Made-up sets, {title}")
    groups = defaultdict(list)
    for each in counted:
        groups[each.exercise].append(each)
    for name, group in (*sorted(groups.items()), ("all", list(counted))):
        exact = Share(sum(each.off() == 0 for each in group), len(group))
        off = np.abs(np.concatenate([each.off_s for each in group]))
        table.add_row(
            name,
            str(exact),
            ", ".join(f"{each.off():+.0f}" for each in group if each.off())
            if name != "all"
            else "",
            *(f"{np.nanmedian(c):.2f} / {np.nanpercentile(c, 90):.2f} s" for c in off.T),
        )
    console.print(table)
    return {
        "exact": exact.value(),
        **{
            f"{moment.replace(' ', '_')}_error_median_s": round(float(np.nanmedian(column)), 3)
            for moment, column in zip(_MOMENTS, off.T, strict=True)
        },
    }


def _real(folder: Path, poses: Path) -> tuple[Mapping[str, Sequence[Counted]], Sequence[str]]:
    """Return what was counted in real clips against the labels, and from start to start.

    With them the names of clips of which nothing is said, because the lifter is not seen.
    """
    cache = pose_cache(poses)
    manifest = folder / "manifest.csv"
    starts = labelled_starts(manifest)
    as_labelled, whole, refused = [], [], []
    for name, true in labelled_repetitions(manifest).items():
        exercise = Path(name).parent.name
        try:
            track = cache.track(folder / name)
        except ClipError:
            refused.append(name)
            continue
        found = find_repetitions(track, expert_views(exercise))
        as_labelled.append(Counted(name, exercise, len(found), true))
        whole.append(as_labelled[-1])
        if name in starts:
            first, *_, last = starts[name][0], *starts[name]
            turns = track.t[[each.frames.turn for each in found]]
            between = int(((turns > first) & (turns < last)).sum())
            whole[-1] = Counted(name, exercise, between, len(starts[name]) - 1)
    return {"real_as_labelled": as_labelled, "real_whole_repetitions": whole}, refused


def _show_real(console: Console, title: str, counted: Sequence[Counted]) -> dict[str, Any]:
    table = Table("exercise", "clips", "mean error", "within one", "exact", title=title)
    groups = defaultdict(list)
    for each in counted:
        groups[each.exercise].append(each)
    for name, group in (*sorted(groups.items()), ("all", list(counted))):
        off = np.abs([each.off() for each in group])
        within = Share(int((off <= 1).sum()), len(off))
        exact = Share(int((off < _MISS).sum()), len(off))
        table.add_row(name, str(len(off)), f"{off.mean():.3f}", str(within), str(exact))
    console.print(table)
    misses = Table("clip", "counted", "label", title="Misses")
    for each in counted:
        if abs(each.off()) >= _MISS:
            misses.add_row(each.name, str(each.counted), f"{each.true:g}")
    console.print(misses)
    return {
        "clips": len(off),
        "mean_error": round(float(off.mean()), 3),
        "within_one": within.value(),
        "exact": exact.value(),
    }


if __name__ == "__main__":
    typer.run(main)
