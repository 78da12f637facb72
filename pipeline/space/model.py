"""The network: repetitions of a set in; angles, faults and view out, as quantiles."""

from dataclasses import dataclass
from typing import Final

import torch
from torch import nn
from torch.nn import functional

from pipeline.space.features import FEATURES, Indices
from pipeline.space.teller import SIZES, Network, Singles

QUANTILES: Final = (0.1, 0.5, 0.9)


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """The size of the network; ``exercises`` is how many it knows."""

    exercises: int
    features: int = FEATURES
    sizes: int = SIZES
    width: int = 512
    blocks: int = 2


class SpaceNetwork(nn.Module):
    """Each repetition of a set is read by itself and together with the mean of all of them.

    The mean is the same in whatever order the repetitions come and however many they are (Zaheer
    et al., "Deep sets", 2017): what does not change within a set, the view and the lifter's
    proportions, is told from all of them.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.first = nn.Linear(config.features + config.exercises, config.width)
        self.blocks = nn.ModuleList(_Block(config.width) for _ in range(config.blocks))
        self.norm = nn.LayerNorm(config.width)
        self.sizes = nn.Linear(config.width, config.exercises * config.sizes * 3)
        self.view = nn.Linear(config.width, config.exercises * 4)

    def start_from(self, usual: torch.Tensor) -> None:
        """Set out from the usual sizes (E, O) of each exercise, in units of `UNIT_DEG`."""
        with torch.no_grad():
            self.sizes.bias.view(self.config.exercises, self.config.sizes, 3)[..., 1] = usual

    def forward(
        self, seen: torch.Tensor, of: torch.Tensor, exercise: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the sizes (P, O, 3) and the views (S, 4) of P repetitions of S sets.

        ``seen`` (P, F), ``of`` (P,) of which set each repetition is, ``exercise`` (S,). Sizes are
        the `QUANTILES` in units of `UNIT_DEG`: measures stage by stage, then
        faults. A view is a direction (3 numbers, of any length) and the logarithm of how far
        off it is.
        """
        sets = torch.ones_like(exercise).cumsum(0) - 1  # (S,)
        belongs = (of == sets[:, None]).to(seen.dtype)  # (S, P)
        shares = belongs / belongs.sum(dim=1, keepdim=True)

        def mean(states: torch.Tensor) -> torch.Tensor:
            return shares @ states  # (S, W)

        kind = functional.one_hot(exercise, self.config.exercises).to(seen.dtype)  # (S, E)
        states = self.first(torch.cat([seen, kind[of]], dim=1))  # (P, W)
        for block in self.blocks:
            states = block(states, mean(states)[of])
        states = self.norm(states)
        sizes = self.sizes(states).view(-1, self.config.exercises, self.config.sizes, 3)
        sizes = (sizes * kind[of][..., None, None]).sum(dim=1)  # (P, O, 3)
        middle = sizes[..., 1]
        below = middle - functional.softplus(sizes[..., 0])
        above = middle + functional.softplus(sizes[..., 2])
        view = self.view(mean(states)).view(-1, self.config.exercises, 4)
        view = (view * kind[..., None]).sum(dim=1)  # (S, 4)
        return torch.stack([below, middle, above], dim=-1), view


class _Block(nn.Module):
    """A residual step that sees a repetition and the mean over its set."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.own = nn.Linear(width, width)
        self.common = nn.Linear(width, width)
        self.out = nn.Linear(width, width)

    def forward(self, states: torch.Tensor, mean: torch.Tensor) -> torch.Tensor:
        """Return new states (P, W) from ``states`` and ``mean`` (P, W)."""
        mixed = functional.gelu(self.own(self.norm(states)) + self.common(self.norm(mean)))
        result: torch.Tensor = states + self.out(mixed)
        return result


def asked(network: SpaceNetwork) -> Network:
    """Return a network that torch runs, as a teller asks it."""
    device = next(network.parameters()).device

    def answers(seen: Singles, of: Indices, exercise: Indices) -> tuple[Singles, Singles]:
        with torch.inference_mode():
            questions = (torch.from_numpy(values).to(device) for values in (seen, of, exercise))
            sizes, view = network(*questions)
        return sizes.cpu().numpy(), view.cpu().numpy()

    return answers
