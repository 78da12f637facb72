"""Pictures for the lifter: their frame beside the expert's, joint angles drawn in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from pipeline.clip import Image
from references.skeleton import JOINTS, KEYPOINT_INDEX, LIMBS

Floats = npt.NDArray[np.floating]
Colour = tuple[int, int, int]

UPRIGHT: Final = (540, 800)
"""Width and height of a panel in pixels: two beside each other are readable on a phone."""

LYING: Final = (800, 540)
"""The same for a body that is wider than tall, whose panels stand above each other."""

_TITLE_HEIGHT: Final = 64
_HALF_TURN: Final = 180

# A colour-blind reader tells these apart (Okabe and Ito, "Color universal design", 2008).
_GOOD: Final[Colour] = (0, 158, 115)
_OFF: Final[Colour] = (213, 94, 0)
_NEUTRAL: Final[Colour] = (86, 180, 233)
_INK: Final[Colour] = (24, 28, 36)
_PAPER: Final[Colour] = (244, 245, 247)
_FIGURE: Final[Colour] = (176, 186, 200)
_FIGURE_TRUNK: Final[Colour] = (190, 198, 210)
_FIGURE_FAR: Final[Colour] = (203, 210, 219)

# A quarter larger than the best compression makes it, in a tenth of the time. Choosing a filter for
# each row would take twice as long for no smaller picture.
_PNG: Final = (
    *(cv2.IMWRITE_PNG_COMPRESSION, 1),
    *(cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_UP),
)

# How thick the limbs of the drawn figure are, and its trunk from the side, in torso lengths.
_LIMB_WIDTH: Final = 0.17
_TRUNK_WIDTH: Final = 0.27
_HEAD_RADIUS: Final = 0.2

# How much of the panel a body fills; the rest shows where it is, hands and head among it.
_BODY_SHARE: Final = 0.72

# How much of the panel a body may fill at the most, where the picture ends close to it.
_MOST_BODY_SHARE: Final = 0.86


@dataclass(frozen=True, slots=True)
class Angle:
    """A joint angle to draw in: the joint's name, degrees, and whether it is off, fine or neither.

    ``off`` is None for a joint that was measured but not judged.
    """

    joint: str
    degrees: float
    off: bool | None


@dataclass(frozen=True, slots=True)
class Panel:
    """One half of a picture.

    ``pose`` (17, 2) is in pixels of ``image`` (H, W, 3) BGR; without an image a figure is drawn
    from the pose alone, in whatever unit it has.
    """

    title: str
    pose: Floats
    angles: Sequence[Angle]
    image: Image | None = None


def draw_panels(panels: Sequence[Panel], path: Path) -> None:
    """Write the panels as one PNG: beside each other, or stacked if the first body lies."""
    lying = _lies(panels[0].pose)
    width, height = size = LYING if lying else UPRIGHT
    slots = [
        (0, index * (height + _TITLE_HEIGHT)) if lying else (index * width, 0)
        for index in range(len(panels))
    ]
    left, top = slots[-1]
    sheet = Pillow.new("RGB", (left + width, top + height + _TITLE_HEIGHT), _INK)
    for panel, (left, top) in zip(panels, slots, strict=True):
        sheet.paste(_drawn(panel, size), (left, top + _TITLE_HEIGHT))
        ImageDraw.Draw(sheet).text(
            (left + width / 2, top + _TITLE_HEIGHT / 2),
            panel.title,
            fill=_PAPER,
            font=_font(28),
            anchor="mm",
        )
    _, png = cv2.imencode(".png", np.asarray(sheet)[..., ::-1], _PNG)
    path.write_bytes(png.tobytes())


def _lies(pose: Floats) -> bool:
    """Tell whether a body is wider than tall."""
    seen = pose[np.isfinite(pose).all(axis=1)]
    if not len(seen):
        return False
    width, height = np.ptp(seen, axis=0)
    return bool(width > height)


def _drawn(panel: Panel, size: tuple[int, int]) -> Pillow.Image:
    frame = _frame(panel, size)
    pose = frame.place(panel.pose)
    if panel.image is None:
        canvas = Pillow.new("RGB", size, _PAPER)
        _draw_figure(ImageDraw.Draw(canvas), pose)
    else:
        canvas = frame.crop(panel.image)
        _draw_skeleton(ImageDraw.Draw(canvas), pose, panel.angles)
    _draw_angles(canvas, pose, panel.angles)
    return canvas


@dataclass(frozen=True, slots=True)
class _Framing:
    """The part of a picture that a panel shows: its top left corner, and panel pixels per unit."""

    left: float
    top: float
    scale: float
    size: tuple[int, int]

    def place(self, points: Floats) -> npt.NDArray[np.float64]:
        return (np.asarray(points, np.float64) - (self.left, self.top)) * self.scale

    def crop(self, image: Image) -> Pillow.Image:
        width, height = self.size
        picture = Pillow.fromarray(image[..., ::-1])
        return picture.transform(
            self.size,
            Pillow.Transform.EXTENT,
            (self.left, self.top, self.left + width / self.scale, self.top + height / self.scale),
            resample=Pillow.Resampling.BICUBIC,
            fillcolor=_INK,
        )


def _frame(panel: Panel, size: tuple[int, int]) -> _Framing:
    """Fit the body into the panel; beyond a picture's edge only as far as the body needs it."""
    width, height = size
    seen = panel.pose[np.isfinite(panel.pose).all(axis=1)].astype(np.float64)
    if not len(seen):
        # Nobody to frame: the whole picture, or an empty panel.
        corner = size if panel.image is None else panel.image.shape[1::-1]
        seen = np.array([(0, 0), corner], np.float64)
    low, high = seen.min(axis=0), seen.max(axis=0)
    extent = np.maximum(high - low, 1e-6)
    scale = fit = float(min(_BODY_SHARE * width / extent[0], _BODY_SHARE * height / extent[1]))
    centre = (low + high) / 2
    if panel.image is not None:
        shape = panel.image.shape[1::-1]
        across, down = width / shape[0], height / shape[1]
        # A few blown-up pixels help nobody, and no more bars beside a picture than the body needs:
        # it may come closer to the edges first.
        filled = min(max(across, down), fit * _MOST_BODY_SHARE / _BODY_SHARE)
        scale = max(min(across, down), float(np.clip(fit, filled, 3 * max(across, down))))
        shown = np.array([width, height]) / scale
        reach = np.minimum(shown, shape) / 2
        # A picture smaller than the panel stands in its middle.
        centre = np.clip(centre, reach, shape - reach)
    left, top = centre - np.array([width, height]) / scale / 2
    return _Framing(float(left), float(top), scale, size)


