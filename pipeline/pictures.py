"""Which moments the lifter is shown, and what is drawn into them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from pipeline.clip import Clip, ClipLimits, Image
from pipeline.compare import Comparison
from pipeline.draw import Angle, Panel, draw_panels
from pipeline.judge import Verdict
from pipeline.pose.track import PoseTrack
from pipeline.repetitions import Swing
from pipeline.report import Finding
from pipeline.retrieve import Match
from pipeline.titles import phase_title
from references.exercises import PHASES, Phase
from references.experts import expert_picture
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
    number = _shown_repetition(verdict)
    shown = verdict.swings[number] if verdict.swings else _best_seen(track)
    moments: Mapping[Phase, int] = {"start": shown.start, "turn": shown.turn}
    times = [float(track.t[index]) for index in moments.values()]
    images, scale = _frames_at(clip, times) if clip else ((None, None), 1.0)
    for (phase, index), image in zip(moments.items(), images, strict=True):
        panels = [_lifter_panel(track, verdict, phase, number, index, image, scale, language)]
        if verdict.match:
            panels.append(_expert_panel(verdict.match, verdict, phase, language))
        draw_panels(panels, out / _FILES[phase])


def _shown_repetition(verdict: Verdict) -> int:
    """Return the repetition, from 0, with the most to see: most deviations, else the middle one."""
    findings: tuple[Finding, ...] = (*verdict.deviations, *verdict.faults)
    found = Counter(number - 1 for finding in findings for number in finding.repetitions)
    middle = len(verdict.swings) // 2
    worst = range(len(verdict.swings))
    return max(worst, key=lambda r: (found[r], -abs(r - middle)), default=0)


def _best_seen(track: PoseTrack) -> Swing:
    """Return what stands in for a repetition: the first and the middle of the best seen frames."""
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
    repetition: int,
    index: int,
    image: Image | None,
    scale: float,
    language: str,
) -> Panel:
    off = {(d.joint, d.phase) for d in verdict.deviations}
    angles = {c.joint: c.user.deg[repetition] for c in _drawn_comparisons(verdict, phase)}
    moment = phase_title(verdict.exercise, phase, language)
    return Panel(
        title=text("picture.lifter", language, moment=moment),
        pose=track.xy[index] * scale,
        angles=[
            Angle(joint, float(degrees), (joint, phase) in off)
            for joint, degrees in angles.items()
            if np.isfinite(degrees)
        ],
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
