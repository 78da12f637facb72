from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from pipeline.repetitions import Swing
from pipeline.space.examine import camera_of
from pipeline.space.features import FEATURES, Sight, features, rays_of
from pipeline.space.lessons import WatchedClip
from pipeline.space.moments import MOMENTS, START, TURN, frames_of
from pipeline.space.tell import sight_of


@pytest.fixture
def sight(watched: list[WatchedClip]) -> Sight:
    clip, track, swings = watched[0]
    return sight_of(track, swings, camera_of(clip.lens))


def turned(sight: Sight, *angles_deg: float) -> Sight:
    """Return what a camera sees that is turned by angles around its vertical and horizontal."""
    rays = np.concatenate([sight.rays, np.ones_like(sight.rays[..., :1])], axis=-1)
    away = rays @ Rotation.from_euler("yx", angles_deg, degrees=True).as_matrix().T
    return replace(sight, rays=(away[..., :2] / away[..., 2:]).astype(np.float32))


def test_a_repetition_is_looked_at_from_start_to_turn_to_end() -> None:
    frames = frames_of([Swing(10, 22, 46), Swing(50, 53, 56)])
    assert frames.shape == (2, MOMENTS)
    assert (frames[0, START], frames[0, TURN], frames[0, -1]) == (10, 22, 46)
    assert (np.diff(frames) >= 0).all()


def test_features_do_not_depend_on_where_a_calibrated_phone_is_aimed(sight: Sight) -> None:
    seen = features(sight)
    assert seen.shape == (len(sight.rays), FEATURES)
    assert np.isfinite(seen).all()
    aside = features(turned(sight, 12.0, 0.0))
    assert np.abs(aside - seen).max() < 0.06
    assert np.abs(sight.rays - turned(sight, 12.0, 0.0).rays)[np.isfinite(sight.rays)].max() > 0.15


def test_of_keypoints_that_are_not_known_nothing_is_told(sight: Sight) -> None:
    nobody = replace(sight, rays=np.full_like(sight.rays, np.nan))
    assert np.isfinite(features(nobody)).all()
    assert not features(nobody)[:, :-2].any()


def test_features_of_a_set_do_not_depend_on_the_others(watched: list[WatchedClip]) -> None:
    sights = [sight_of(track, swings, None) for _, track, swings in watched[:3]]
    together = Sight(
        rays=np.concatenate([s.rays for s in sights]),
        conf=np.concatenate([s.conf for s in sights]),
        of=np.repeat(np.arange(3), [len(s.of) for s in sights]),
        calibrated=np.concatenate([s.calibrated for s in sights]),
    )
    alone = np.concatenate([features(s) for s in sights])
    np.testing.assert_allclose(features(together), alone, atol=1e-4)


def test_without_a_camera_rays_are_those_of_a_typical_phone(watched: list[WatchedClip]) -> None:
    clip, track, _ = watched[0]
    rays, true = rays_of(track, None), rays_of(track, camera_of(clip.lens))
    known = np.isfinite(rays) & np.isfinite(true)
    ratio = np.median(rays[known] / true[known])
    typical = max(track.width, track.height) / 2 / np.tan(np.radians(33))
    assert ratio == pytest.approx(clip.lens.fx / typical, rel=0.05)
