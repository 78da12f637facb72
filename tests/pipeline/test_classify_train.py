import json
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from pipeline.classify.augment import Augmentation
from pipeline.classify.card import write_card
from pipeline.classify.curriculum import Curriculum
from pipeline.classify.dataset import UNKNOWN, Example
from pipeline.classify.evaluate import cross_validate
from pipeline.classify.export import save
from pipeline.classify.features import FEATURES, STEPS
from pipeline.classify.lessons import Lessons, prepare
from pipeline.classify.model import Committee, ExerciseNetwork, ModelConfig, build
from pipeline.classify.recognise import (
    Recogniser,
    each,
    probabilities,
    with_the_commoner_first,
)
from pipeline.classify.runs import Runs
from pipeline.classify.synthesize import (
    made_up_sets,
    mixture_sets,
    pastime_sets,
    stranger_sets,
    synthetic_sets,
)
from pipeline.classify.train import TrainingSettings, recogniser_of, train
from pipeline.classify.weights import load
from pipeline.errors import SettingError
from pipeline.pose.track import PoseTrack
from references.motions import motions
from references.skeleton import KEYPOINT_INDEX, SIDES
from references.strangers import strangers
from references.synthetic.mixtures import mixtures
from tests.tracks import curl_track

CLASSES = ("curl", "stand", UNKNOWN)
QUICK = TrainingSettings(
    hidden=16,
    dropout=0.0,
    members=2,
    steps=60,
    batch=16,
    learning_rate=1e-2,
    augmentation=Augmentation(shortest_s=0, hide=0, behind=False),
)


def quiet(_what: str, _done: int, _total: int) -> None:
    pass


def examples() -> tuple[Example, ...]:
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


def lessons(variations: int = 6) -> Lessons:
    return prepare(examples(), variations, 1.0, QUICK.augmentation, 0, quiet)


@pytest.fixture(scope="module")
def committee() -> Committee:
    return train([lessons()], CLASSES, QUICK, quiet)


@pytest.fixture(scope="module")
def recogniser(committee: Committee) -> Recogniser:
    return recogniser_of(committee, CLASSES)


@pytest.mark.parametrize(
    ("hidden", "dropout", "attention"),
    [(256, 0.5, False), (512, 0.5, False), (512, 0.5, True), (256, 0.5, True), (256, 0.25, True)],
)
def test_every_row_of_table_1_can_be_built(hidden: int, dropout: float, attention: bool) -> None:
    config = ModelConfig(FEATURES, 4, hidden=hidden, dropout=dropout, attention=attention)
    network = build(config).eval()
    assert isinstance(network, ExerciseNetwork)
    assert network(torch.zeros(2, STEPS, FEATURES)).shape == (2, 4)
    names = {name.split(".")[0] for name, _ in network.named_parameters()}
    assert ("attention" in names) == attention
    assert network.gru.hidden_size == hidden


@pytest.mark.parametrize("architecture", ["convolution", "gru"])
def test_a_network_sees_what_happens_in_time(architecture: str) -> None:
    torch.manual_seed(0)
    config = ModelConfig(FEATURES, 4, hidden=16, architecture=architecture)  # type: ignore[arg-type]
    network = build(config).eval()
    steps = torch.randn(1, STEPS, FEATURES)
    assert network(steps).shape == (1, 4)
    assert not torch.allclose(network(steps), network(steps.flip(1)), atol=1e-4)


def test_training_tells_movements_apart(recogniser: Recogniser) -> None:
    for example, expected in zip(examples(), np.repeat([0, 1, 2], 3), strict=True):
        assert probabilities(recogniser, example.track).argmax() == expected


def test_the_same_seed_gives_the_same_networks_and_members_differ(committee: Committee) -> None:
    again = train([lessons()], CLASSES, QUICK, quiet)
    first, second = committee.state_dict(), again.state_dict()
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert not torch.equal(first["members.0.head.weight"], first["members.1.head.weight"])


def test_examples_left_out_are_not_taught() -> None:
    every = lessons()
    rest = every.without([0, 4])
    assert [e.name for e in rest.examples] == [
        e.name for i, e in enumerate(every.examples) if i not in (0, 4)
    ]
    np.testing.assert_array_equal(rest.steps[0], every.steps[1])


