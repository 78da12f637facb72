"""Teaching what tells hidden keypoints, from pictures of which they are known."""

from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn import functional

from pipeline.pose.visibility import VisibilityModel, described
from references.skeleton import MIRROR

Floats = npt.NDArray[np.floating]
Bools = npt.NDArray[np.bool_]

# Settings were chosen by eye on pictures of other seeds; half or twice of any changes little.
_WIDTH: Final = 128
_EPOCHS: Final = 60
_BATCH: Final = 128
_RATE: Final = 3e-3
_DECAY: Final = 0.02
_DROPOUT: Final = 0.1
# Noise on what is read, so that no single picture is learned by heart: places and odds, and turns
# of the whole body in radians.
_PLACE_NOISE: Final = 0.02
_ODDS_NOISE: Final = 0.15
_TURNS: Final = 0.15


def teach_visibility(
    xy: Floats, conf: Floats, visible: Bools, hidden: Bools, *, seed: int = 0
) -> VisibilityModel:
    """Return a model that tells hidden keypoints.

    ``xy`` (N, 17, 2) and ``conf`` (N, 17) are what the pose network said, ``visible`` and
    ``hidden`` (N, 17) the truth; keypoints that are neither, out of the picture, do not count.
    """
    turned = xy * np.array([-1.0, 1.0])
    mirror = list(MIRROR)
    read = torch.from_numpy(
        np.concatenate([described(xy, conf), described(turned[:, mirror], conf[:, mirror])])
    )
    told = torch.from_numpy(np.concatenate([hidden, hidden[:, mirror]])).float()
    judged = visible | hidden
    counts = torch.from_numpy(np.concatenate([judged, judged[:, mirror]])).float()
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = _learned(read, told, counts)
    layers = [layer for layer in network if isinstance(layer, nn.Linear)]
    return VisibilityModel(
        tuple((layer.weight.detach().numpy().T, layer.bias.detach().numpy()) for layer in layers)
    )


def _learned(read: torch.Tensor, told: torch.Tensor, counts: torch.Tensor) -> nn.Sequential:
    network = nn.Sequential(
        nn.Linear(read.shape[1], _WIDTH),
        nn.ReLU(),
        nn.Dropout(_DROPOUT),
        nn.Linear(_WIDTH, _WIDTH),
        nn.ReLU(),
        nn.Dropout(_DROPOUT),
        nn.Linear(_WIDTH, told.shape[1]),
    )
    optimizer = torch.optim.AdamW(network.parameters(), _RATE, weight_decay=_DECAY)
    steps = _EPOCHS * -(-len(read) // _BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, _RATE, total_steps=steps)
    for _ in range(_EPOCHS):
        for chosen in torch.split(torch.randperm(len(read)), _BATCH):
            losses = functional.binary_cross_entropy_with_logits(
                network(_noisy(read[chosen])), told[chosen], reduction="none"
            )
            loss = (losses * counts[chosen]).sum() / counts[chosen].sum()
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
    return network


def _noisy(read: torch.Tensor) -> torch.Tensor:
    """Return what is read (N, 51), turned a little in the picture and with noise on it."""
    places, odds = read[:, :34].view(-1, 17, 2), read[:, 34:]
    angle = _TURNS * torch.randn(len(read))
    cos, sin = torch.cos(angle), torch.sin(angle)
    rotation = torch.stack([cos, -sin, sin, cos], dim=1).view(-1, 2, 2)
    # Keypoints that are not known stay in the middle.
    known = (places != 0).any(dim=2, keepdim=True)
    places = (places @ rotation + _PLACE_NOISE * torch.randn_like(places)) * known
    return torch.cat([places.flatten(1), odds + _ODDS_NOISE * torch.randn_like(odds)], dim=1)
