"""Do the experts agree with photos? Elbow angles at start and turn, each from its own side.

    python -m benchmarks.expert_photos PHOTOS

PHOTOS holds one folder per exercise with pairs NAME_0.jpg, NAME_1.jpg: the two ends of the movement
in either order. The pose network reads both, the nearest expert view is retrieved as for a clip,
and the elbows that the network is sure of are compared with the expert's as drawn from that view.
The last line is one JSON object.
"""

import json
from pathlib import Path
from typing import Annotated, Any

import cv2
import numpy as np
import numpy.typing as npt
import typer

from pipeline.pose.network import PoseNetwork
from pipeline.retrieve import nearest_view
from references.exercises import Phase, exercises
from references.experts import expert_views
from references.geometry import joint_angles

Floats = npt.NDArray[np.float64]

_SURE = 0.6
_ELBOWS = ("left_elbow", "right_elbow")


def main(
    photos: Annotated[Path, typer.Argument(exists=True, file_okay=False)],
    image_size: Annotated[int, typer.Option(help="At which the network looks.")] = 640,
) -> None:
    """Compare the experts with the photos."""
    network = PoseNetwork(image_size=image_size)
    rows = []
    for exercise in exercises():
        for first in sorted((photos / exercise).glob("*_0.jpg")):
            row = compare(network, exercise, first, first.with_name(first.name[:-5] + "1.jpg"))
            if row:
                rows.append(row)
                print(row)
    off = np.array([d for row in rows for d in row["differences_deg"]])
    print(
        json.dumps(
            {
                "pairs": len(rows),
                "angles": len(off),
                "median_difference_deg": round(float(np.median(off)), 1),
                "median_absolute_difference_deg": round(float(np.median(np.abs(off))), 1),
                "within_15_deg": round(float((np.abs(off) <= 15).mean()), 3),
            }
        )
    )


def compare(
    network: PoseNetwork, exercise: str, first: Path, second: Path
) -> dict[str, Any] | None:
    """Return lifter minus expert at the elbows of one pair, or None where nobody is seen."""
    poses = [_pose(network, photo) for photo in (first, second)]
    if any(pose is None for pose in poses):
        return None
    matches = []
    for order in (poses, poses[::-1]):
        lifter: dict[Phase, Floats] = {"start": order[0], "turn": order[1]}  # type: ignore[dict-item]
        match = nearest_view(lifter, expert_views(exercise), max_distance=np.inf)
        if match:
            matches.append((match.distance, match, lifter))
    if not matches:
        return None
    distance, match, lifter = min(matches, key=lambda m: m[0])
    expert = dict(zip(("start", "turn"), match.view.salient(), strict=True))
    differences = {
        f"{phase} {joint}": float(joint_angles(pose)[joint] - joint_angles(expert[phase])[joint])
        for phase, pose in lifter.items()
        for joint in _ELBOWS
    }
    seen = {name: round(value) for name, value in differences.items() if np.isfinite(value)}
    return {
        "exercise": exercise,
        "pair": first.stem[:-2],
        "azimuth_deg": match.view.azimuth_deg,
        "distance": round(distance, 2),
        "seen": seen,
        "differences_deg": list(seen.values()),
    }


def _pose(network: PoseNetwork, photo: Path) -> Floats | None:
    """Return the pose (17, 2) of the largest person, NaN where the network is not sure."""
    image = cv2.imread(str(photo))
    people = network.people(np.asarray(image, np.uint8))
    if not len(people.scores):
        return None
    sizes = np.prod(people.boxes[:, 2:] - people.boxes[:, :2], axis=1)
    largest = int(sizes.argmax())
    return np.where(people.conf[largest, :, None] > _SURE, people.xy[largest], np.nan)


if __name__ == "__main__":
    typer.run(main)
