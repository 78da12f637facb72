"""The network that looks closely at one body, and how it is taught.

The first seventeen layers of the pose network, which already know bodies, are kept (backbone and
half of the neck); on them comes a head that draws a map of where each keypoint may be. It is told
where keypoints are expected, and begins by believing that: moving a keypoint to its place is
learned from far fewer pictures than finding it (Moon et al., "PoseFix", 2019).
"""

import copy
import hashlib
import os
import pickle
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn import functional

from pipeline.errors import SettingError
from pipeline.onnx_files import as_onnx
from pipeline.pose.closeup import CROP_PX
from pipeline.pose.network import import_yolo
from pipeline.pose.tune.squares import Square, shown
from pipeline.pose.weights import DEFAULT_WEIGHTS, locate_weights

# The map is a quarter as wide as the square; a keypoint is drawn on it with this deviation.
_MAP: Final = CROP_PX // 4
_SIGMA: Final = 1.4
# What is read from the map: the mean of this many cells around its peak, each way.
_AROUND_PEAK: Final = 3
# Expected keypoints are drawn on the map with these deviations, in its cells, and believed so much
# before anything is learned.
_EXPECTED: Final = ((1.5, 2.0), (5.0, 4.0))
# What is read from the map is weighed by how far from where it is expected a keypoint may be: this
# deviation in cells, and a share of any place. Seen from behind, a hand looks like the other one.
_ASTRAY: Final = 12.0
_ANYWHERE: Final = 2.5e-3
# These first layers keep what they know: edges and textures.
_FROZEN: Final = 3
_WARM_UP_STEPS: Final = 100
_SAVED_EVERY: Final = 100
# The layers that are kept learn this much more slowly than the new ones.
_KEPT_RATE: Final = 0.15
# Weights of the losses beside that of the map: distance, in sides of the square, and visibility.
_DISTANCE: Final = 10.0
_VISIBILITY: Final = 0.5
# What is written is the mean over the last some hundred steps (Polyak and Juditsky, 1992).
_MEMORY: Final = 0.998


@dataclass(frozen=True, slots=True)
class TeachingSettings:
    """How long and how fast is taught; half of what is shown is real, whatever there is of each."""

    steps: int = 4000
    batch: int = 48
    rate: float = 1e-3
    decay: float = 0.02
    seed: int = 0


class _ToldConvolution(nn.Module):
    """A convolution over what is seen (N, C, R, R) and over maps of what is expected there.

    The maps are products of their profiles (N, D, R), ``vertical`` and ``horizontal``.
    """

    def __init__(self, seen: int, expected: int, outputs: int) -> None:
        super().__init__()
        self.seen = nn.Conv2d(seen, outputs, 3, padding=1, bias=False)
        # Its weights alone are used.
        self.expected = nn.Conv2d(expected, outputs, 3, bias=False)
        self.finish = nn.Sequential(nn.BatchNorm2d(outputs), nn.SiLU())

    def forward(
        self, x: torch.Tensor, vertical: torch.Tensor, horizontal: torch.Tensor
    ) -> torch.Tensor:
        both = self.seen(x) + _of_products(self.expected.weight, vertical, horizontal)
        found: torch.Tensor = self.finish(both)
        return found