def test_where_hidden_keypoints_are_said_to_be_changes_nothing(recogniser: Recogniser) -> None:
    here, there = curl_track(), curl_track()
    ankles = [KEYPOINT_INDEX[f"{side}_ankle"] for side in SIDES]
    for track, place in ((here, 0), (there, 200)):
        track.conf[:, ankles] = 0.05
        track.xy[:, ankles] += np.float32(place)
    assert probabilities(recogniser, here) == pytest.approx(
        probabilities(recogniser, there), abs=1e-6
    )
    alone, elsewhere = each(recogniser, [here, there])
    assert alone == pytest.approx(elsewhere, abs=1e-6)
    taught, taught_elsewhere = (
        prepare([Example(track, "curl", "a", "a")], 2, 1.0, QUICK.augmentation, 0, quiet).steps
        for track in (here, there)
    )
    np.testing.assert_array_equal(taught, taught_elsewhere)


def test_a_mirrored_set_gets_the_same_answer(recogniser: Recogniser) -> None:
    track = curl_track()
    flipped = PoseTrack(track.t, track.xy * np.float32(1), track.conf, track.width, track.height)
    flipped.xy[..., 0] = track.width - track.xy[..., 0]
    swap = [0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15]
    mirror = PoseTrack(track.t, flipped.xy[:, swap], track.conf, track.width, track.height)
    np.testing.assert_allclose(
        probabilities(recogniser, mirror),
        probabilities(recogniser, track),
        atol=1e-4,
    )


def test_a_track_of_nobody_gets_equal_shares(recogniser: Recogniser) -> None:
    track = curl_track()
    track.xy[:] = np.nan
    np.testing.assert_allclose(probabilities(recogniser, track), 1 / 3)


def test_a_lifter_who_leaves_is_judged_by_what_was_seen(recogniser: Recogniser) -> None:
    seen, absent = curl_track(10), curl_track(20)
    t = np.concatenate([seen.t, seen.t[-1] + 0.1 + absent.t])
    xy = np.concatenate([seen.xy, np.full_like(absent.xy, np.nan)])
    track = PoseTrack(t, xy, np.ones(xy.shape[:2], np.float32), seen.width, seen.height)
    shares = probabilities(recogniser, track)
    assert shares.sum() == pytest.approx(1)
    assert shares.argmax() == 0


@pytest.mark.parametrize("architecture", ["convolution", "gru"])
def test_weights_survive_the_disk(architecture: str, tmp_path: Path) -> None:
    torch.manual_seed(0)
    config = ModelConfig(FEATURES, 3, hidden=16, architecture=architecture)  # type: ignore[arg-type]
    committee = Committee([build(config), build(config)]).eval()
    save(committee, CLASSES, 1.5, tmp_path / "new" / "weights.onnx")
    read = load(tmp_path / "new" / "weights.onnx")
    assert (read.classes, read.temperature) == (CLASSES, 1.5)
    # Ten seconds are read in two stretches and their mirror images, so the batch is not one.
    for track in (curl_track(), curl_track(6)):
        np.testing.assert_allclose(
            probabilities(read, track),
            probabilities(recogniser_of(committee, CLASSES, 1.5), track),
            atol=1e-5,
        )


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04broken"], ids=repr)
def test_what_holds_no_weights_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "weights.onnx"
    file.write_bytes(content)
    with pytest.raises(SettingError, match="exercise network"):
        load(file)


def test_weights_for_other_features_are_refused(committee: Committee, tmp_path: Path) -> None:
    file = tmp_path / "weights.onnx"
    save(committee, CLASSES, 1.0, file)
    model = onnx.load_model(file)
    model.graph.input[0].type.tensor_type.shape.dim[2].dim_value = FEATURES - 1
    file.write_bytes(model.SerializeToString())
    with pytest.raises(SettingError, match="exercise network"):
        load(file)


def test_a_network_that_says_nothing_of_its_classes_is_refused(
    committee: Committee, tmp_path: Path
) -> None:
    file = tmp_path / "weights.onnx"
    save(committee, CLASSES, 1.0, file)
    model = onnx.load_model(file)
    del model.metadata_props[:]
    file.write_bytes(model.SerializeToString())
    with pytest.raises(SettingError, match="exercise network"):
        load(file)


def test_stretches_are_judged_one_by_one(recogniser: Recogniser) -> None:
    nobody = curl_track()
    nobody.xy[:] = np.nan
    shares = each(recogniser, [examples()[0].track, nobody, examples()[3].track])
    assert shares.argmax(axis=1).tolist()[::2] == [0, 1]
    np.testing.assert_allclose(shares[1], 1 / 3)


