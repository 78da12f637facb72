"""The model card that lies beside the network that looks closely, written by its teacher."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from pipeline.pose.tune.closeup import TeachingSettings

_CARD = """\
# Model card: the network that looks closely

Written by `gymbrain tune-closeup` on {day}. sha256 of `{name}`: `{digest}`.

**What it is.** The first layers of our tuned YOLO11n-pose (AGPL-3.0) with a head that draws a map
for each of 17 COCO keypoints of one body, cut out of the picture and turned so that the trunk
points up. What the map says is weighed by how far from its expected place a keypoint may be. A
keypoint's confidence is the probability that it is visible; hidden ones are placed too, as well as
the rest of the body tells.

**What it is for.** Following a lifter through a clip, lying down too. **What it is not for.**
Identifying people, or anything but the angles of their joints.

## Data

- {drawn_bodies:,} bodies in {drawn:,} rendered pictures of the synthetic lifter: 22 exercises;
  bodies, rooms and clothes of the training half, seeds {first} to {last}.
- {real_bodies:,} bodies in real clips, each placed by two teachers where they agree: BlazePose
  (heavy, of the npm package `@mediapipe/pose`, Apache-2.0), six looks, and the pose step without a
  close look, over time. {provenance}
- Not learned from, nor any other footage of the same people: {held_out}.

Real clips by exercise: {exercises}.

## Settings

{settings}{gone_on}
"""


@dataclass(frozen=True, slots=True)
class Lessons:
    """What was taught: drawn pictures from seed ``first``, bodies, real clips by exercise.

    ``gone_on`` says that the network had been taught before.
    """

    drawn: int
    first: int
    drawn_bodies: int
    real_bodies: int
    exercises: Mapping[str, int]
    held_out: tuple[str, ...]
    gone_on: bool


def write_card(
    path: Path, *, network: Path, settings: TeachingSettings, lessons: Lessons, provenance: str
) -> None:
    """Write what ``network`` learned from; ``provenance`` is Markdown on the clips' origin."""
    path.write_text(
        _CARD.format(
            day=date.today().isoformat(),
            name=network.name,
            digest=hashlib.sha256(network.read_bytes()).hexdigest(),
            drawn=lessons.drawn,
            drawn_bodies=lessons.drawn_bodies,
            first=lessons.first,
            last=lessons.first + lessons.drawn - 1,
            real_bodies=lessons.real_bodies,
            provenance=provenance.strip(),
            held_out=", ".join(lessons.held_out) or "nothing",
            exercises=", ".join(f"{name} {n}" for name, n in sorted(lessons.exercises.items()))
            or "none",
            settings="\n".join(f"- {name}: {value}" for name, value in asdict(settings).items()),
            gone_on="\n- begun with what an earlier run had learned" if lessons.gone_on else "",
        ),
        encoding="utf-8",
    )
