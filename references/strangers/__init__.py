"""Exercises that nobody is coached in, in the format of `references.motions`.

The network learns them as unknown, so that it does not take them for what looks like them.
"""

from collections.abc import Mapping
from functools import cache

from references.motions import Motion, parse_motion
from references.toml_files import read_each


@cache
def strangers() -> Mapping[str, Motion]:
    """Return the motions by name. Raises ValueError, naming the file, when one is not valid."""
    return read_each(__name__, parse_motion)