def test_of_two_that_look_alike_the_commoner_gains_and_nobody_else_loses() -> None:
    classes = ("barbell_biceps_curl", "hammer_curl", "squat", UNKNOWN)
    settled = with_the_commoner_first(np.array([[0.2, 0.3, 0.4, 0.1], [0, 0, 1, 0]]), classes)
    assert motions()["hammer_curl"].commoner == 3
    expected = np.array([[1 / 3, 1 / 6, 0.4, 0.1], [0, 0, 1, 0]])
    np.testing.assert_allclose(settled, expected, atol=1e-9)


def test_every_clip_is_judged_by_networks_that_never_saw_its_group(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    taught: list[set[str]] = []

    def spying(kinds: list[Lessons], *_: object) -> Committee:
        taught.append({e.group for e in kinds[0].examples})
        return Committee([build(ModelConfig(FEATURES, len(CLASSES), hidden=8))])

    def judging(_recogniser: Recogniser, track: PoseTrack) -> np.ndarray:
        [judged] = [e for e in every.examples if e.track is track]
        assert judged.group not in taught[-1]
        # Everything is taken for a curl.
        return np.array([0.7, 0.2, 0.1])

    monkeypatch.setattr("pipeline.classify.evaluate.train", spying)
    monkeypatch.setattr("pipeline.classify.evaluate.answer", judging)
    every = lessons(1)
    runs = Runs(tmp_path / "runs")
    result = cross_validate(every, (), CLASSES, QUICK, 3, runs, quiet)
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
    assert summary["low"] < 0.5 < summary["high"]

    assert len(taught) == 3
    again = cross_validate(every, (), CLASSES, QUICK, 3, runs, quiet)
    assert len(taught) == 3
    np.testing.assert_array_equal(again.raw, result.raw)

    card = tmp_path / "MODEL_CARD.md"
    write_card(
        card,
        command="gymbrain train",
        committee=Committee([build(ModelConfig(FEATURES, 3, 8))]),
        curriculum=Curriculum(every, (), CLASSES),
        temperature=1.25,
        settings=QUICK,
        provenance="Filmed by ourselves.",
        evaluation=result,
    )
    written = card.read_text(encoding="utf-8")
    assert "| stand | 0 of 3 | 3 |" in written
    assert "`stand/0.mp4` taken for curl (" in written
    assert "unknown: 3 clips of exercises with too few (headstand)" in written
    assert "Filmed by ourselves." in written
    assert "1.25" in written
    assert "| seed | 0 |" in written


def test_made_up_lifters_lift_whole_sets_in_sight_of_a_camera() -> None:
    sets = made_up_sets(("bench_press", "barbell_biceps_curl", "no_such_exercise"), 30, seed=0)
    assert {e.label for e in sets} == {"bench_press", "barbell_biceps_curl"}
    tracks = [e.track for e in sets]
    seconds = [track.t[-1] for track in tracks]
    assert min(seconds) > 1
    assert max(seconds) <= 8
    assert all(np.isfinite(track.xy[..., 0]).sum(axis=1).min() >= 8 for track in tracks)
    assert len({track.xy.shape for track in tracks}) > 10


def test_exercises_that_are_none_of_ours_are_taught_as_unknown() -> None:
    sets = stranger_sets(12, seed=4)
    assert {example.label for example in sets} == {UNKNOWN}
    assert len({example.group for example in sets}) == len(sets)
    assert {example.name.split("/")[0] for example in sets} <= set(strangers())


def test_mixtures_of_two_exercises_are_unknown() -> None:
    sets = mixture_sets(12, seed=4)
    assert {example.label for example in sets} == {UNKNOWN}
    assert len({example.group for example in sets}) == len(sets)
    assert {example.name.split("/")[1] for example in sets} <= set(mixtures())


def test_synthetic_sets_and_pastimes_repeat_by_seed_and_are_groups_of_their_own() -> None:
    sets = synthetic_sets(3, seed=4, exercises=("squat",)) + pastime_sets(3, seed=4)
    again = synthetic_sets(3, seed=4, exercises=("squat",)) + pastime_sets(3, seed=4)
    assert [e.label for e in sets] == ["squat"] * 3 + [UNKNOWN] * 3
    assert len({e.group for e in sets}) == 6
    for first, second in zip(sets, again, strict=True):
        np.testing.assert_array_equal(first.track.xy, second.track.xy)
        assert np.isfinite(first.track.xy).any()
