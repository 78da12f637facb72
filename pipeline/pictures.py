"""Which moments the lifter is shown, and what is drawn into them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from pipeline.clip import Clip, ClipLimits, Image
from pipeline.compare import Comparison
from pipeline.draw import Angle, Panel, draw_side_by_side
from pipeline.judge import Verdict
from pipeline.pose.track import PoseTrack
from pipeline.repetitions import Swing
from pipeline.retrieve import Match
from pipeline.titles import phase_title
from references.exercises import PHASES, Phase
from references.experts import expert_picture
from references.geometry import joint_angles
from references.texts import DEFAULT_LANGUAGE, text

_FILES: Final[Mapping[Phase, str]] = {"start": "start.png", "turn": "end.png"}

# Frames are kept no larger than this, in pixels of the longer side, for the pictures.
_LONG_SIDE: Final = 1280


def draw_pictures(
    track: PoseTrack,
    verdict: Verdict,
    clip: Path | None,
    out: Path,
    language: str = DEFAULT_LANGUAGE,
) -> None:
    """Write ``start.png`` and ``end.png``: the lifter beside the expert at start and turn.

    Frames come from ``clip``; without one a figure is drawn from the poses.
    """
    shown = _shown_repetition(track, verdict)
    moments: Mapping[Phase, int] = {"start": shown.start, "turn": shown.turn}
    times = [float(track.t[index]) for index in moments.values()]
    images, scale = _frames_at(clip, times) if clip else ((None, None), 1.0)
    for (phase, index), image in zip(moments.items(), images, strict=True):
        panels = [_lifter_panel(track, verdict, phase, index, image, scale, language)]
        if verdict.match:
            panels.append(_expert_panel(verdict.match, verdict, phase, language))
        draw_side_by_side(panels, out / _FILES[phase])


def _shown_repetition(track: PoseTrack, verdict: Verdict) -> Swing:
    """Return the repetition with the most to see: most deviations, else the middle one.

    Without repetitions, the first and the middle frame in which the lifter is best seen stand in.
    """
    if verdict.swings:
        faults = Counter(r - 1 for d in verdict.deviations for r in d.repetitions)
        middle = len(verdict.swings) // 2
        worst = max(range(len(verdict.swings)), key=lambda r: (faults[r], -abs(r - middle)))
        return verdict.swings[worst]
    seen = np.isfinite(track.xy[..., 0]).sum(axis=1)
    best = np.flatnonzero(seen == seen.max())
    return Swing(int(best[0]), int(best[len(best) // 2]), int(best[-1]))


def _frames_at(clip: Path, times: Sequence[float]) -> tuple[tuple[Image, ...], float]:
    """Return the frames nearest to the given times, and their pixels per displayed pixel."""
    with Clip(clip, ClipLimits()) as opened:
        frames = [frame for t in times if (frame := opened.frame_at(t, _LONG_SIDE))]
    if len(frames) == len(times):
        return tuple(frame.image for frame in frames), frames[0].scale
    return _frames_read_through(clip, times)


def _frames_read_through(clip: Path, times: Sequence[float]) -> tuple[tuple[Image, ...], float]:
    """Return the same for a clip without usable timestamps or key frames, frame after frame."""
    nearest: list[tuple[float, Image] | None] = [None] * len(times)
    with Clip(clip, ClipLimits()) as opened:
        for frame in opened.frames(_LONG_SIDE):
            for i, t in enumerate(times):
                distance = abs(frame.t - t)
                kept = nearest[i]
                if kept is None or distance < kept[0]:
                    nearest[i] = (distance, frame.image)
            scale = frame.scale
            if frame.t > max(times):
                break
    return tuple(kept[1] for kept in nearest if kept), scale


def _lifter_panel(
    track: PoseTrack,
    verdict: Verdict,
    phase: Phase,
    index: int,
    image: Image | None,
    scale: float,
    language: str,
) -> Panel:
    angles = joint_angles(track.xy[index])
    off = {(d.joint, d.phase) for d in verdict.deviations}
    judged = [c for c in _drawn_comparisons(verdict, phase) if np.isfinite(angles[c.joint])]
    moment = phase_title(verdict.exercise, phase, language)
    return Panel(
        title=text("picture.lifter", language, moment=moment),
        pose=track.xy[index] * scale,
        angles=[Angle(c.joint, float(angles[c.joint]), (c.joint, phase) in off) for c in judged],
        image=image,
    )


def _expert_panel(match: Match, verdict: Verdict, phase: Phase, language: str) -> Panel:
    view = match.view
    # The pictures show the expert, not a coach.
    drawn_only = view.coach is not None
    picture = None if drawn_only else expert_picture(view.motion.exercise, phase, view.azimuth_deg)
    return Panel(
        title=text("picture.expert", language),
        pose=picture.xy if picture else view.salient()[PHASES.index(phase)],
        angles=[
            Angle(c.joint, c.reference_deg, off=None) for c in _drawn_comparisons(verdict, phase)
        ],
        image=picture.image if picture else None,
    )


def _drawn_comparisons(verdict: Verdict, phase: Phase) -> list[Comparison]:
    """Return what is worth a number at this phase: the joints checked there and seen."""
    return [c for c in verdict.comparisons if c.phase == phase and c.obstacle is None]
