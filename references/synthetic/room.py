"""Where the lifter is filmed: a bare studio for the expert's pictures."""

from typing import Final

from references.synthetic.mesh import Mesh, quad
from references.synthetic.renderer import Light

_PAPER: Final = (0.90, 0.91, 0.92)

STUDIO_LIGHT: Final = Light(background=_PAPER, towards_sun=(-0.4, -0.6, 1.4))


def studio() -> list[Mesh]:
    """Return a floor that shows nothing but shadows, the colour of the studio's background."""
    half = 15.0
    return [quad([-half, -half, 0], [2 * half, 0, 0], [0, 2 * half, 0], _PAPER, backdrop=True)]
