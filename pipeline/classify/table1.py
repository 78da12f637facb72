"""The paper's experiment: five networks, four exercises, 400 clips (sections 3 to 5, Table 1).

The paper's figures come from a random split of clips that were multiplied before: a clip and its
mirror image may stand on both sides. Here every network is also judged by a split that keeps all
copies of a clip, and all clips of a person, on one side.

What the paper leaves open is chosen here: the coordinates are shares of the picture's width and
height, so that a shift of the picture is seen; Adam at 0.001 in batches of 32 for 30 epochs; the
epoch with the best accuracy on the validation clips is the one that is tested.
"""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from pipeline.classify.augment import mirrored, shifted
from pipeline.classify.dataset import Example, Progress
from pipeline.classify.features import resample
from pipeline.classify.model import ExerciseNetwork, ModelConfig
from pipeline.classify.runs import Runs, fingerprint
from pipeline.classify.synthesize import synthetic_sets
from pipeline.pose.track import PoseTrack

Floats = npt.NDArray[np.float32]
Split = Literal["copies", "originals"]

SPLITS: Final[tuple[Split, ...]] = ("copies", "originals")
"""What is dealt at random: the multiplied clips, as in the paper, or whole groups of originals."""

CLIPS: Final = {
    "barbell_biceps_curl": 104,
    "bench_press": 112,
    "lat_pulldown": 94,
    "tricep_pushdown": 90,
}
"""Clips after multiplication (the paper's section 3)."""

_COPIES: Final = 2
"""The four counts have no other common factor: each clip as filmed and mirrored."""

_SHIFT_PX: Final = 100.0
_TEST, _VALIDATION = 40, 40

_EPOCHS: Final = 30
_BATCH: Final = 32
_LEARNING_RATE: Final = 1e-3
_LOSS: Final = nn.CrossEntropyLoss()


@dataclass(frozen=True, slots=True)
class Row:
    """A row of Table 1; ``paper`` is its test accuracy in per cent."""

    neurons: int
    dropout: float
    attention: bool
    paper: int

    @property
    def name(self) -> str:
        """Like ``GRU 256/0.5 + attention``."""
        return f"GRU {self.neurons}/{self.dropout:g}{' + attention' if self.attention else ''}"


ROWS: Final = (
    Row(256, 0.5, False, 77),
    Row(512, 0.5, False, 67),
    Row(512, 0.5, True, 35),
    Row(256, 0.5, True, 77),
    Row(256, 0.25, True, 80),
)


@dataclass(frozen=True, slots=True)
class Copies:
    """The multiplied clips: ``frames`` (N, 30, 34), ``labels`` (N,), and for each where it is from.

    ``original`` (N,) numbers the clip that it is a copy of, ``group`` (N,) the person or footage;
    ``filmed`` (N,) tells real clips from synthetic ones.
    """

    frames: Floats
    labels: npt.NDArray[np.int64]
    original: npt.NDArray[np.int64]
    group: npt.NDArray[np.int64]
    filmed: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Run:
    """One network trained once.

    ``curves`` holds, for every epoch, ``accuracy`` and ``loss`` on the training clips and
    ``validation_accuracy`` and ``validation_loss``. ``truth``, ``taken`` and ``filmed`` are of the
    test clips: the true class, the class they were taken for, and whether they are real.
    """

    row: Row
    split: Split
    seed: int
    curves: dict[str, list[float]]
    truth: list[int]
    taken: list[int]
    filmed: list[bool]

    @property
    def accuracy(self) -> float:
        """The share of the test clips that was right."""
        return float(np.mean(np.equal(self.truth, self.taken)))


