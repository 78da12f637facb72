"""Teaching the pose network: a run from lessons to weights."""

from pathlib import Path

import numpy as np
import torch

from pipeline.pose.network import PoseNetwork
from pipeline.pose.tune.card import write_card
from pipeline.pose.tune.lesson import Known, Lesson, Person, write_lesson
from pipeline.pose.tune.train import TuningSettings, tune
from pipeline.pose.weights import DEFAULT_WEIGHTS

SETTINGS = TuningSettings(epochs=2, image_size=96, batch=2, workers=0, device="cpu")


def lessons(folder: Path, count: int) -> None:
    rng = np.random.default_rng(0)
    for number in range(count):
        image = rng.integers(0, 255, (96, 64, 3)).astype(np.uint8)
        xy = np.stack([rng.uniform(10, 50, 17), np.linspace(10, 80, 17)], axis=1)
        person = Person(np.array([5.0, 5, 55, 85]), xy, np.full(17, int(Known.VISIBLE)))
        write_lesson(Lesson(image, (person,)), folder, f"drawn-{number}")


def test_lessons_become_weights_that_load(tmp_path: Path) -> None:
    lessons(tmp_path / "work", 4)
    out = tmp_path / "tuned" / "network.pt"
    epochs: list[int] = []
    tune(
        tmp_path / "work",
        out,
        SETTINGS,
        start=DEFAULT_WEIGHTS,
        report=lambda epoch, losses: (
            epochs.append(epoch) if all(np.isfinite(list(losses.values()))) else None
        ),
    )
    assert epochs == [1, 2]
    before, after = (
        PoseNetwork(weights, image_size=96, device="cpu")._model.model.state_dict()
        for weights in (DEFAULT_WEIGHTS, str(out))
    )
    changed = {name for name in after if not torch.equal(before[name].float(), after[name].float())}
    first_layers = {name for name in changed if int(name.split(".")[1]) < SETTINGS.frozen}
    assert changed
    assert not first_layers
    assert not (tmp_path / "work" / "run" / "weights" / "last.pt").exists()
    # Nor do they say where they were taught.
    assert str(tmp_path).encode() not in out.read_bytes()


def test_the_card_names_weights_and_lessons(tmp_path: Path) -> None:
    lessons(tmp_path, 3)
    weights = tmp_path / "network.pt"
    weights.write_bytes(b"weights")
    card = tmp_path / "network.md"
    write_card(
        card,
        weights=weights,
        settings=SETTINGS,
        drawn=3,
        files=["squat/a.mp4", "squat/b.mp4"],
        lessons=tmp_path,
        held_out=["bench_press"],
        provenance="Filmed by ourselves.",
    )
    text = card.read_text(encoding="utf-8")
    for words in ("3 rendered pictures", "squat 2", "bench_press", "Filmed by ourselves.", "96"):
        assert words in text
