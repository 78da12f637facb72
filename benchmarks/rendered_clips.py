"""What the pose network makes of rendered clips whose every keypoint is known.

``python -m benchmarks.rendered_clips CLIP...`` reads each clip with its ``.json`` sidecar, runs the
pose network on every frame and compares: frames with a person, box score, error of the keypoints in
shares of the body's height, error of the elbows' angle in the picture and in space. The last line
is one JSON object.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.clip import Clip, ClipLimits
from pipeline.pose.network import PoseNetwork
from references.geometry import joint_angles
from references.skeleton import KEYPOINT_INDEX

Floats = npt.NDArray[np.float64]

ELBOWS = ("left_elbow", "right_elbow")


def measure(clip: Path, network: PoseNetwork) -> dict[str, Any]:
    """Return the figures of one clip."""
    truth = json.loads(clip.with_suffix(".json").read_text(encoding="utf-8"))
    true_xy = np.array(truth["xy"])
    seen = np.full(true_xy.shape, np.nan)
    scores = np.zeros(len(true_xy))
    with Clip(clip, ClipLimits()) as opened:
        for index, frame in enumerate(opened.frames()):
            people = network.people(frame.image)
            if len(people.scores):
                # Who is nearest to the truth: bystanders are no error.
                distance = np.nanmean(np.linalg.norm(people.xy - true_xy[index], axis=2), axis=1)
                nearest = int(distance.argmin())
                seen[index] = people.xy[nearest]
                scores[index] = people.scores[nearest]
    body = seen[:, KEYPOINT_INDEX["left_shoulder"] :]
    true_body = true_xy[:, KEYPOINT_INDEX["left_shoulder"] :]
    height = np.ptp(true_xy[..., 1], axis=1).max()
    error = np.linalg.norm(body - true_body, axis=2) / height
    angles, true_angles = joint_angles(seen), joint_angles(true_xy)
    return {
        "clip": clip.name,
        "frames": len(true_xy),
        "found_share": round(float((scores > 0.25).mean()), 4),
        "lowest_score": round(float(scores.min()), 3),
        "keypoint_error_median": round(float(np.nanmedian(error)), 4),
        "keypoint_error_p90": round(float(np.nanpercentile(error, 90)), 4),
        **{
            f"{elbow}_error_{name}_deg": round(float(figure(np.abs(off))), 1)
            for elbow in ELBOWS
            for off in (angles[elbow] - true_angles[elbow],)
            for name, figure in (
                ("median", np.nanmedian),
                ("p90", lambda x: np.nanpercentile(x, 90)),
            )
        },
    }


def main() -> None:
    """Print one line a clip, then everything as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("clips", nargs="+", type=Path)
    parser.add_argument("--image-size", type=int, default=640)
    arguments = parser.parse_args()
    network = PoseNetwork(image_size=arguments.image_size)
    results = []
    for clip in arguments.clips:
        results.append(measure(clip, network))
        print(results[-1])
    print(json.dumps({"clips": results}))


if __name__ == "__main__":
    main()
