"""Filming a set: an H.264 clip as a phone would record it, and the truth in a file beside it."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import numpy as np
import numpy.typing as npt

from references.geometry import joint_angles
from references.lens import Lens
from references.synthetic.equipment import AS_USUAL, build_stage
from references.synthetic.exposure import GOOD_LIGHT, Exposure
from references.synthetic.mesh import Colour
from references.synthetic.mirror import Mirror
from references.synthetic.outfit import Lifter
from references.synthetic.performance import Performance
from references.synthetic.renderer import Renderer
from references.synthetic.room import Room, scenery
from references.synthetic.scene import Figure, Person, photograph
from references.viewpoint import Viewpoint

Floats = npt.NDArray[np.float64]
Image = npt.NDArray[np.uint8]

# Constant rate factor of x264: small, and no artefact that a pose network would mind.
_CRF: Final = "25"


@dataclass(frozen=True, slots=True)
class Shot:
    """How a set is filmed: by whom, where, from where and through which lens.

    ``bystanders`` move for as long as the set takes, frame by frame. ``shutter`` is how long it is
    open, as a share of the time between frames. ``paints`` are the other colours of the equipment.
    ``sway`` (T, 3) is how far a hand moves the phone in every frame, in metres.
    """

    lifter: Lifter
    room: Room
    viewpoint: Viewpoint
    lens: Lens
    bystanders: tuple[Person, ...] = ()
    exposure: Exposure = GOOD_LIGHT
    shutter: float = 0.0
    mirror: Mirror | None = None
    paints: Mapping[Colour, Colour] = field(default_factory=lambda: AS_USUAL)
    sway: Floats | None = None

    def viewpoint_at(self, moment: int) -> Viewpoint:
        """Return where the phone is in a frame."""
        if self.sway is None:
            return self.viewpoint
        x, y, z = np.asarray(self.viewpoint.target) + self.sway[moment]
        return replace(self.viewpoint, target=(float(x), float(y), float(z)))


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture (H, W, 3) in BGR and who is where in it, the lifter first."""

    image: Image
    people: tuple[Figure, ...]


def lifter_in(performance: Performance, shot: Shot) -> Person:
    """Return who does the set that is filmed, with all that is used in it."""
    body = shot.lifter.bare
    pose = performance.pose(body)
    stage = build_stage(body, performance.motion, pose, shot.paints)
    return Person(shot.lifter, pose, stage)


def film(performance: Performance, shot: Shot, rng: np.random.Generator) -> Iterator[Frame]:
    """Return the frames of a set."""
    lifter = lifter_in(performance, shot)
    surroundings = scenery(shot.room)
    with Renderer(shot.lens.width, shot.lens.height) as renderer:
        for moment in range(len(performance.t)):
            image, people = photograph(
                renderer,
                [lifter, *shot.bystanders],
                surroundings,
                moment,
                shot.viewpoint_at(moment),
                shot.lens,
                shot.room.light,
                mirror=shot.mirror,
                shutter=shot.shutter,
            )
            yield Frame(shot.exposure.develop(image, rng), people)


def write_clip(frames: Iterable[Image], fps: float, path: Path) -> None:
    """Write frames of one size as an H.264 clip in MP4."""
    rate = Fraction(fps).limit_denominator(1001)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=rate, options={"crf": _CRF})
        stream.pix_fmt = "yuv420p"
        for index, frame in enumerate(frames):
            if not index:
                stream.height, stream.width = frame.shape[:2]
            picture = av.VideoFrame.from_ndarray(frame, format="bgr24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode())


def truth(
    performance: Performance, shot: Shot, people: Sequence[tuple[Figure, ...]]
) -> dict[str, Any]:
    """Return what is true of a filmed set, ready for JSON.

    ``people`` are those of every `Frame`. Angles are the included angles of the lifter's COCO
    keypoints in 3D at start and turn; ``xy`` are the keypoints in pixels and ``visible`` which of
    them are seen, frame by frame; each of the ``bystanders`` has the same. With a mirror,
    ``reflection_xy`` is where the lifter's own left and right are seen in it, frame by frame, in
    the picture or not.
    """
    body = shot.lifter.bare
    joints = body.keypoints(performance.pose(body))
    angles = joint_angles(joints)
    t = performance.t
    reflection = {}
    if shot.mirror is not None:
        reflection["reflection_xy"] = [
            np.round(shot.lens.project(shot.viewpoint_at(moment), image), 1).tolist()
            for moment, image in enumerate(shot.mirror.reflected(joints))
        ]
    return {
        "exercise": performance.motion.exercise,
        "seconds": round(float(t[-1]), 3),
        "repetitions": [
            {
                **{name: round(value, 3) for name, value in asdict(boundary).items()},
                "angles_deg": {
                    moment: {
                        joint: round(float(np.interp(at, t, angle)), 1)
                        for joint, angle in angles.items()
                    }
                    for moment, at in (("start", boundary.start_s), ("turn", boundary.turn_s))
                },
                "faults_deg": {
                    name: {
                        moment: round(float(np.interp(at, t, degrees)), 1)
                        for moment, at in (("start", boundary.start_s), ("turn", boundary.turn_s))
                    }
                    for name, degrees in performance.faults.items()
                },
            }
            for boundary in performance.boundaries
        ],
        "camera": {
            "viewpoint": asdict(shot.viewpoint),
            "lens": asdict(shot.lens),
            "sway_m": None if shot.sway is None else np.round(shot.sway, 4).tolist(),
        },
        "phase": np.round(performance.phase, 3).tolist(),
        "xy": [np.round(lifter.xy, 1).tolist() for lifter, *_ in people],
        "visible": [lifter.visible.tolist() for lifter, *_ in people],
        "bystanders": [
            {
                "xy": [np.round(frame[index].xy, 1).tolist() for frame in people],
                "visible": [frame[index].visible.tolist() for frame in people],
            }
            for index in range(1, 1 + len(shot.bystanders))
        ],
        **reflection,
    }


def write_take(
    frames: Iterable[Frame], performance: Performance, shot: Shot, fps: float, path: Path
) -> None:
    """Write the frames of a set as a clip, and what is true of it as JSON beside it."""
    people = []

    def images() -> Iterator[Image]:
        for frame in frames:
            people.append(frame.people)
            yield frame.image

    write_clip(images(), fps, path)
    facts = json.dumps(truth(performance, shot, people))
    path.with_suffix(".json").write_text(facts + "\n", encoding="utf-8")
