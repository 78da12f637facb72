"""The model card that lies beside tuned weights, written by the command that tuned them."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path

from pipeline.pose.tune.train import TuningSettings

_CARD = """\
# Model card: the pose network

Written by `gymbrain tune-pose` on {day}. sha256 of `{name}`: `{digest}`.

**What it is.** Ultralytics' YOLO11n-pose (AGPL-3.0), fine-tuned on rendered and real pictures of
people who lift: 17 COCO keypoints of everybody in a picture. A keypoint's confidence is the
probability that it is visible; hidden ones are placed too, as well as the rest of the body tells.

**What it is for.** Following a lifter through a clip, lying down too. **What it is not for.**
Identifying people, or anything but the angles of their joints.

## Data

- {drawn:,} rendered pictures of the synthetic lifter: 22 exercises, bodies, rooms and clothes of
  the training half, seeds 0 to {last}.
- {real:,} real frames of {clips} clips, labelled by the network as it was before, where several
  looks of it agree. {provenance}
- Not rehearsed, nor any other footage of the same people: {held_out}.

Clips rehearsed by exercise: {exercises}.

## Settings

{settings}
"""


def write_card(
    path: Path,
    *,
    weights: Path,
    settings: TuningSettings,
    drawn: int,
    files: Sequence[str],
    lessons: Path,
    held_out: Sequence[str],
    provenance: str,
) -> None:
    """Write what the network learned from: pictures, clips, seeds, settings, date.

    ``files`` are the clips rehearsed, relative to their folder; ``lessons`` is where the pictures
    lie; ``provenance`` is Markdown on where the clips come from.
    """
    exercises = Counter(Path(file).parent.name for file in files)
    path.write_text(
        _CARD.format(
            day=date.today().isoformat(),
            name=weights.name,
            digest=hashlib.sha256(weights.read_bytes()).hexdigest(),
            drawn=drawn,
            last=drawn - 1,
            real=len(list((lessons / "labels").glob("real-*.txt"))),
            clips=len(files),
            provenance=provenance.strip(),
            held_out=", ".join(held_out) or "nothing",
            exercises=", ".join(f"{name} {count}" for name, count in sorted(exercises.items()))
            or "none",
            settings="\n".join(f"- {name}: {value}" for name, value in asdict(settings).items()),
        ),
        encoding="utf-8",
    )
