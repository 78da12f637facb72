import numpy as np
import pytest

from pipeline.clip import Image
from pipeline.filters import FilterSettings, apply_filters

RNG = np.random.default_rng(0)


def edge_contrast(image: Image) -> float:
    return float(np.abs(np.diff(image[..., 0].astype(float), axis=1)).max())


def step() -> Image:
    image = np.full((64, 64, 3), 90, np.uint8)
    image[:, 32:] = 160
    return image


def test_off_changes_nothing() -> None:
    image = RNG.integers(0, 255, (48, 64, 3), dtype=np.uint8)
    assert (apply_filters(image, FilterSettings(sigma_px=0, sharpening=0)) == image).all()


def test_the_gaussian_takes_noise_out() -> None:
    noisy = np.clip(128 + RNG.normal(0, 20, (96, 96, 3)), 0, 255).astype(np.uint8)
    filtered = apply_filters(noisy, FilterSettings(sigma_px=1.5, sharpening=0))
    assert filtered.std() < 0.5 * noisy.std()
    assert abs(float(filtered.mean()) - float(noisy.mean())) < 1


@pytest.mark.parametrize("sharpening", [0.5, 1.0])
def test_sharpening_raises_edges(sharpening: float) -> None:
    plain = FilterSettings(sigma_px=1.0, sharpening=0)
    sharp = FilterSettings(sigma_px=1.0, sharpening=sharpening)
    assert edge_contrast(apply_filters(step(), sharp)) > edge_contrast(apply_filters(step(), plain))


def test_the_default_applies_both_and_keeps_shape_and_type() -> None:
    image = RNG.integers(0, 255, (48, 64, 3), dtype=np.uint8)
    filtered = apply_filters(image, FilterSettings())
    assert filtered.shape == image.shape
    assert filtered.dtype == np.uint8
    assert (filtered != image).any()
