"""Which moments the lifter is shown, and what is drawn into them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.clip import Frame, Stills
from pipeline.compare import Comparison
from pipeline.draw import Angle, Panel, draw_panels
from pipeline.judge import Verdict
from pipeline.pose.track import PoseTrack
from pipeline.pose.visibility import hidden
from pipeline.repetitions import Swing
from pipeline.report import Finding
from pipeline.retrieve import Match
from pipeline.titles import phase_title
from references.exercises import PHASES, Phase
from references.experts import expert_picture
from references.skeleton import JOINTS
from references.texts import DEFAULT_LANGUAGE, text

Floats = npt.NDArray[np.float32]

_FILES: Final[Mapping[Phase, str]] = {"start": "start.png", "turn": "end.png"}

# Frames are kept no larger than this, in pixels of the longer side, for the pictures.
_LONG_SIDE: Final = 1280


def draw_pictures(
    track: PoseTrack,
    verdict: Verdict,
    stills: Stills | None,
    out: Path,
    language: str = DEFAULT_LANGUAGE,
) -> None:
    """Write ``start.png`` and ``end.png``: the lifter beside the expert at start and turn.

    Frames come from ``stills``; without them a figure is drawn from the poses.
    """
    number = _shown_repetition(verdict)
    shown = verdict.swings[number] if verdict.swings else _best_seen(track)
    moments: Mapping[Phase, int] = {"start": shown.start, "turn": shown.turn}

    def draw(phase: Phase, index: int) -> None:
        frame = stills.at(float(track.t[index]), _LONG_SIDE) if stills else None
        panels = [_lifter_panel(track, verdict, phase, number, index, frame, language)]
        if verdict.match:
            panels.append(_expert_panel(verdict.match, verdict, phase, language))
        draw_panels(panels, out / _FILES[phase])

    with ThreadPoolExecutor(len(moments)) as side_by_side:
        for drawn in [side_by_side.submit(draw, *moment) for moment in moments.items()]:
            drawn.result()


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


def _lifter_panel(
    track: PoseTrack,
    verdict: Verdict,
    phase: Phase,
    repetition: int,
    index: int,
    frame: Frame | None,
    language: str,
) -> Panel:
    off = {(d.joint, d.phase) for d in verdict.deviations}
    angles = {c.joint: c.user.deg[repetition] for c in _drawn_comparisons(verdict, phase)}
    moment = phase_title(verdict.exercise, phase, language)
    pose = _seen_pose(track, index, angles) * frame.scale if frame else track.xy[index]
    return Panel(
        title=text("picture.lifter", language, moment=moment),
        pose=pose,
        angles=[
            Angle(joint, float(degrees), (joint, phase) in off)
            for joint, degrees in angles.items()
            if np.isfinite(degrees)
        ],
        image=frame.image if frame else None,
    )


def _seen_pose(track: PoseTrack, index: int, measured: Iterable[str]) -> Floats:
    """Return the keypoints (17, 2) of one frame in pixels, NaN where they are hidden.

    A limb drawn onto a picture in which nobody can see it looks wrong even where it is right. That
    of a joint that was ``measured`` stays.
    """
    drawn = np.zeros(track.xy.shape[1], bool)
    for joint in measured:
        drawn[list(JOINTS[joint])] = True
    seen = drawn | ~hidden(track)[index]
    return np.where(seen[:, None], track.xy[index], np.float32(np.nan))


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
