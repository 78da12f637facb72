"""Drawing in tests, where this machine can."""

import pytest

from references.synthetic.errors import RendererError
from references.synthetic.renderer import Renderer


def renderer_or_skip(width: int, height: int) -> Renderer:
    """Return a renderer; a plain installation has none, and what needs one is skipped there."""
    try:
        return Renderer(width, height)
    except RendererError as error:
        pytest.skip(str(error))
