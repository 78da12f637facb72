"""How people stand who do not lift: postures in the format of `references.motions`."""

from collections.abc import Mapping
from functools import cache

from references.motions import Motion, parse_motion
from references.toml_files import read_each


@cache
def idle_motions() -> Mapping[str, Motion]:
    """Return the postures by name. Raises ValueError, naming the file, when one is not valid."""
    return read_each(__name__, parse_motion)
