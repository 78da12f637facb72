import json
from pathlib import Path

import numpy as np
import pytest
import torch

from pipeline.classify.augment import Augmentation
from pipeline.classify.card import write_card
from pipeline.classify.dataset import UNKNOWN, Example
from pipeline.classify.evaluate import cross_validate
from pipeline.classify.features import FEATURES, STEPS
from pipeline.classify.model import ExerciseNetwork, ModelConfig
from pipeline.classify.recognise import probabilities
from pipeline.classify.synthesize import made_up_lifters
from pipeline.classify.train import Trained, TrainingSettings, train
from pipeline.classify.weights import Recogniser, load, save
from pipeline.errors import SettingError
from pipeline.pose.track import PoseTrack
from tests.tracks import curl_track

CLASSES = ("curl", "stand", UNKNOWN)
QUICK = TrainingSettings(
    hidden=16,
    dropout=0.0,
    epochs=10,
    samples=192,
    batch=16,
    learning_rate=1e-2,
    augmentation=Augmentation(shortest_s=0, hide=0, behind=False),
)


def quiet(_what: str, _done: int, _total: int) -> None:
    pass


def lessons() -> tuple[Example, ...]:
    """Return curls, people who stand, and people whose picture is upside down, three of each."""
    curls = [curl_track(2, straight=165 + i) for i in range(3)]
    standing = [curl_track(2, straight=165 + i, bent=165) for i in range(3)]
    upside_down = [
        PoseTrack(c.t, c.height - c.xy, c.conf, c.width, c.height) for c in reversed(curls)
    ]
    return tuple(
        Example(track, label, f"{label}/{i}", f"{label}/{i}.mp4")
        for label, tracks in (("curl", curls), ("stand", standing), ("headstand", upside_down))
        for i, track in enumerate(tracks)
    )


@pytest.fixture(scope="module")
def trained() -> Trained:
    return train(lessons(), (), CLASSES, QUICK, quiet)


@pytest.mark.parametrize(
    ("hidden", "dropout", "attention"),
    [(256, 0.5, False), (512, 0.5, False), (512, 0.5, True), (256, 0.5, True), (256, 0.25, True)],
)
def test_every_row_of_table_1_can_be_built(hidden: int, dropout: float, attention: bool) -> None:
    config = ModelConfig(FEATURES, 4, hidden=hidden, dropout=dropout, attention=attention)
    network = ExerciseNetwork(config).eval()
    assert network(torch.zeros(2, STEPS, FEATURES)).shape == (2, 4)
    names = {name.split(".")[0] for name, _ in network.named_parameters()}
    assert ("attention" in names) == attention
    assert network.gru.hidden_size == hidden


def test_training_tells_movements_apart(trained: Trained) -> None:
    for example, expected in zip(lessons(), np.repeat([0, 1, 2], 3), strict=True):
        assert probabilities(trained.recogniser, example.track).argmax() == expected


def test_the_same_seed_gives_the_same_network(trained: Trained) -> None:
    again = train(lessons(), (), CLASSES, QUICK, quiet)
    assert again.epochs == trained.epochs
    first, second = (t.recogniser.network.state_dict() for t in (trained, again))
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_a_mirrored_set_gets_the_same_answer(trained: Trained) -> None:
    track = curl_track()
    flipped = PoseTrack(track.t, track.xy * np.float32(1), track.conf, track.width, track.height)
    flipped.xy[..., 0] = track.width - track.xy[..., 0]
    swap = [0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15]
    mirror = PoseTrack(track.t, flipped.xy[:, swap], track.conf, track.width, track.height)
    np.testing.assert_allclose(
        probabilities(trained.recogniser, mirror),
        probabilities(trained.recogniser, track),
        atol=1e-4,
    )


def test_a_track_of_nobody_gets_equal_shares(trained: Trained) -> None:
    track = curl_track()
    track.xy[:] = np.nan
    np.testing.assert_allclose(probabilities(trained.recogniser, track), 1 / 3)


def test_a_lifter_who_leaves_is_judged_by_what_was_seen(trained: Trained) -> None:
    seen, absent = curl_track(10), curl_track(20)
    t = np.concatenate([seen.t, seen.t[-1] + 0.1 + absent.t])
    xy = np.concatenate([seen.xy, np.full_like(absent.xy, np.nan)])
    track = PoseTrack(t, xy, np.ones(xy.shape[:2], np.float32), seen.width, seen.height)
    shares = probabilities(trained.recogniser, track)
    assert shares.sum() == pytest.approx(1)
    assert shares.argmax() == 0


