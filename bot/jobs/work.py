"""What worker processes do, and the plain data that crosses the border to them and back.

Nothing here knows Telegram. The pipeline is imported when first used, because the process of the
bot imports this module too and has no need of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.errors import SettingError
from pipeline.norms import OwnBody
from pipeline.report import ClipFacts, Report
from references.experts.coaches import CoachReference

if TYPE_CHECKING:
    from pipeline.analysis import Settings
    from pipeline.camera import Camera


@dataclass(frozen=True, slots=True)
class AnalysisTask:
    """A clip to analyse into the folder ``out``; ``camera`` is one as its calibration stored it.

    ``coaches`` is the folder with references of coaches, ``body`` what is known of the lifter.
    """

    clip: Path
    out: Path
    coaches: Path
    exercise: str | None
    camera: Mapping[str, Any] | None
    body: OwnBody
    settings: "Settings | None"


@dataclass(frozen=True, slots=True)
class RejudgementTask:
    """Stored poses of a clip to judge as ``exercise`` into the folder ``out``."""

    poses: Path
    clip: ClipFacts
    out: Path
    coaches: Path
    exercise: str
    camera: Mapping[str, Any] | None
    body: OwnBody


@dataclass(frozen=True, slots=True)
class ReferenceTask:
    """A coach's clip to make a reference of, in the folder ``coaches``; ``out`` is for progress."""

    clip: Path
    out: Path
    coaches: Path
    exercise: str
    coach: str
    owner: int
    settings: "Settings | None"


@dataclass(frozen=True, slots=True)
class CalibrationTask:
    """Photos of a chessboard; ``out`` is only for progress."""

    photos: tuple[Path, ...]
    out: Path


@dataclass(frozen=True, slots=True)
class CalibrationOutcome:
    """A camera to store, how many photos made it, and a sentence about each that did not."""

    camera: Mapping[str, Any]
    used: int
    rejected: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Work:
    """The functions that run in a worker; each must be importable by its name there."""

    prepare: Callable[["Settings | None"], None]
    analyze: Callable[[AnalysisTask], None]
    rejudge: Callable[[RejudgementTask], None]
    calibrate: Callable[[CalibrationTask], CalibrationOutcome]
    make_reference: Callable[[ReferenceTask], CoachReference]


class ProgressFile:
    """How far a task is, in a small file: written in the worker, read by the bot."""

    def __init__(self, out: Path) -> None:
        self._path = out / "progress"

    def write(self, step: str, fraction: float) -> None:
        """Put down the step under way and how much of it is done, 0 to 1."""
        # Renaming is atomic: a reader sees the old line or the new one, never half of one.
        fresh = self._path.with_suffix(".new")
        fresh.write_text(f"{step} {fraction}", encoding="utf-8")
        fresh.replace(self._path)

    def read(self) -> tuple[str, float] | None:
        """Return the step under way and how much of it is done, None before the first."""
        try:
            step, fraction = self._path.read_text(encoding="utf-8").split()
        except FileNotFoundError:
            return None
        return step, float(fraction)


def prepare(settings: "Settings | None") -> None:
    """Load the models, so that the first clip need not wait for them."""
    import cv2  # noqa: PLC0415

    from pipeline.analysis import Settings, load_network  # noqa: PLC0415
    from pipeline.classify.weights import load as load_classifier  # noqa: PLC0415
    from pipeline.space.weights import load as load_teller  # noqa: PLC0415

    # Frames are looked at side by side: threads inside each look would only get in their way.
    cv2.setNumThreads(1)
    load_network(settings or Settings())
    load_classifier()
    load_teller()


def analyze(task: AnalysisTask) -> None:
    """Analyse a clip; what was found is in the files of ``task.out``."""
    from pipeline import analysis  # noqa: PLC0415
    from pipeline.clip import Clip  # noqa: PLC0415

    settings = replace(task.settings or analysis.Settings(), coaches=task.coaches)
    with Clip(task.clip, settings.observe.limits) as clip:
        camera, excuse = _fitting_camera(task.camera, clip.width, clip.height)
    report = analysis.analyze(
        task.clip,
        task.out,
        settings=settings,
        exercise=task.exercise,
        camera=camera,
        body=task.body,
        save_poses=True,
        progress=ProgressFile(task.out).write,
    )
    _add_warning(report, excuse, task.out)


def rejudge(task: RejudgementTask) -> None:
    """Judge stored poses as another exercise; what was found is in the files of ``task.out``."""
    from pipeline import analysis  # noqa: PLC0415

    camera, excuse = _fitting_camera(task.camera, task.clip.width, task.clip.height)
    report = analysis.rejudge(
        task.poses,
        task.clip,
        task.out,
        exercise=task.exercise,
        camera=camera,
        coaches=task.coaches,
        body=task.body,
        progress=ProgressFile(task.out).write,
    )
    _add_warning(report, excuse, task.out)


def make_reference(task: ReferenceTask) -> CoachReference:
    """Keep a coach's clip as a reference. Raises ClipError when it is not good enough."""
    from pipeline import coaching  # noqa: PLC0415
    from pipeline.analysis import Settings  # noqa: PLC0415

    reference = coaching.make_reference(
        task.clip,
        exercise=task.exercise,
        coach=task.coach,
        owner=task.owner,
        settings=task.settings or Settings(),
        progress=ProgressFile(task.out).write,
    )
    reference.save(task.coaches)
    return reference


def calibrate(task: CalibrationTask) -> CalibrationOutcome:
    """Calibrate a camera. Raises CalibrationError when the photos do not suffice."""
    from pipeline.calibrate import calibrate as calibrate_camera  # noqa: PLC0415

    progress = ProgressFile(task.out)
    found = calibrate_camera(
        task.photos, progress=lambda fraction: progress.write("calibrate", fraction)
    )
    return CalibrationOutcome(
        asdict(found.camera),
        len(found.used),
        tuple((photo.name, photo.reason) for photo in found.rejected),
        found.warnings,
    )


def _fitting_camera(
    stored: Mapping[str, Any] | None, width: int, height: int
) -> tuple["Camera | None", str | None]:
    """Return the lifter's camera for frames of a size, or none and a sentence about it."""
    from pipeline.camera import Camera  # noqa: PLC0415

    if stored is None:
        return None, None
    camera = Camera(**{**stored, "distortion": tuple(stored["distortion"])})
    try:
        camera.scaled_to(width, height)
    except SettingError as error:
        return None, error.say()
    return camera, None


def _add_warning(report: Report, warning: str | None, out: Path) -> None:
    if warning is not None:
        replace(report, warnings=(*report.warnings, warning)).save(out / "report.json")


WORK: Final = Work(prepare, analyze, rejudge, calibrate, make_reference)
"""The real pipeline."""
