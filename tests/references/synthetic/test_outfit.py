"""What a lifter wears."""

import numpy as np
import pytest

from references.synthetic.body import BODIES, load_body
from references.synthetic.mesh import GARMENTS
from references.synthetic.outfit import HairStyle, Outfit, dress
from references.synthetic.variation import random_outfit


def _covered(body: str, outfit: Outfit, garment: str, bone: str) -> float:
    """Return the share of the skin that a bone moves which a garment covers."""
    lifter = dress(load_body(body), outfit)
    skin = lifter.bare.mostly_moved_by([bone])
    return float((lifter.fields[skin, GARMENTS.index(garment)] > 0).mean())


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize(
    ("sleeve", "upper", "lower"), [(0.05, 0.0, 0.0), (0.75, 0.5, 0.0), (1.93, 1.0, 0.7)]
)
def test_sleeves_end_where_they_should(
    body: str, sleeve: float, upper: float, lower: float
) -> None:
    outfit = Outfit(sleeve=sleeve)
    upper_arm, forearm, fist = (
        _covered(body, outfit, "shirt", bone)
        for bone in ("upperarm02.L", "lowerarm01.L", "finger3-2.L")
    )
    assert upper_arm >= upper
    assert (forearm >= lower) if lower else (forearm == 0)
    assert fist == 0


@pytest.mark.parametrize("body", BODIES)
def test_trousers_cover_the_shins_and_shorts_do_not(body: str) -> None:
    shorts, trousers = (
        _covered(body, Outfit(hem_m=hem), "shorts", "lowerleg01.R") for hem in (0.12, -0.36)
    )
    assert shorts == 0
    assert trousers > 0.6


@pytest.mark.parametrize(("style", "reach_m"), [("bun", (0.03, 0.12)), ("ponytail", (0.03, 0.14))])
def test_long_hair_is_at_the_back_of_the_head(
    style: HairStyle, reach_m: tuple[float, float]
) -> None:
    lifter = dress(load_body("woman"), Outfit(hair_style=style))
    hair = lifter.worn["head"].vertices
    head = lifter.bare.vertices[lifter.bare.mostly_moved_by(["head"])]
    behind = hair[:, 1].max() - head[:, 1].max()
    assert reach_m[0] < behind < reach_m[1]
    # It grows out of the head rather than floating behind it.
    assert hair[:, 1].min() < head[:, 1].max()
    assert "head" not in dress(load_body("woman"), Outfit()).worn


def test_clothes_held_out_are_striped_as_no_others() -> None:
    rng = np.random.default_rng(0)
    usual = {random_outfit(rng).stripe_m or 0.0 for _ in range(60)}
    kept = {random_outfit(rng, held_out=True).stripe_m or 0.0 for _ in range(60)}
    assert max(usual) < min(kept)
