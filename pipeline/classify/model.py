"""Step 4, classify: the networks, in one file.

``ExerciseNetwork`` is the paper's, a GRU with multi-head self-attention; every row of its Table 1
is a ``ModelConfig``. ``ConvolutionalNetwork`` is what the project ships: as good on lifters it
never saw, and taught several times as fast (``benchmarks/README.md``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import torch
from torch import nn

Architecture = Literal["convolution", "gru"]

_DILATIONS: Final = (1, 1, 2, 4)


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """What a network is made of.

    ``hidden`` neurons, ``dropout`` rate and ``attention`` on or off are the columns of Table 1;
    ``attention`` and ``heads``, among which the hidden neurons are shared, concern the GRU alone.
    ``features`` is the width of one time step (``pipeline.classify.features``).
    """

    features: int
    classes: int
    hidden: int = 256
    dropout: float = 0.25
    attention: bool = True
    heads: int = 4
    architecture: Architecture = "gru"


def build(config: ModelConfig) -> nn.Module:
    """Return an untrained network: time steps (B, T, F) in, logits (B, C) out."""
    if config.architecture == "gru":
        return ExerciseNetwork(config)
    return ConvolutionalNetwork(config)


class ExerciseNetwork(nn.Module):
    """Time steps of a pose in, one logit per class out; softmax turns them into probabilities."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.gru = nn.GRU(config.features, config.hidden, batch_first=True)
        self.attention = (
            SelfAttention(config.hidden, config.heads, config.dropout)
            if config.attention
            else nn.Identity()
        )
        self.dropout = nn.Dropout(config.dropout)
        self.head = nn.Linear(config.hidden, config.classes)

    def forward(self, steps: torch.Tensor) -> torch.Tensor:
        """Return the logits (B, C) of ``steps`` (B, T, F)."""
        states, _ = self.gru(steps)  # (B, T, H)
        states = self.attention(self.dropout(states))  # (B, T, H)
        summary = states.mean(dim=1)  # (B, H)
        logits: torch.Tensor = self.head(self.dropout(summary))  # (B, C)
        return logits


class SelfAttention(nn.Module):
    """Every time step looks at every other (Vaswani et al., "Attention is all you need", 2017).

    Added to its input and normalised, so that a network with it can do no less than one without.
    """

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(width, heads, dropout=dropout, batch_first=True)
        self.norm = nn.LayerNorm(width)

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """Return ``states`` (B, T, H) with what each step found in the others added."""
        found, _ = self.attention(states, states, states, need_weights=False)  # (B, T, H)
        mixed: torch.Tensor = self.norm(states + found)  # (B, T, H)
        return mixed


class ConvolutionalNetwork(nn.Module):
    """Residual convolutions over time that see ever further (Bai et al., "An empirical evaluation
    of generic convolutional and recurrent networks for sequence modeling", 2018).

    After the first, pairs of time steps are averaged. The mean over time says what posture somebody
    is in, the maximum what they ever do.
    """  # noqa: D205

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        width = config.hidden
        self.enter = nn.Sequential(
            nn.Conv1d(config.features, width, 1), nn.BatchNorm1d(width), nn.ReLU()
        )
        self.blocks = nn.ModuleList(
            nn.Sequential(
                nn.Dropout(config.dropout),
                nn.Conv1d(width, width, 3, padding=dilation, dilation=dilation),
                nn.BatchNorm1d(width),
                nn.ReLU(),
            )
            for dilation in _DILATIONS
        )
        self.halve = nn.AvgPool1d(2)
        self.dropout = nn.Dropout(config.dropout)
        self.head = nn.Linear(2 * width, config.classes)

    def forward(self, steps: torch.Tensor) -> torch.Tensor:
        """Return the logits (B, C) of ``steps`` (B, T, F)."""
        states = self.enter(steps.transpose(1, 2))  # (B, H, T)
        for number, block in enumerate(self.blocks):
            states = states + block(states)
            if number == 0:
                states = self.halve(states)  # (B, H, T / 2)
        summary = torch.cat([states.mean(dim=2), states.amax(dim=2)], dim=1)  # (B, 2 H)
        logits: torch.Tensor = self.head(self.dropout(summary))  # (B, C)
        return logits


class Committee(nn.Module):
    """Networks that were taught the same with different seeds; the mean of their answers counts."""

    def __init__(self, members: Sequence[nn.Module]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)

    def forward(self, steps: torch.Tensor) -> torch.Tensor:
        """Return the probabilities (B, C) of ``steps`` (B, T, F)."""
        answers = [member(steps).softmax(dim=1) for member in self.members]
        return torch.stack(answers).mean(dim=0)