def _draw_skeleton(
    pen: ImageDraw.ImageDraw, pose: npt.NDArray[np.float64], angles: Sequence[Angle]
) -> None:
    colours = _limb_colours(angles)
    seen = [limb for limb in LIMBS[:-4] if np.isfinite(pose[list(limb)]).all()]
    for limb in seen:
        ends = pose[list(limb)].ravel().tolist()
        pen.line(ends, fill=_INK, width=9)
        pen.line(ends, fill=colours.get(frozenset(limb), _NEUTRAL), width=5)
    # A joint of which no limb is seen would be a dot that nobody understands.
    for keypoint in {end for limb in seen for end in limb}:
        _dot(pen, pose[keypoint], 6, _PAPER)


def _limb_colours(angles: Sequence[Angle]) -> Mapping[frozenset[int], Colour]:
    colours: dict[frozenset[int], Colour] = {}
    # What is off is drawn last, so that a limb shared by two joints shows it.
    for angle in sorted(angles, key=lambda a: bool(a.off)):
        if angle.off is not None:
            a, b, c = JOINTS[angle.joint]
            colour = _OFF if angle.off else _GOOD
            colours[frozenset((a, b))] = colours[frozenset((b, c))] = colour
    return colours


def _draw_figure(pen: ImageDraw.ImageDraw, pose: npt.NDArray[np.float64]) -> None:
    """Draw a mannequin from capsules, what is nearer in a darker tone: right side, trunk, left."""
    torso = _torso_px(pose)
    _draw_limbs(pen, pose, "right", round(_LIMB_WIDTH * torso), _FIGURE_FAR)
    _draw_trunk(pen, pose, round(_TRUNK_WIDTH * torso))
    _draw_limbs(pen, pose, "left", round(_LIMB_WIDTH * torso), _FIGURE)
    head = pose[: KEYPOINT_INDEX["left_shoulder"]]
    seen = np.isfinite(head).all(axis=1)
    if seen.any():
        _dot(pen, head[seen].mean(axis=0), _HEAD_RADIUS * torso, _FIGURE)


def _draw_limbs(
    pen: ImageDraw.ImageDraw,
    pose: npt.NDArray[np.float64],
    side: str,
    width: int,
    colour: Colour,
) -> None:
    for limb in LIMBS[4:12]:
        if _NAMES[limb[0]].startswith(side):
            _draw_capsule(pen, pose[list(limb)], width, colour)


def _draw_trunk(pen: ImageDraw.ImageDraw, pose: npt.NDArray[np.float64], width: int) -> None:
    """Draw what lies between shoulders and hips; one of the four is often hidden from the side."""
    corners = pose[[KEYPOINT_INDEX[name] for name in _TORSO]]
    for side in (corners[[0, 3]], corners[[1, 2]]):
        _draw_capsule(pen, side, width, _FIGURE_TRUNK)
    if np.isfinite(corners).all():
        pen.polygon([tuple(c) for c in corners], fill=_FIGURE_TRUNK)


