"""A clip's way through, top to bottom.

decode → filter → pose → classify → repetitions → retrieve → compare → correct → report
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from time import perf_counter

import numpy as np

from pipeline.camera import Camera
from pipeline.errors import SettingError, VoiceError
from pipeline.judge import Verdict, judge
from pipeline.norms import STRANGER, OwnBody
from pipeline.observe import Observation, ObserveSettings, observe
from pipeline.pictures import draw_pictures
from pipeline.pose import loading
from pipeline.pose.people import Network
from pipeline.pose.reliability import load_reliability
from pipeline.pose.track import PoseTrack
from pipeline.pose.visibility import hidden
from pipeline.pose.weights import DEFAULT_WEIGHTS
from pipeline.report import ClipFacts, Reference, Report
from pipeline.summary import write_summary
from pipeline.voice import compose, speak
from pipeline.watch import Progress
from references.exercises import STAGES, Stage
from references.names import exercise_names, identify
from references.texts import DEFAULT_LANGUAGE


@dataclass(frozen=True, slots=True)
class Settings:
    """How clips are analysed.

    ``weights`` are the pose network's: ``default``, a path, or the name of an Ultralytics pose
    model; a file must have the digest ``weights_sha256`` when one is given. ``image_size`` is the
    longer side in pixels at which the network looks. ``device`` is torch's name for one, None for
    a GPU when there is one. ``coaches`` is the folder with references of coaches; None for the
    experts alone.
    """

    weights: str = DEFAULT_WEIGHTS
    weights_sha256: str | None = None
    image_size: int = 640
    device: str | None = None
    observe: ObserveSettings = field(default_factory=ObserveSettings)
    coaches: Path | None = None


def analyze(
    clip: Path,
    out: Path,
    *,
    settings: Settings = Settings(),
    exercise: str | None = None,
    camera: Camera | None = None,
    body: OwnBody = STRANGER,
    language: str = DEFAULT_LANGUAGE,
    save_poses: bool = False,
    progress: Progress = lambda step, done: None,
) -> Report:
    """Analyse a clip and write what was found into the folder ``out``.

    Writes ``report.json``, ``report.md``, ``start.png``, ``end.png``, ``voice.ogg`` (unless the
    voice fails, which the report then says) and, if asked, ``poses.npz``. ``exercise``, a name or
    an alias, overrides the classifier; ``body`` is what is known
    of the lifter. Raises ClipError for a clip that cannot be analysed and SettingError for an
    unknown exercise, unusable weights or a camera of another shape.
    """
    name = find_exercise_named(exercise)
    progress("decode", 0.0)
    observation = observe(
        clip, load_network(settings), settings.observe, language=language, progress=progress
    )
    report = _conclude(observation, out, name, camera, settings.coaches, body, language, progress)
    if save_poses:
        track = observation.track
        error_px = load_reliability().error_px(track).astype(np.float32)
        track.save(out / "poses.npz", hidden=hidden(track), error_px=error_px)
    return report


def rejudge(
    poses: Path,
    clip: ClipFacts,
    out: Path,
    *,
    exercise: str,
    camera: Camera | None = None,
    coaches: Path | None = None,
    body: OwnBody = STRANGER,
    language: str = DEFAULT_LANGUAGE,
    progress: Progress = lambda step, done: None,
) -> Report:
    """Judge stored poses as another exercise, without the video.

    Writes the same files as ``analyze``; the pictures show a figure drawn from the poses. Raises
    SettingError for an unknown exercise or a camera of another shape.
    """
    name = find_exercise_named(exercise)
    observation = Observation(PoseTrack.load(poses), clip, (), {}, None)
    return _conclude(observation, out, name, camera, coaches, body, language, progress)


@cache
def load_network(settings: Settings) -> Network:
    """Return the pose network of these settings, loaded once per process."""
    return loading.load_network(
        settings.weights,
        sha256=settings.weights_sha256,
        image_size=settings.image_size,
        device=settings.device,
    )


def find_exercise_named(words: str | None) -> str | None:
    """Return the identifier of an exercise for its name or alias; None stays None.

    Raises SettingError, with the exercises there are, when nothing fits.
    """
    if words is None:
        return None
    name = identify(words)
    if name is None:
        raise SettingError("exercise.unknown", words=words, known=", ".join(exercise_names()))
    return name


def _conclude(
    observation: Observation,
    out: Path,
    exercise: str | None,
    camera: Camera | None,
    coaches: Path | None,
    body: OwnBody,
    language: str,
    progress: Progress,
) -> Report:
    """Judge what was observed and write the report, the pictures and the voice note."""
    out.mkdir(parents=True, exist_ok=True)
    progress("classify", 0.0)
    verdict = judge(
        observation.track,
        exercise=exercise,
        camera=camera,
        coaches=coaches,
        body=body,
        language=language,
    )
    report = _report(observation, verdict, camera, language)
    progress("draw", 0.0)
    started = perf_counter()
    with ThreadPoolExecutor(1) as beside:
        speaking = beside.submit(_speak, report, out / "voice.ogg")
        draw_pictures(observation.track, verdict, observation.stills, out, language)
        drawn = perf_counter()
        progress("voice", 0.0)
        excuse, speaking_s = speaking.result()
    timings = {**report.timings_s, "draw": drawn - started, "voice": speaking_s}
    report = replace(report, warnings=(*report.warnings, *excuse), timings_s=_rounded(timings))
    report.save(out / "report.json")
    write_summary(report, out / "report.md")
    progress("voice", 1.0)
    return report


def _speak(report: Report, path: Path) -> tuple[tuple[str, ...], float]:
    """Write the voice note; return what to say if that fails, and the seconds it took."""
    started = perf_counter()
    try:
        speak(compose(report), path)
    except VoiceError as error:
        return (error.say(report.language),), perf_counter() - started
    return (), perf_counter() - started


def _report(
    observation: Observation, verdict: Verdict, camera: Camera | None, language: str
) -> Report:
    return Report(
        exercise=verdict.exercise,
        confidence=verdict.confidence,
        chosen_by=verdict.chosen_by,
        candidates=verdict.candidates,
        repetitions=verdict.repetitions,
        tempo=verdict.tempo,
        deviations=verdict.deviations,
        faults=verdict.faults,
        faults_not_judged=verdict.faults_not_judged,
        corrections=verdict.corrections,
        not_judged=verdict.not_judged,
        reference=_reference(verdict),
        reference_angles_deg=_reference_angles(verdict),
        view=verdict.view,
        camera=asdict(camera) if camera else None,
        clip=observation.clip,
        warnings=observation.warnings + verdict.warnings,
        timings_s={**observation.timings_s, **verdict.timings_s},
        language=language,
    )


def _reference(verdict: Verdict) -> Reference | None:
    if verdict.match is None:
        return None
    view = verdict.match.view
    return Reference(
        id=view.id,
        distance=round(verdict.match.distance, 4),
        azimuth_deg=view.azimuth_deg,
        elevation_deg=view.elevation_deg,
    )


def _reference_angles(verdict: Verdict) -> Mapping[Stage, Mapping[str, float]]:
    return {
        stage: {
            c.joint: round(c.reference_deg, 1)
            for c in verdict.comparisons
            if c.phase == stage and np.isfinite(c.reference_deg)
        }
        for stage in STAGES
    }


def _rounded(timings: Mapping[str, float]) -> Mapping[str, float]:
    return {step: round(seconds, 4) for step, seconds in timings.items()}