def originals(examples: Sequence[Example], seed: int) -> tuple[Example, ...]:
    """Return as many clips of every exercise as the paper had before multiplying them.

    They are taken from ``examples``, and synthetic sets stand in for those that are missing.
    """
    chosen: list[Example] = []
    for number, (exercise, count) in enumerate(CLIPS.items()):
        own = [e for e in examples if e.label == exercise][: count // _COPIES]
        missing = count // _COPIES - len(own)
        chosen += own
        chosen += synthetic_sets(missing, seed=seed + number, exercises=(exercise,))
    return tuple(chosen)


def reproduce(
    examples: Sequence[Example], seeds: int, runs: Runs, progress: Progress
) -> tuple[Run, ...]:
    """Train every row under both splits with so many seeds; finished runs come from ``runs``."""
    clips = originals(examples, seed=0)
    data = fingerprint(clips)
    real = {e.group for e in examples}
    plan = [(row, split, seed) for seed in range(seeds) for split in SPLITS for row in ROWS]
    done = []
    for number, (row, split, seed) in enumerate(plan):
        progress(f"{row.name}, seed {seed}, by {split}", number, len(plan))
        stored = runs.result(
            f"table1-{row.neurons}-{row.dropout:g}-{split}-{seed}",
            (row, split, seed, data, _EPOCHS, _BATCH, _LEARNING_RATE),
            partial(_train, row, split, seed, clips, real),
        )
        done.append(Run(row, split, seed, **stored))
    progress("", len(plan), len(plan))
    return tuple(done)


def multiply(clips: Sequence[Example], filmed: set[str], rng: np.random.Generator) -> Copies:
    """Return every clip as filmed and mirrored, each shifted sideways by up to 100 pixels."""
    names = list(CLIPS)
    groups = sorted({clip.group for clip in clips})
    frames, labels, original, group, real = [], [], [], [], []
    for number, clip in enumerate(clips):
        track = clip.track
        for xy in (track.xy, mirrored(track.xy, track.width)):
            moved = shifted(xy, rng.uniform(-_SHIFT_PX, _SHIFT_PX), track.width)
            copy = PoseTrack(track.t, moved, track.conf, track.width, track.height)
            frames.append(frames_of(copy))
            labels.append(names.index(clip.label))
            original.append(number)
            group.append(groups.index(clip.group))
            real.append(clip.group in filmed)
    return Copies(
        np.stack(frames), np.array(labels), np.array(original), np.array(group), np.array(real)
    )


def frames_of(track: PoseTrack) -> Floats:
    """Return 30 frames of a clip (30, 34): x and y as shares of the picture, 0 if not seen."""
    share = resample(track) / np.array([track.width, track.height], np.float32)
    return np.asarray(np.nan_to_num(share).reshape(len(share), -1), np.float32)


def deal(
    copies: Copies, split: Split, rng: np.random.Generator
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return the indices to train on, to validate with and to test with: 320, 40, 40.

    By originals, whole groups are dealt until test and validation have 40 clips or just more.
    """
    if split == "copies":
        order = rng.permutation(len(copies.labels))
        test, validation, training = np.split(order, [_TEST, _TEST + _VALIDATION])
        return training, validation, test
    parts: list[list[int]] = [[], [], []]
    for group in rng.permutation(np.unique(copies.group)):
        members = np.flatnonzero(copies.group == group)
        part = 0 if len(parts[0]) < _TEST else 1 if len(parts[1]) < _VALIDATION else 2
        parts[part] += members.tolist()
    test, validation, training = (np.array(part, np.intp) for part in parts)
    return training, validation, test


def _train(
    row: Row, split: Split, seed: int, clips: Sequence[Example], filmed: set[str]
) -> dict[str, Any]:
    """Train one network and return the fields of ``Run`` that are found out by it."""
    rng = np.random.default_rng(seed)
    copies = multiply(clips, filmed, rng)
    training, validation, test = deal(copies, split, rng)
    torch.manual_seed(seed)
    config = ModelConfig(
        copies.frames.shape[-1], len(CLIPS), row.neurons, row.dropout, row.attention
    )
    network = ExerciseNetwork(config)
    optimiser = torch.optim.Adam(network.parameters(), _LEARNING_RATE)
    curves: dict[str, list[float]] = {
        name: [] for name in ("accuracy", "loss", "validation_accuracy", "validation_loss")
    }
    best = deepcopy(network.state_dict())
    for _ in range(_EPOCHS):
        accuracy, loss = _teach(network, optimiser, copies, rng.permutation(training))
        shares = _logits(network, copies.frames[validation])
        target = torch.from_numpy(copies.labels[validation])
        validation_accuracy = float((shares.argmax(1) == target).float().mean())
        if validation_accuracy > max(curves["validation_accuracy"], default=-1.0):
            best = deepcopy(network.state_dict())
        curves["accuracy"].append(accuracy)
        curves["loss"].append(loss)
        curves["validation_accuracy"].append(validation_accuracy)
        curves["validation_loss"].append(float(_LOSS(shares, target)))
    network.load_state_dict(best)
    return {
        "curves": curves,
        "truth": copies.labels[test].tolist(),
        "taken": _logits(network, copies.frames[test]).argmax(1).tolist(),
        "filmed": copies.filmed[test].tolist(),
    }


def _teach(
    network: ExerciseNetwork,
    optimiser: torch.optim.Optimizer,
    copies: Copies,
    order: npt.NDArray[np.intp],
) -> tuple[float, float]:
    """Teach one epoch; return the accuracy and the mean loss while teaching."""
    network.train()
    right, loss_sum = 0, 0.0
    for start in range(0, len(order), _BATCH):
        batch = order[start : start + _BATCH]
        target = torch.from_numpy(copies.labels[batch])
        logits = network(torch.from_numpy(copies.frames[batch]))
        loss = _LOSS(logits, target)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        right += int((logits.argmax(1) == target).sum())
        loss_sum += float(loss.detach()) * len(batch)
    return right / len(order), loss_sum / len(order)


def _logits(network: ExerciseNetwork, frames: Floats) -> torch.Tensor:
    network.eval()
    with torch.inference_mode():
        logits: torch.Tensor = network(torch.from_numpy(frames))
    return logits


def tabulate(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """Return a line for every row: the paper's per cent, and mean and spread over the seeds.

    For each split: ``mean`` and ``spread`` (standard deviation) of the accuracy in per cent, and
    how many of the real clips among the test clips were right, over all seeds.
    """
    table = []
    for row in ROWS:
        line: dict[str, Any] = {**asdict(row), "name": row.name}
        for split in SPLITS:
            own = [run for run in runs if run.row == row and run.split == split]
            per_cent = 100 * np.array([run.accuracy for run in own])
            real = [
                truth == taken
                for run in own
                for truth, taken, filmed in zip(run.truth, run.taken, run.filmed, strict=True)
                if filmed
            ]
            line[split] = {
                "mean": round(float(per_cent.mean()), 1),
                "spread": round(float(per_cent.std(ddof=1)), 1) if len(own) > 1 else 0.0,
                "real_right": sum(real),
                "real_clips": len(real),
            }
        table.append(line)
    return table