def _draw_capsule(
    pen: ImageDraw.ImageDraw, ends: npt.NDArray[np.float64], width: int, colour: Colour
) -> None:
    """Draw what lies between two points (2, 2), if both are known."""
    if np.isfinite(ends).all():
        pen.line([*ends[0], *ends[1]], fill=colour, width=width)
        for end in ends:
            _dot(pen, end, width / 2, colour)


_NAMES: Final = tuple(KEYPOINT_INDEX)
_TORSO: Final = ("left_shoulder", "right_shoulder", "right_hip", "left_hip")


def _torso_px(pose: npt.NDArray[np.float64]) -> float:
    """Return a body's size on the panel: the torso, or what stands in for one seen end-on."""
    spans = [
        np.linalg.norm(pose[KEYPOINT_INDEX[a]] - pose[KEYPOINT_INDEX[b]])
        for a, b in (
            ("left_shoulder", "left_hip"),
            ("right_shoulder", "right_hip"),
            ("left_shoulder", "right_shoulder"),
            ("left_hip", "left_knee"),
            ("right_hip", "right_knee"),
        )
    ]
    return float(np.nanmax(spans)) if np.isfinite(spans).any() else UPRIGHT[1] / 4


def _draw_angles(
    canvas: Pillow.Image, pose: npt.NDArray[np.float64], angles: Sequence[Angle]
) -> None:
    pen, font = ImageDraw.Draw(canvas), _font(26)
    taken: list[tuple[float, float, float, float]] = []
    centre_x = np.mean(pose[np.isfinite(pose[:, 0]), 0]) if np.isfinite(pose).any() else 0.0
    # What is off gets its place first.
    for angle in sorted(angles, key=lambda a: not a.off):
        vertex = pose[JOINTS[angle.joint][1]]
        if not np.isfinite(vertex).all():
            continue
        colour = _NEUTRAL if angle.off is None else _OFF if angle.off else _GOOD
        _draw_arc(pen, pose, angle.joint, colour)
        words = f"{round(angle.degrees)}°"
        box = _label_place(canvas.size, vertex, float(centre_x), words, font, taken)
        taken.append(box)
        pen.line([*vertex, (box[0] + box[2]) / 2, (box[1] + box[3]) / 2], fill=colour, width=2)
        pen.rounded_rectangle(box, radius=8, fill=colour)
        pen.text(
            ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2),
            words,
            fill=(255, 255, 255),
            font=font,
            anchor="mm",
        )


def _draw_arc(
    pen: ImageDraw.ImageDraw, pose: npt.NDArray[np.float64], joint: str, colour: Colour
) -> None:
    a, vertex, c = (pose[i] for i in JOINTS[joint])
    if not np.isfinite([a, c]).all():
        return
    radius = 0.3 * min(np.linalg.norm(a - vertex), np.linalg.norm(c - vertex))
    first, second = (float(np.degrees(np.arctan2(*(p - vertex)[::-1]))) for p in (a, c))
    sweep = (second - first) % 360
    # The arc runs through the smaller of the two angles between the limbs.
    begin, end = (first, first + sweep) if sweep <= _HALF_TURN else (second, second + 360 - sweep)
    pen.arc((*(vertex - radius), *(vertex + radius)), begin, end, fill=colour, width=4)


def _label_place(
    size: tuple[int, int],
    vertex: npt.NDArray[np.float64],
    centre_x: float,
    words: str,
    font: ImageFont.FreeTypeFont,
    taken: Sequence[tuple[float, float, float, float]],
) -> tuple[float, float, float, float]:
    """Return a box beside the joint, away from the body's middle, inside the panel, on no other."""
    left, top, right, bottom = font.getbbox(words)
    half = np.array([right - left, bottom - top]) / 2 + (10, 8)
    outward = np.array([1.0 if vertex[0] >= centre_x else -1.0, 0.0])
    for step in range(12):
        # Try beside the joint first, then further up and down in turn.
        shift = np.array([0, (step + 1) // 2 * (1 if step % 2 else -1) * 2.2 * half[1]])
        middle = vertex + outward * (half[0] + 34) + shift
        middle = np.clip(middle, half + 4, np.array(size) - half - 4)
        box = (*(middle - half), *(middle + half))
        if not any(_touch(box, other) for other in taken):
            break
    return box


def _touch(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _dot(pen: ImageDraw.ImageDraw, centre: Floats, radius: float, colour: Colour) -> None:
    pen.ellipse((*(centre - radius), *(centre + radius)), fill=colour)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    # matplotlib carries a font with the degree sign and every European letter; importing the
    # library for it would take longer than drawing.
    font = files("matplotlib") / "mpl-data/fonts/ttf/DejaVuSans-Bold.ttf"
    return ImageFont.truetype(str(font), size)
