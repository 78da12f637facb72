"""References that coaches add: how a coach does an exercise, filmed from one side.

Each is a file in a folder of this installation. They take part in the comparison beside the experts
that come with the project.
"""

import hashlib
import logging
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final, Self
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt
from platformdirs import user_data_path

from references.exercises import PHASES, Phase
from references.experts.movements import CoachAngles, ExpertView, expert_views
from references.skeleton import JOINTS, KEYPOINT_INDEX, KEYPOINTS

Floats = npt.NDArray[np.float32]

_logger = logging.getLogger(__name__)

_ID: Final = re.compile(r"[a-z0-9_]{1,40}-[0-9a-f]{12}")
_LONGEST_NAME: Final = 40
_PUNCTUATION: Final = frozenset(" .'’-")
_POSES_SHAPE: Final = (len(PHASES), len(KEYPOINTS), 2)
_ANGLES_SHAPE: Final = (len(PHASES), len(JOINTS))
_BODY: Final = slice(KEYPOINT_INDEX["left_shoulder"], None)


@dataclass(frozen=True, slots=True)
class CoachReference:
    """A coach's set of an exercise at start and turn.

    ``xy`` (2, 17, 2) is as in an ``ExpertView``, from where the experts' views say that the camera
    stood. ``angles_deg`` holds by phase the joints that the clip shows well. ``owner`` is the
    Telegram user who sent it, None for one added on the command line.
    """

    coach: str
    exercise: str
    azimuth_deg: float
    elevation_deg: float
    xy: Floats
    angles_deg: Mapping[Phase, Mapping[str, float]]
    owner: int | None = None

    @property
    def id(self) -> str:
        """Return the name of its file: the same coach and clip have the same."""
        digest = hashlib.sha256(self.coach.encode() + self.xy.tobytes()).hexdigest()
        return f"{self.exercise}-{digest[:12]}"

    def save(self, folder: Path) -> None:
        """Write it into the folder, which is made where it is missing. Raises OSError."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        nowhere = float("nan")
        angles = [[self.angles_deg[p].get(joint, nowhere) for joint in JOINTS] for p in PHASES]
        # In place in one step: whoever reads it meanwhile never gets half of it.
        with NamedTemporaryFile(dir=folder, suffix=".new", delete=False) as file:
            fresh = Path(file.name)
            try:
                np.savez(
                    file,
                    coach=self.coach,
                    exercise=self.exercise,
                    view_deg=np.array([self.azimuth_deg, self.elevation_deg], np.float64),
                    xy=self.xy,
                    angles_deg=np.array(angles, np.float64),
                    owner=np.array(-1 if self.owner is None else self.owner, np.int64),
                )
            except BaseException:
                fresh.unlink()
                raise
        fresh.replace(folder / f"{self.id}.npz")

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read one. Raises ValueError, naming the file, when it is none."""
        try:
            with path.open("rb") as opened, np.load(opened, allow_pickle=False) as arrays:
                azimuth, elevation = arrays["view_deg"].astype(float).tolist()
                xy, angles, owner = arrays["xy"], arrays["angles_deg"], int(arrays["owner"])
                coach, exercise = clean_name(str(arrays["coach"])), str(arrays["exercise"])
        except (OSError, ValueError, TypeError, KeyError, EOFError, BadZipFile) as error:
            raise ValueError(f"{path.name} is no reference") from error
        if (
            coach is None
            or not path.name.startswith(f"{exercise}-")
            or not np.isfinite([azimuth, elevation]).all()
            or xy.shape != _POSES_SHAPE
            or not np.isfinite(xy[:, _BODY]).all()
            or angles.shape != _ANGLES_SHAPE
        ):
            raise ValueError(f"{path.name} is no reference")
        seen: dict[Phase, dict[str, float]] = {
            phase: {j: float(a) for j, a in zip(JOINTS, row, strict=True) if np.isfinite(a)}
            for phase, row in zip(PHASES, angles, strict=True)
        }
        xy = xy.astype(np.float32)
        return cls(coach, exercise, azimuth, elevation, xy, seen, None if owner < 0 else owner)

    def view(self) -> ExpertView | None:
        """Return it as something to compare with; None without an expert seen from that side."""
        for view in expert_views(self.exercise):
            if (view.azimuth_deg, view.elevation_deg) == (self.azimuth_deg, self.elevation_deg):
                return replace(view, xy=self.xy, coach=CoachAngles(self.coach, self.angles_deg))
        return None


def default_folder() -> Path:
    """Return where references are kept unless told otherwise; ``XDG_DATA_HOME`` moves it."""
    return user_data_path("gymbrain", appauthor=False) / "references"


def coach_references(folder: Path, exercise: str = "*") -> Mapping[str, CoachReference]:
    """Return the references in a folder, of one exercise or all, by id.

    A file that is none is named in the log and left out.
    """
    found = {}
    for path in sorted(folder.glob(f"{exercise}-*.npz")):
        try:
            found[path.stem] = CoachReference.load(path)
        except ValueError as error:
            _logger.warning("%s", error)
    return found


def coach_views(exercise: str, folder: Path) -> tuple[ExpertView, ...]:
    """Return how coaches do an exercise, each from the side from which they were filmed."""
    views = (reference.view() for reference in coach_references(folder, exercise).values())
    return tuple(view for view in views if view is not None)


def remove(folder: Path, reference_id: str) -> bool:
    """Delete a reference by its id; return whether there was one. Raises OSError."""
    path = folder / f"{reference_id}.npz"
    if not _ID.fullmatch(reference_id) or not path.is_file():
        return False
    path.unlink()
    return True


def remove_of(folder: Path, owner: int) -> int:
    """Delete every reference that a Telegram user has sent; return how many. Raises OSError."""
    theirs = [name for name, each in coach_references(folder).items() if each.owner == owner]
    return sum(remove(folder, name) for name in theirs)


def clean_name(words: str) -> str | None:
    """Return a coach's name as it is shown everywhere, or None for what is no name.

    Letters and digits of any script, spaces, dots, apostrophes and hyphens, 40 at most and one
    letter at least: nothing that a chat, a terminal or a page of Markdown could take for a command.
    """
    name = " ".join(unicodedata.normalize("NFKC", words).split())
    kinds = {unicodedata.category(c)[0] for c in name if c not in _PUNCTUATION}
    if len(name) > _LONGEST_NAME or "L" not in kinds or not kinds <= {"L", "M", "N"}:
        return None
    return name