def test_weights_survive_the_disk(trained: Trained, tmp_path: Path) -> None:
    save(trained.recogniser, tmp_path / "new" / "weights.npz")
    read = load(tmp_path / "new" / "weights.npz")
    assert read.classes == CLASSES
    track = curl_track()
    np.testing.assert_allclose(
        probabilities(read, track), probabilities(trained.recogniser, track), atol=0.01
    )


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04broken"], ids=repr)
def test_what_holds_no_weights_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "weights.npz"
    file.write_bytes(content)
    with pytest.raises(SettingError, match="exercise network"):
        load(file)


def test_weights_of_another_shape_are_refused(trained: Trained, tmp_path: Path) -> None:
    file = tmp_path / "weights.npz"
    save(trained.recogniser, file)
    with np.load(file) as data:
        arrays = {name: data[name] for name in data.files}
    arrays["head.bias"] = arrays["head.bias"][:-1]
    np.savez(file, **arrays)
    with pytest.raises(SettingError, match="exercise network"):
        load(file)


def test_weights_for_other_features_are_refused(tmp_path: Path) -> None:
    network = ExerciseNetwork(ModelConfig(FEATURES - 1, len(CLASSES), hidden=8))
    save(Recogniser(network, CLASSES), tmp_path / "weights.npz")
    with pytest.raises(SettingError, match="exercise network"):
        load(tmp_path / "weights.npz")


def test_every_clip_is_judged_by_networks_that_never_saw_its_group(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen_by: dict[int, set[str]] = {}

    def blind(examples: list[Example], *_: object) -> Trained:
        config = ModelConfig(FEATURES, len(CLASSES), hidden=8)
        recogniser = Recogniser(ExerciseNetwork(config), CLASSES)
        seen_by[id(recogniser)] = {e.group for e in examples}
        return Trained(recogniser, 1)

    def spying(recogniser: Recogniser, track: PoseTrack) -> np.ndarray:
        [judged] = [e for e in examples if e.track is track]
        assert judged.group not in seen_by[id(recogniser)]
        # Everything is taken for a curl.
        return np.array([0.7, 0.2, 0.1])

    monkeypatch.setattr("pipeline.classify.evaluate.train", blind)
    monkeypatch.setattr("pipeline.classify.evaluate.probabilities", spying)
    examples = lessons()
    result = cross_validate(examples, (), CLASSES, QUICK, 3, quiet)
    assert [(s.name, s.right, s.clips, s.groups) for s in result.scores()] == [
        ("curl", 3, 3, 3),
        ("stand", 0, 3, 3),
        (UNKNOWN, 0, 3, 3),
    ]
    assert result.confusion().tolist() == [[3, 0, 0], [3, 0, 0], [3, 0, 0]]
    assert next((m.clip, m.truth, m.taken_for) for m in result.mistakes()) == (
        "stand/0.mp4",
        "stand",
        "curl",
    )
    summary = json.loads(json.dumps(result.summary()))
    assert (summary["right"], summary["clips"], summary["mean_recall"]) == (3, 6, 0.5)
    assert (summary["unknown_right"], summary["unknown_clips"]) == (0, 3)
    card = tmp_path / "MODEL_CARD.md"
    write_card(
        card,
        command="gymbrain train",
        trained=Trained(Recogniser(ExerciseNetwork(ModelConfig(FEATURES, 3, 8)), CLASSES), 4),
        examples=examples,
        made_up=(),
        settings=QUICK,
        provenance="Filmed by ourselves.",
        evaluation=result,
    )
    written = card.read_text(encoding="utf-8")
    assert "| stand | 0 of 3 | 3 |" in written
    assert "`stand/0.mp4` taken for curl (70%; stand 20%)" in written
    assert "unknown: 3 clips of exercises with too few (headstand)" in written
    assert "Filmed by ourselves." in written
    assert "| seed | 0 |" in written


def test_made_up_lifters_lift_whole_sets_in_sight_of_a_camera() -> None:
    lifters = made_up_lifters(("bench_press", "barbell_biceps_curl", "no_such_exercise"))
    assert {lifter.label for lifter in lifters} == {"bench_press", "barbell_biceps_curl"}
    rng = np.random.default_rng(0)
    for lifter in lifters:
        sets = [lifter.movement(rng) for _ in range(30)]
        seconds = [s.t[-1] for s in sets]
        assert min(seconds) > 1
        assert max(seconds) <= 8
        assert all(np.isfinite(s.xy[..., 0]).sum(axis=1).min() >= 8 for s in sets)
        assert len({s.xy.shape for s in sets}) > 10


def test_a_made_up_lifter_repeats_by_seed() -> None:
    [lifter] = made_up_lifters(("lat_pulldown",))
    first, again = (lifter.movement(np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(first.xy, again.xy)
