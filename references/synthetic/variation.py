"""Chance: other bodies, other habits, other tempos, other phones."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from references.lens import Lens
from references.motions import Fault, Motion, Track
from references.synthetic.body import BODIES, Body, load_body
from references.synthetic.equipment import PAINTED
from references.synthetic.mesh import Colour
from references.synthetic.mirror import Mirror
from references.synthetic.outfit import HairStyle, Outfit
from references.synthetic.performance import Repetition
from references.synthetic.renderer import Light
from references.synthetic.room import GYMS, HELD_OUT, Room
from references.viewpoint import Viewpoint

# How much body segments differ between people, as a standard deviation of their share of stature
# (Drillis and Contini, "Body Segment Parameters", 1966, give 3 to 6 % for single segments).
_SEGMENT_SPREAD: Final = 0.045
# Stature differs by 4 % (NCD Risk Factor Collaboration, 2016: 7 cm in 1.75 m).
_STATURE_SPREAD: Final = 0.04
_BODIES_KEPT: Final = 32

# How much people differ from the expert when nothing is wrong.
_HABITS: Final[Mapping[str, float]] = MappingProxyType(
    {
        "bend": 4.0,
        "reach": 3.0,
        "upper": 4.0,
        "spread": 4.0,
        "lean": 2.5,
        "flex": 4.0,
        "nod": 8.0,
        "flare": 6.0,
        "toes_out": 5.0,
        "twist": 3.0,
    }
)
_WIDTH_SPREAD: Final = 0.08
_ONE_SIDED_DEG: Final = 2.5

# From where phones film: on the floor, on a bench or a bottle, in a friend's hand; metres.
_PHONE_HEIGHTS: Final = ((0.05, 0.4), (0.4, 1.1), (1.1, 1.7))
_DISTANCES_M: Final = (1.8, 4.5)

# The same for single pictures, from which networks learn: also held up high, and close by.
_HIGH_PHONE_HEIGHTS: Final = (*_PHONE_HEIGHTS, (1.7, 2.2))
_NEAR_DISTANCES_M: Final = (1.2, 4.5)
# And from above, on an arm or a stand over the bench: a share of them, heights, and how far aside.
_OVERHEAD_SHARE: Final = 0.2
_OVERHEAD_HEIGHTS_M: Final = (1.9, 2.8)
_OVERHEAD_ASIDE_M: Final = (0.1, 1.1)

# How far behind a lifter and what they use a mirror hangs.
_MIRROR_BEHIND_M: Final = (0.3, 1.5)

# How often equipment has another colour, and how dark or bright that is.
_REPAINTED_SHARE: Final = 0.5
_PAINT_SHADES: Final = (0.05, 0.8)

_SKINS: Final = ((0.85, 0.65, 0.54), (0.72, 0.50, 0.40), (0.55, 0.36, 0.26), (0.33, 0.21, 0.15))
_HAIRS: Final = ((0.10, 0.07, 0.05), (0.30, 0.19, 0.10), (0.55, 0.42, 0.24), (0.35, 0.35, 0.36))

# Tank top, two T-shirts, long sleeves; hot pants, shorts, below the knee, trousers or leggings.
_SLEEVES: Final = (0.05, 0.55, 0.75, 1.93)
_SLEEVE_SHARES: Final = (0.25, 0.3, 0.2, 0.25)
_HEMS_M: Final = (0.26, 0.12, -0.1, -0.36)
_HEM_SHARES: Final = (0.1, 0.4, 0.15, 0.35)
_STRIPED_SHARE: Final = 0.3
_STRIPES_M: Final = (0.02, 0.10)
_BROAD_STRIPES_M: Final = (0.16, 0.30)
_HAIR_STYLES: Final[tuple[HairStyle, ...]] = ("short", "bun", "ponytail")
_HAIR_STYLE_SHARES: Final = (0.65, 0.15, 0.2)


def random_body(rng: np.random.Generator, *, held_out: bool = False) -> Body:
    """Return a man or a woman of chance proportions, one of a fixed set.

    Those ``held_out`` are a set of their own, for measuring what was trained on the others.
    """
    return _body(int(rng.integers(_BODIES_KEPT)) + (_BODIES_KEPT if held_out else 0))


def random_room(rng: np.random.Generator, *, held_out: bool = False) -> Room:
    """Return a gym, or, ``held_out``, a room of a kind that is kept for measuring."""
    rooms = HELD_OUT if held_out else GYMS
    return rooms[int(rng.integers(len(rooms)))]


@cache
def _body(number: int) -> Body:
    rng = np.random.default_rng(number)
    stature = rng.normal(1.0, _STATURE_SPREAD)
    arms, legs, trunk = stature * rng.normal(1.0, _SEGMENT_SPREAD, size=3)
    scales = {
        "upperarm": arms,
        "lowerarm": arms,
        "upperleg": legs,
        "lowerleg": legs,
        "spine": trunk,
        "clavicle": stature * rng.normal(1.0, _SEGMENT_SPREAD),
        "": stature,
    }
    return load_body(BODIES[number % len(BODIES)]).reshaped(scales)


def random_motion(motion: Motion, rng: np.random.Generator) -> Motion:
    """Return the motion as another person does it right: range, widths and lean a little off."""
    tracks = dict(motion.tracks)
    for (part, name), track in motion.tracks.items():
        if name == "width":
            factor = 1 + rng.normal(0, _WIDTH_SPREAD)
            tracks[part, name] = Track(tuple(v * factor for v in track.values), track.source)
        elif name in _HABITS:
            # Start and turn differ from the expert's by amounts of their own.
            start, turn = rng.normal(0, _HABITS[name], size=2)
            share = np.linspace(0, 1, len(track.values))
            moved = np.array(track.values) + start * (1 - share) + turn * share
            if name == "bend":
                moved = np.minimum(moved, 178)
            tracks[part, name] = Track(tuple(moved.tolist()), track.source)
    one_sided = rng.normal(0, _ONE_SIDED_DEG)
    own = tracks.get(("right_arm", "bend"), Track((0.0,)))
    tracks["right_arm", "bend"] = Track(tuple(v + one_sided for v in own.values), own.source)
    return replace(motion, tracks=MappingProxyType(tracks))


def random_repetitions(
    motion: Motion, rng: np.random.Generator, *, fault_share: float = 0.5
) -> tuple[Repetition, ...]:
    """Return a set: two to ten repetitions that slow down and shorten with fatigue.

    With probability ``fault_share`` one fault runs through it, from half to one and a half times
    its usual size.
    """
    count = int(rng.integers(2, 11))
    out_s, back_s = rng.uniform(0.5, 1.6), rng.uniform(0.6, 2.2)
    hold_s, rest_s = rng.uniform(0, 0.5), rng.choice([0.05, 0.3, 0.9], p=[0.5, 0.35, 0.15])
    fatigue = rng.uniform(0, 0.5)
    fault = random_fault(motion, rng) if rng.uniform() < fault_share else None
    size = fault.magnitude_deg * rng.uniform(0.5, 1.5) if fault else 0.0
    first = int(rng.integers(count)) if rng.uniform() < 0.5 else 0
    repetitions = []
    for index in range(count):
        tired = 1 + fatigue * index / count
        own = rng.normal(1, 0.08, size=3).clip(0.7, 1.4)
        faults = {fault.name: size * own[2]} if fault and index >= first else {}
        repetitions.append(
            Repetition(
                out_s=out_s * tired * own[0],
                hold_s=hold_s,
                back_s=back_s * own[1],
                rest_s=rest_s * tired,
                faults=faults,
            )
        )
    return tuple(repetitions)


def random_fault(motion: Motion, rng: np.random.Generator) -> Fault | None:
    """Return one of the faults of a motion, or None if it has none."""
    return motion.faults[int(rng.integers(len(motion.faults)))] if motion.faults else None


def random_viewpoint(
    target: tuple[float, float, float],
    rng: np.random.Generator,
    *,
    azimuth_deg: float | None = None,
) -> Viewpoint:
    """Return where a phone may stand: any side, at the heights and distances people choose."""
    azimuth = rng.uniform(0, 360) if azimuth_deg is None else azimuth_deg
    height = rng.uniform(*_PHONE_HEIGHTS[rng.choice(len(_PHONE_HEIGHTS), p=[0.3, 0.45, 0.25])])
    return _viewpoint(azimuth, height, rng.uniform(*_DISTANCES_M), target, rng)


def _viewpoint(
    azimuth: float,
    height: float,
    distance: float,
    target: tuple[float, float, float],
    rng: np.random.Generator,
) -> Viewpoint:
    aim = np.asarray(target) + rng.normal(0, 0.08, size=3)
    elevation = np.degrees(np.arctan2(height - aim[2], distance))
    return Viewpoint(
        float(azimuth),
        float(elevation),
        float(np.hypot(distance, height - aim[2])),
        (float(aim[0]), float(aim[1]), float(aim[2])),
    )


def random_close_viewpoint(
    target: tuple[float, float, float], rng: np.random.Generator
) -> Viewpoint:
    """Return where a phone may be held at worst: also close by, and high, looking down."""
    if rng.uniform() < _OVERHEAD_SHARE:
        height, aside = rng.uniform(*_OVERHEAD_HEIGHTS_M), rng.uniform(*_OVERHEAD_ASIDE_M)
        return _viewpoint(rng.uniform(0, 360), height, aside, target, rng)
    height = rng.uniform(*_HIGH_PHONE_HEIGHTS[rng.choice(4, p=[0.2, 0.3, 0.25, 0.25])])
    return _viewpoint(rng.uniform(0, 360), height, rng.uniform(*_NEAR_DISTANCES_M), target, rng)


def random_mirror(
    viewpoint: Viewpoint, before: npt.ArrayLike, wall: Colour, rng: np.random.Generator
) -> Mirror:
    """Return a mirror on a wall across from the phone, all points ``before`` (N, 3) before it."""
    azimuth = round((viewpoint.azimuth_deg + 180) / 90) * 90 % 360
    beside = -Mirror(azimuth, 0.0).before(before).min()
    return Mirror(
        azimuth,
        float(beside + rng.uniform(*_MIRROR_BEHIND_M)),
        width_m=float(rng.uniform(2.0, 6.0)),
        height_m=float(rng.uniform(1.7, 2.4)),
        wall=wall,
    )


def random_lens(
    viewpoint: Viewpoint, extent_m: float, rng: np.random.Generator, *, long_side: int = 1280
) -> Lens:
    """Return a phone's lens, upright or sideways, that gets ``extent_m`` around the aim in view.

    Its field of view is that of a main or a wide camera (60 to 85 degrees), or narrower where
    somebody zoomed in on a lifter far away.
    """
    needed = 2 * np.degrees(np.arctan2(extent_m * rng.uniform(0.62, 0.9), viewpoint.distance_m))
    view = float(np.clip(max(needed, rng.uniform(45, 70)), 40, 88))
    short = long_side * 9 // 16
    upright = rng.uniform() < 0.7
    width, height = (short, long_side) if upright else (long_side, short)
    # A sideways picture must hold the lifter in its shorter side.
    if not upright:
        view = float(
            np.clip(2 * np.degrees(np.arctan(np.tan(np.radians(view) / 2) * 1.35)), 50, 95)
        )
    # A stronger barrel would fold the corners of the widest pictures.
    k1 = float(np.clip(rng.normal(0, 0.03), -0.07, 0.07))
    return replace(Lens.of_phone(width, height, view), distortion=(k1, 0.0, 0.0, 0.0))


def random_outfit(rng: np.random.Generator, *, held_out: bool = False) -> Outfit:
    """Return chance clothes, skin and hair; who is ``held_out`` wears the broadest stripes."""

    def cloth() -> tuple[float, float, float]:
        shade = rng.uniform(0.05, 0.8)
        red, green, blue = np.clip(shade + rng.normal(0, 0.16, size=3), 0.03, 0.92)
        return float(red), float(green), float(blue)

    return Outfit(
        skin=_SKINS[int(rng.integers(len(_SKINS)))],
        hair=_HAIRS[int(rng.integers(len(_HAIRS)))],
        shirt=cloth(),
        shorts=cloth(),
        socks=(0.85, 0.85, 0.85) if rng.uniform() < 0.6 else (0.1, 0.1, 0.1),
        shoes=cloth(),
        sleeve=float(rng.choice(_SLEEVES, p=_SLEEVE_SHARES)),
        hem_m=float(rng.choice(_HEMS_M, p=_HEM_SHARES)),
        trim=cloth(),
        stripe_m=_stripe_m(rng, held_out),
        hair_style=_HAIR_STYLES[int(rng.choice(3, p=_HAIR_STYLE_SHARES))],
    )


def _stripe_m(rng: np.random.Generator, held_out: bool) -> float | None:
    if held_out:
        return float(rng.uniform(*_BROAD_STRIPES_M))
    return float(rng.uniform(*_STRIPES_M)) if rng.uniform() < _STRIPED_SHARE else None


def random_paints(rng: np.random.Generator) -> Mapping[Colour, Colour]:
    """Return the colours of a gym's equipment: some as usual, some of any colour."""
    paints: dict[Colour, Colour] = {}
    for usual in PAINTED:
        if rng.uniform() < _REPAINTED_SHARE:
            red, green, blue = rng.uniform(*_PAINT_SHADES) * rng.dirichlet((1.5, 1.5, 1.5)) * 3
            paints[usual] = (min(red, 0.95), min(green, 0.95), min(blue, 0.95))
    return MappingProxyType(paints)


def random_light(light: Light, rng: np.random.Generator) -> Light:
    """Return a room's light at another hour: from elsewhere, stronger or warmer."""
    azimuth, height = rng.uniform(0, 2 * np.pi), rng.uniform(0.8, 2.5)
    sun, sky = rng.uniform(0.55, 1.25), rng.uniform(0.7, 1.35)
    warmth = rng.normal(0, 0.06)
    tint = np.array([1 + warmth, 1.0, 1 - warmth])

    def tinted(colour: Colour, strength: float) -> Colour:
        red, green, blue = np.asarray(colour) * tint * strength
        return float(red), float(green), float(blue)

    return replace(
        light,
        towards_sun=(float(np.cos(azimuth)), float(np.sin(azimuth)), float(height)),
        sunlight=tinted(light.sunlight, sun),
        skylight=tinted(light.skylight, sky),
        groundlight=tinted(light.groundlight, sky),
    )
