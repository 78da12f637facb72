"""How well hidden keypoints can be told at all by whoever places keypoints a little off.

    python -m benchmarks.hidden_keypoints [--moments N] [--seed S]

Whether a keypoint is hidden is decided at the one pixel where its joint is, so near the edge of an
arm, a trunk or a plate a keypoint beside its place has another answer. Somebody who knows how far
away everything in the picture is, but whose keypoints are displaced at random, is compared with the
truth: a network whose keypoints are off by as much can hardly do better. The bodies, rooms and
views are those of `benchmarks.pose`; displacements are in torso lengths. The last line is one JSON
object.
"""

import json
from collections import defaultdict
from typing import Annotated, Any, Final

import numpy as np
import numpy.typing as npt
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.pose import AZIMUTHS, EXERCISES, HEIGHTS_M, Flags, take
from references.geometry import torso
from references.lens import Lens
from references.synthetic.film import Shot, lifter_in
from references.synthetic.renderer import Renderer
from references.synthetic.room import scenery
from references.synthetic.scene import Person
from references.synthetic.visibility import visible
from references.viewpoint import Viewpoint

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_DISPLACED: Final = (0.02, 0.03, 0.05, 0.1)
"""Medians of the displacements, in torso lengths."""

# The median length of a displacement whose two parts have a standard deviation of 1 (Rayleigh).
_MEDIAN_LENGTH: Final = float(np.sqrt(2 * np.log(2)))


def main(
    moments: Annotated[int, typer.Option(min=1, help="Moments of each set.")] = 3,
    seed: int = 0,
) -> None:
    """Measure."""
    rng = np.random.default_rng(seed)
    flags: defaultdict[tuple[str, float], Flags] = defaultdict(Flags)
    views = [(e, a, h) for e in EXERCISES for a in AZIMUTHS for h in HEIGHTS_M]
    for exercise, azimuth, height in track(views, "views"):
        performance, shot = take(exercise, azimuth, height)
        person = lifter_in(performance, shot)
        with Renderer(shot.lens.width, shot.lens.height) as renderer:
            for moment in np.linspace(0, len(performance.t) - 1, moments).astype(int):
                hidden, told = tell(renderer, person, shot, int(moment), rng)
                for share, flagged in told.items():
                    flags[exercise, share].hidden += hidden.tolist()
                    flags[exercise, share].flagged += flagged.tolist()
    figures: dict[str, Any] = {}
    table = Table("exercise", "displaced by", "precision", "recall", title="hidden keypoints")
    for (exercise, share), counted in sorted(flags.items()):
        figures.setdefault(exercise, {})[f"{share:g}"] = counted.table()
        table.add_row(exercise, f"{share:g}", *map(str, counted.table().values()))
    Console().print(table)
    print(json.dumps({"moments": moments, "seed": seed, **figures}))


def tell(
    renderer: Renderer, person: Person, shot: Shot, moment: int, rng: np.random.Generator
) -> tuple[Bools, dict[float, Bools]]:
    """Return which of the keypoints inside the picture are hidden at one moment, (K,).

    And what is told of them, (K,), by how far they are displaced.
    """
    things = [*scenery(shot.room), *person.meshes(moment), *person.things(moment)]
    depth = renderer.depth(things, shot.viewpoint, shot.lens)
    joints = person.joints(moment)
    inside = in_picture(joints, shot.viewpoint, shot.lens)
    hidden = ~visible(joints, depth, shot.viewpoint, shot.lens)
    told = {}
    for share in _DISPLACED:
        moved = displaced(joints, shot.viewpoint, share, rng)
        told[share] = ~visible(moved, depth, shot.viewpoint, shot.lens)[inside]
    return hidden[inside], told


def in_picture(joints: Floats, viewpoint: Viewpoint, lens: Lens) -> Bools:
    """Return which of the joints (17, 3) lie inside the picture, (17,)."""
    xy = lens.project(viewpoint, joints)
    return np.asarray(((xy >= 0) & (xy < (lens.width, lens.height))).all(axis=1))


def displaced(
    joints: Floats, viewpoint: Viewpoint, median: float, rng: np.random.Generator
) -> Floats:
    """Return joints (17, 3) moved across the line of sight, by so many torso lengths in the median.

    A torso is measured in space.
    """
    length = float(np.linalg.norm(torso(joints)))
    aside = rng.normal(0, median * length / _MEDIAN_LENGTH, (len(joints), 2))
    return np.asarray(joints + aside @ viewpoint.rotation()[:2])


if __name__ == "__main__":
    typer.run(main)
