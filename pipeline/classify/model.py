"""Step 4, classify: the paper's network, a GRU with multi-head self-attention, in one file.

Every row of the paper's Table 1 is a ``ModelConfig``; the last row, its final architecture, is the
default.
"""

from dataclasses import dataclass

import torch
from torch import nn


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """One row of Table 1, and what the row does not say.

    ``hidden`` GRU neurons, ``dropout`` rate and ``attention`` on or off are the table's columns.
    ``heads`` is how many attention heads share the hidden neurons; ``features`` is the width of one
    time step (``pipeline.classify.features``).
    """

    features: int
    classes: int
    hidden: int = 256
    dropout: float = 0.25
    attention: bool = True
    heads: int = 4


class ExerciseNetwork(nn.Module):
    """Time steps of a pose in, one logit per class out; softmax turns them into probabilities."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
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