class CloseUpNetwork(nn.Module):
    """Maps of keypoints, (N, 17, 64, 64) logits, and logits (N, 17) of being visible.

    The input is (N, 3, 256, 256) RGB from 0 to 1, and where keypoints are expected, (N, 17, 2) in
    pixels of it; far outside where nothing is expected.
    """

    def __init__(self, kept: nn.Sequential) -> None:
        super().__init__()
        self.kept = kept
        expected = 17 * len(_EXPECTED)
        self.told = _ToldConvolution(64, expected, 96)
        self.coarse = _convolution(96, 96)
        self.down = nn.Conv2d(96, 64, 1)
        self.across = nn.Conv2d(64, 64, 1)
        self.ready = nn.Sequential(nn.BatchNorm2d(64), nn.SiLU())
        self.fine = _ToldConvolution(64, expected, 48)
        self.belief = nn.Conv2d(expected, 17, 1, bias=False)
        self.places = nn.Conv2d(48, 17, 1)
        self.sights = nn.Conv2d(48, 17, 1)
        self.overall = nn.Linear(256, 17)
        with torch.no_grad():
            nn.init.normal_(self.places.weight, std=0.01)
            self.belief.weight.copy_(
                torch.cat([weight * torch.eye(17) for _, weight in _EXPECTED], 1)[..., None, None]
            )

    @classmethod
    def of(cls, weights: str = DEFAULT_WEIGHTS, *, seed: int = 0) -> "CloseUpNetwork":
        """Return a network on the layers of YOLO11n-pose ``weights``, its head untaught."""
        yolo = import_yolo()(locate_weights(weights))
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            return cls(copy.deepcopy(yolo.model.float().model[:17]))

    def forward(self, x: torch.Tensor, expected: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """See the class."""
        places = [_profiles(expected, cells) for cells, _ in _EXPECTED]
        vertical, horizontal = (torch.cat(profiles, 1) for profiles in zip(*places, strict=True))
        layer = self.kept
        quarter = layer[2](layer[1](layer[0](x)))  # (N, 64, 64, 64)
        eighth = layer[4](layer[3](quarter))  # (N, 128, 32, 32)
        sixteenth = layer[6](layer[5](eighth))  # (N, 128, 16, 16)
        whole = layer[10](layer[9](layer[8](layer[7](sixteenth))))  # (N, 256, 8, 8)
        neck = layer[13](torch.cat([layer[11](whole), sixteenth], 1))  # (N, 128, 16, 16)
        neck = layer[16](torch.cat([layer[14](neck), eighth], 1))  # (N, 64, 32, 32)
        coarse = self.coarse(self.told(neck, _halved(vertical), _halved(horizontal)))
        coarse = functional.interpolate(self.down(coarse), scale_factor=2.0)
        fine = self.fine(self.ready(coarse + self.across(quarter)), vertical, horizontal)
        maps = self.places(fine) + _of_products(self.belief.weight, vertical, horizontal)
        # A keypoint is seen or not where it is: what is there is weighed by where it may be.
        there = maps.flatten(2).softmax(dim=-1) * self.sights(fine).flatten(2)
        return maps, there.sum(dim=-1) + self.overall(whole.mean(dim=(2, 3)))


class _Read(nn.Module):
    """Keypoints (N, 17, 2) in pixels of the square and visibilities (N, 17), read from the maps."""

    def __init__(self, network: CloseUpNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: torch.Tensor, expected: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        maps, sights = self.network(x, expected)
        maps = maps + torch.log(_drawn(expected, _ASTRAY) + _ANYWHERE)
        share = maps.flatten(2).softmax(dim=-1)
        peak = share.argmax(dim=-1, keepdim=True)
        cells = torch.arange(_MAP)
        near_x = ((cells - peak % _MAP).abs() <= _AROUND_PEAK).float()  # (N, 17, 64)
        near_y = ((cells - peak // _MAP).abs() <= _AROUND_PEAK).float()
        share = share.unflatten(-1, (_MAP, _MAP)) * near_y[..., None] * near_x[..., None, :]
        share = share / share.sum(dim=(2, 3), keepdim=True)
        middles = _middles()
        x_px = (share.sum(dim=2) * middles).sum(dim=-1)
        y_px = (share.sum(dim=3) * middles).sum(dim=-1)
        return torch.stack([x_px, y_px], dim=-1), sights.sigmoid()


def losses(
    maps: torch.Tensor,
    sights: torch.Tensor,
    xy: torch.Tensor,
    placed: torch.Tensor,
    visible: torch.Tensor,
    judged: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return the losses of maps, of distance in sides of the square, and of visibility, scalars.

    Maps are compared with Gaussians by cross entropy; the distance is that of the map's mean from
    the truth (integral regression, Sun et al., 2018).
    """
    maps, sights = maps.float(), sights.float()
    middles, truth = _middles(), _drawn(xy, _SIGMA).flatten(2)
    truth = truth / truth.sum(dim=-1, keepdim=True).clamp(min=1e-6)
    logs = maps.flatten(2).log_softmax(dim=-1)
    share = logs.exp().view_as(maps)
    mean = torch.stack(
        [(share.sum(dim=2) * middles).sum(dim=-1), (share.sum(dim=3) * middles).sum(dim=-1)], dim=-1
    )
    distance = ((mean - xy).square().sum(dim=-1) + 1).sqrt() / CROP_PX
    weight = placed / placed.sum().clamp(min=1)
    sight = functional.binary_cross_entropy_with_logits(sights, visible, reduction="none")
    return (
        -((truth * logs).sum(dim=-1) * weight).sum(),
        (distance * weight).sum(),
        (sight * judged).sum() / judged.sum().clamp(min=1),
    )


def teach(
    network: CloseUpNetwork,
    squares: list[Square],
    chances: npt.NDArray[np.float64],
    settings: TeachingSettings,
    *,
    checkpoint: Path,
    report: Callable[[int, list[float]], None],
) -> CloseUpNetwork:
    """Return the network taught on squares, each drawn as often as ``chances`` say.

    A run that was interrupted goes on from ``checkpoint``, which is written every hundred steps;
    ``report`` gets the step and its losses then. Raises SettingError when the checkpoint is that of
    another run.
    """
    identity = _identity(network, squares, chances, settings)
    torch.manual_seed(settings.seed)
    network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    for parameter in network.kept[:_FROZEN].parameters():
        parameter.requires_grad_(False)
    kept = [p for p in network.kept.parameters() if p.requires_grad]
    known = {id(p) for p in network.kept.parameters()}
    fresh = [p for p in network.parameters() if id(p) not in known]
    groups: list[dict[str, Any]] = [
        {"params": kept, "lr": _KEPT_RATE * settings.rate},
        {"params": fresh, "lr": settings.rate},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=settings.decay)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: _pace(step, settings.steps)
    )
    mean = copy.deepcopy(network)
    begun = 0
    if checkpoint.exists():
        state = _state(checkpoint)
        if state["identity"] != identity:
            raise SettingError("tune.other_run", path=checkpoint)
        begun = state["step"]
        for part, name in ((network, "network"), (mean, "mean"), (optimizer, "optimizer")):
            part.load_state_dict(state[name])
        schedule.load_state_dict(state["schedule"])
    recent: list[list[float]] = []
    for step, batch in enumerate(_batches(squares, chances, settings, begun), begun + 1):
        network.train()
        network.kept[:_FROZEN].eval()
        picture, expected, *truth = (torch.from_numpy(column) for column in batch)
        picture = picture.permute(0, 3, 1, 2).flip(1).float() / 255
        with torch.autocast("cpu", torch.bfloat16):
            maps, sights = network(picture.contiguous(memory_format=torch.channels_last), expected)
        parts = losses(maps, sights, *truth)
        optimizer.zero_grad()
        (parts[0] + _DISTANCE * parts[1] + _VISIBILITY * parts[2]).backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimizer.step()
        schedule.step()
        _remember(mean, network, min(_MEMORY, (1 + step) / (10 + step)))
        recent.append([float(part.detach()) for part in parts])
        if step % _SAVED_EVERY == 0 or step == settings.steps:
            unfinished = checkpoint.with_suffix(".part")
            torch.save(
                {
                    "identity": identity,
                    "step": step,
                    "network": network.state_dict(),
                    "mean": mean.state_dict(),
                    "optimizer": optimizer.state_dict(),
                    "schedule": schedule.state_dict(),
                },
                unfinished,
            )
            unfinished.replace(checkpoint)
            report(step, np.mean(recent, axis=0).tolist())
            recent.clear()
    return mean.eval()


def load_taught(network: CloseUpNetwork, checkpoint: Path) -> None:
    """Give a network what another had learned when it wrote its checkpoint.

    Raises SettingError for a file that is no such checkpoint.
    """
    network.load_state_dict(_state(checkpoint)["mean"])


def _state(checkpoint: Path) -> dict[str, Any]:
    try:
        state: dict[str, Any] = torch.load(checkpoint, weights_only=True)
        known = state.keys() >= {"identity", "step", "mean"}
    except (OSError, EOFError, AttributeError, RuntimeError, pickle.UnpicklingError) as error:
        raise SettingError("tune.no_checkpoint", path=checkpoint) from error
    if not known:
        raise SettingError("tune.no_checkpoint", path=checkpoint)
    return state


def _identity(
    network: CloseUpNetwork,
    squares: list[Square],
    chances: npt.NDArray[np.float64],
    settings: TeachingSettings,
) -> str:
    """Return what tells runs apart: where they begin, what they learn, and how."""
    digest = hashlib.sha256(repr(settings).encode())
    for tensor in network.state_dict().values():
        digest.update(tensor.numpy().tobytes())
    for square in squares:
        digest.update(square.xy.tobytes())
    digest.update(chances.tobytes())
    return digest.hexdigest()


def exported(network: CloseUpNetwork) -> bytes:
    """Return the content of an ONNX file that reads keypoints and visibilities from a square."""
    inputs = {"square": torch.zeros(1, 3, CROP_PX, CROP_PX), "expected": torch.zeros(1, 17, 2)}
    return bytes(as_onnx(_Read(network), inputs, ["xy", "visible"]).SerializeToString())


def _convolution(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.SiLU()
    )


def _of_products(
    weight: torch.Tensor, vertical: torch.Tensor, horizontal: torch.Tensor
) -> torch.Tensor:
    """Return the convolution (N, O, R, R), zeros around, of the products of profiles (N, C, R).

    ``weight`` is (O, C, K, K). Profiles are filtered a direction at a time, for a third of what it
    costs to filter the maps that are their products.
    """
    outputs, channels, size, _ = weight.shape
    wide = horizontal.shape[-1]
    filters = weight.permute(1, 2, 0, 3).reshape(channels, size * outputs, size)
    filtered = filters @ _shifted(horizontal, size)  # (N, C, K O, R)
    rows = _shifted(vertical, size).flatten(1, 2).transpose(1, 2)  # (N, R, C K)
    product = rows @ filtered.reshape(-1, channels * size, outputs * wide)  # (N, R, O R)
    return product.reshape(-1, product.shape[1], outputs, wide).transpose(1, 2)


def _shifted(profiles: torch.Tensor, size: int) -> torch.Tensor:
    """Return profiles (N, C, R) as (N, C, size, R): each moved by so many cells, zeros beyond."""
    padded = functional.pad(profiles, (size // 2, size // 2))
    length = profiles.shape[-1]
    return torch.stack([padded[..., k : k + length] for k in range(size)], 2)


def _halved(profiles: torch.Tensor) -> torch.Tensor:
    """Return profiles (N, C, R) at half the resolution, (N, C, R / 2)."""
    return (profiles[..., ::2] + profiles[..., 1::2]) / 2


def _drawn(xy: torch.Tensor, cells: float) -> torch.Tensor:
    """Return Gaussians (N, 17, 64, 64) around places (N, 17, 2), of so many cells' deviation."""
    vertical, horizontal = _profiles(xy, cells)
    return vertical[..., None] * horizontal[..., None, :]


def _profiles(xy: torch.Tensor, cells: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the vertical and horizontal profiles, each (N, 17, 64), of Gaussians around places.

    Places are (N, 17, 2); the products are the Gaussians, of so many cells' deviation.
    """
    near = torch.exp(-0.5 * ((_middles() - xy[..., None]) / (cells * CROP_PX / _MAP)) ** 2)
    return near[:, :, 1], near[:, :, 0]


def _middles() -> torch.Tensor:
    """Return where the middles of the map's cells lie in the square, in pixels."""
    return (torch.arange(_MAP) + 0.5) * (CROP_PX / _MAP) - 0.5


def _pace(step: int, steps: int) -> float:
    """Return the share of the highest rate at a step: a short warm-up, then half a cosine."""
    falling = 0.5 * (1 + np.cos(np.pi * min(step / steps, 1)))
    return float(min(1, (step + 1) / _WARM_UP_STEPS) * (0.02 + 0.98 * falling))


def _remember(mean: nn.Module, network: nn.Module, memory: float) -> None:
    with torch.no_grad():
        for old, new in zip(mean.state_dict().values(), network.state_dict().values(), strict=True):
            if old.dtype.is_floating_point:
                old.mul_(memory).add_(new, alpha=1 - memory)
            else:
                old.copy_(new)


def _batches(
    squares: list[Square],
    chances: npt.NDArray[np.float64],
    settings: TeachingSettings,
    begun: int,
) -> Iterator[list[npt.NDArray[Any]]]:
    """Yield what is shown at each step after ``begun``, made a little ahead on all cores."""

    def batch(step: int) -> list[npt.NDArray[Any]]:
        rng = np.random.default_rng([settings.seed, step])
        picked = rng.choice(len(squares), settings.batch, p=chances)
        seen = [shown(squares[index], rng, squares) for index in picked]
        return [np.stack(column) for column in zip(*seen, strict=True)]

    cores = os.cpu_count() or 1
    with ThreadPoolExecutor(cores) as pool:
        soon = range(begun, min(begun + 2 * cores, settings.steps))
        ahead = deque(pool.submit(batch, step) for step in soon)
        for step in range(begun, settings.steps):
            yield ahead.popleft().result()
            if (later := step + 2 * cores) < settings.steps:
                ahead.append(pool.submit(batch, later))
