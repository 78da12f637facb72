from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import SettingError
from pipeline.space.calibration import batches
from pipeline.space.export import save, taught
from pipeline.space.lessons import Lessons, WatchedClip
from pipeline.space.model import SpaceNetwork
from pipeline.space.tell import sight_of
from pipeline.space.teller import MEASURED
from pipeline.space.train import TrainingSettings, train
from pipeline.space.weights import load
from tests.pipeline.space.conftest import NAMES, asking, network_untrained, untrained


def weights(network: SpaceNetwork) -> np.ndarray:
    return np.concatenate([p.detach().numpy().ravel() for p in network.parameters()])


def test_the_same_seed_gives_the_same_network(lessons: Lessons) -> None:
    first, again, other = (weights(network_untrained(lessons, seed=seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 1e-3


def test_training_sets_out_from_the_usual_angles(
    lessons: Lessons, watched: list[WatchedClip]
) -> None:
    clip, track, swings = watched[0]
    told = untrained(lessons).tell(
        sight_of(track, swings, None), np.array([NAMES.index(clip.exercise)])
    )
    assert (told.sizes[:, :, 0] <= told.sizes[:, :, 1]).all()
    assert (told.sizes[:, :, 1] <= told.sizes[:, :, 2]).all()
    assert (told.sizes[:, MEASURED:] >= 0).all()


def test_training_goes_on_from_what_is_known(lessons: Lessons) -> None:
    before = network_untrained(lessons, seed=1)
    hardly = TrainingSettings(width=16, blocks=1, steps=1, batch=8, learning_rate=1e-9, seed=2)
    after = train(lessons, NAMES, hardly, lambda *_: None, start=before)
    np.testing.assert_allclose(weights(after), weights(before), atol=1e-6)


def test_weights_come_back_from_the_disk(lessons: Lessons, tmp_path: Path) -> None:
    network = network_untrained(lessons)
    teller = asking(network)
    teller.widths.below[1, 3] = 1.5
    teller.chance_deg[0, 2] = 7.5
    save(network, teller, tmp_path / "angles.onnx")
    again, asks = taught(tmp_path / "angles.onnx")
    assert again.config == network.config
    np.testing.assert_allclose(weights(again), weights(network), atol=2e-3)
    assert asks.faults == teller.faults
    assert asks.widths.below[1, 3] == pytest.approx(1.5)
    assert asks.by_chance(NAMES[0])[asks.faults[NAMES[0]][2]] == 7.5


def test_what_is_read_from_the_disk_tells_the_same(
    lessons: Lessons, watched: list[WatchedClip], tmp_path: Path
) -> None:
    network = network_untrained(lessons)
    save(network, asking(network), tmp_path / "angles.onnx")
    read = load(tmp_path / "angles.onnx")
    (batch,) = batches(lessons, 1, 0)
    [alone] = [sight_of(track, swings, None) for _, track, swings in watched[:1]]
    for sight, exercise in ((batch.sight, batch.exercise), (alone, batch.exercise[:1])):
        here, there = (teller.tell(sight, exercise) for teller in (asking(network), read))
        np.testing.assert_allclose(there.sizes, here.sizes, atol=0.2)
        np.testing.assert_allclose(there.view, here.view, atol=0.01)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"text"])
def test_a_file_without_weights_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "angles.onnx"
    path.write_bytes(content)
    with pytest.raises(SettingError, match="weights"):
        load(path)
