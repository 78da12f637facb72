from dataclasses import replace

import numpy as np

from pipeline.space.lessons import Lessons, make_lessons, watched_clips
from pipeline.space.measures import MEASURES
from pipeline.space.mixing import _moved_nearer, cropped, mixed
from pipeline.space.moments import STAGE_MOMENTS
from references.geometry import included_angle
from references.skeleton import JOINTS
from tests.pipeline.space.conftest import NAMES


def test_lessons_come_back_from_the_disk(lessons: Lessons, tmp_path) -> None:  # type: ignore[no-untyped-def]
    lessons.save(tmp_path / "some.npz")
    again = Lessons.load(tmp_path / "some.npz")
    np.testing.assert_array_equal(again.error, lessons.error)
    assert len(Lessons.together([again, lessons])) == 2 * len(lessons)


def test_a_mixed_set_keeps_its_exercise(lessons: Lessons) -> None:
    sets = np.arange(len(lessons))
    batch = mixed(lessons, sets, np.random.default_rng(0))
    np.testing.assert_array_equal(batch.exercise, lessons.exercise)
    assert len(batch.measures) == len(batch.sight.rays) == lessons.count.sum()
    np.testing.assert_allclose(np.linalg.norm(batch.view, axis=1), 1, atol=1e-5)


def test_faults_are_told_of_sets_that_are_left_as_they_are(lessons: Lessons) -> None:
    sets = np.tile(np.arange(len(lessons)), 4)
    faults = mixed(lessons, sets, np.random.default_rng(3)).faults
    told = np.isfinite(faults).all(axis=1)
    assert 0.2 < told.mean() < 0.8
    of = np.repeat(sets, lessons.count[sets])
    which = np.concatenate([np.arange(count) for count in lessons.count[sets]])
    np.testing.assert_array_equal(faults[told], lessons.faults[of, which][told])


def test_tight_pictures_never_show_the_feet_of_a_set(lessons: Lessons) -> None:
    exact = replace(lessons, error=np.zeros_like(lessons.error))
    rng = np.random.default_rng(4)
    sight = cropped(mixed(exact, np.tile(np.arange(len(exact)), 8), rng), rng).sight
    lost = np.isnan(sight.rays[..., 0]).mean(axis=1)
    ankles, shoulders = lost[:, 15:17].mean(axis=1), lost[:, 5:7].mean(axis=1)
    assert 0.05 < (ankles == 1).mean() < 0.5
    assert (shoulders == 1).mean() < (ankles == 1).mean()


def test_without_errors_the_rays_show_the_lifter() -> None:
    # So many that some are filmed from the side, whatever they are.
    lessons = make_lessons(NAMES, watched_clips(NAMES, 40, 7))
    exact = replace(lessons, error=np.zeros_like(lessons.error))
    batch = mixed(exact, np.tile(np.arange(len(exact)), 8), np.random.default_rng(1))
    side = np.abs(batch.view[batch.sight.of, 0]) > 0.9
    a, b, c = JOINTS["left_elbow"]
    rays = batch.sight.rays[side][:, list(STAGE_MOMENTS.values())]
    drawn = included_angle(rays[..., a, :], rays[..., b, :], rays[..., c, :])
    true = batch.measures[side][..., MEASURES.index("left_elbow")]
    curls = batch.exercise[batch.sight.of][side] == NAMES.index("barbell_biceps_curl")
    # Filmed from the side, a curl's elbow is drawn about as it is.
    assert curls.sum() > 100
    assert np.nanmedian(np.abs(drawn - true)[curls]) < 5


def test_sets_borrow_more_often_what_was_missed_of_filmed_ones(lessons: Lessons) -> None:
    filmed = replace(
        lessons, conf=np.full_like(lessons.conf, 2), filmed=np.ones_like(lessons.filmed)
    )
    both = Lessons.together([lessons, filmed])
    batch = mixed(both, np.arange(len(lessons)).repeat(20), np.random.default_rng(5))
    borrowed = (batch.sight.conf == 2).all(axis=(1, 2))
    assert 0.5 < borrowed.mean() < 0.7


def test_a_phone_moved_nearer_stays_as_high(lessons: Lessons) -> None:
    elevation, distance = np.array([10.0, 10.0, -20.0]), np.array([4.0, 1.0, 2.0])
    nearer = _moved_nearer(elevation, distance, np.array([0.5, 0.5, 1.0]))
    was, now = (
        (d * np.sin(np.radians(e)), d * np.cos(np.radians(e)))
        for e, d in ((elevation, distance), nearer)
    )
    np.testing.assert_allclose(now[0], was[0])
    # One that is near already is not moved any nearer.
    np.testing.assert_allclose(now[1], was[1] * [0.5, 1.0, 1.0])
