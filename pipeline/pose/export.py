"""Exporting a pose network once, so that running it needs neither torch nor Ultralytics."""

import hashlib
import logging
import multiprocessing
import shutil
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from zipfile import BadZipFile, ZipFile

from platformdirs import user_cache_path

_logger = logging.getLogger(__name__)

_MEMBER: Final = "network.onnx"


def exported_model(weights: Path) -> bytes:
    """Return the ONNX file of the network whose ``.pt`` file is ``weights``.

    It is made once and kept in the user's cache folder under the digest of the weights and the
    version of what exports them; a cached file that is damaged is made again. Raises SettingError
    for a file that is no 17-keypoint pose network.
    """
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    cached = cache_folder() / f"{digest[:32]}-ultralytics-{version('ultralytics')}.onnx.zip"
    try:
        # The archive's checksum finds every kind of damage.
        with ZipFile(cached) as archive:
            return archive.read(_MEMBER)
    except (OSError, EOFError, BadZipFile, KeyError):
        model = _in_another_process(weights)
    try:
        _keep(model, cached)
    except OSError as error:
        _logger.warning("the exported pose network is not kept: %s", error)
    return model


def cache_folder() -> Path:
    """Return where exported networks are kept; on Linux ``XDG_CACHE_HOME`` moves it."""
    return user_cache_path("gymbrain") / "pose"


def _in_another_process(weights: Path) -> bytes:
    """Export where torch's memory and what Ultralytics changes elsewhere end with the process."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(_export, weights).result()


def _export(weights: Path) -> bytes:
    from pipeline.pose.network import PoseNetwork  # noqa: PLC0415 (brings torch along)

    with TemporaryDirectory() as folder:
        # Ultralytics writes beside the weights, which may lie where nothing can be written.
        copy = Path(folder) / weights.name
        shutil.copyfile(weights, copy)
        return PoseNetwork(str(copy), device="cpu").export().read_bytes()


def _keep(model: bytes, cached: Path) -> None:
    """Put the file into place in one step: whoever reads it meanwhile never gets half of it."""
    cached.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=cached.parent) as folder:
        fresh = Path(folder) / cached.name
        with ZipFile(fresh, "w") as archive:
            archive.writestr(_MEMBER, model)
        fresh.replace(cached)
