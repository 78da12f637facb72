"""Fine-tuning by Ultralytics, with a confidence that learns to mean: this keypoint is visible."""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch
from torch.nn import functional

from pipeline.pose.network import import_yolo
from pipeline.pose.tune.lesson import Known
from pipeline.pose.weights import locate_weights
from references.skeleton import MIRROR

# The loss that COCO's similarity gives flattens out for keypoints far off; this share of the plain
# distance keeps pulling those, and keeps sharpening those that are nearly right.
_DISTANCE_SHARE: Final = 0.2


@dataclass(frozen=True, slots=True)
class TuningSettings:
    """How the network is taught.

    ``image_size`` in pixels of the longer side; ``frozen`` first layers keep what they know (edges
    and textures are the same lying down); ``rate`` is the highest learning rate, reached after
    ``warm_up`` epochs and left along a cosine; ``rotation_deg`` turns pictures at random.
    """

    epochs: int = 8
    image_size: int = 384
    batch: int = 32
    rate: float = 6e-5
    warm_up: float = 0.5
    frozen: int = 5
    mosaic: float = 0.25
    scale: float = 0.4
    rotation_deg: float = 15.0
    seed: int = 0
    workers: int = 1
    device: str | None = None


def tune(
    lessons: Path,
    out: Path,
    settings: TuningSettings = TuningSettings(),
    *,
    start: str,
    report: Callable[[int, dict[str, float]], None],
) -> None:
    """Teach the network ``start`` the lessons in a folder, and write its weights to ``out``.

    ``report`` gets the number of each epoch done and its mean losses. An interrupted run goes on
    from its last whole epoch when called again. Raises SettingError for weights that are missing.
    """
    import_yolo()
    from ultralytics.models.yolo.pose import PoseTrainer  # noqa: PLC0415
    from ultralytics.utils.torch_utils import strip_optimizer  # noqa: PLC0415

    # Ultralytics has no types: the base class is Any.
    class Trainer(PoseTrainer):  # type: ignore[misc]
        def final_eval(self) -> None:
            # Without an examination on the lessons themselves, which would say nothing.
            strip_optimizer(self.last)

    run = lessons / "run"
    last = run / "weights" / "last.pt"
    overrides = {
        "model": str(last) if last.exists() else locate_weights(start),
        "resume": last.exists(),
        "data": str(_describe(lessons)),
        "project": str(lessons),
        "name": run.name,
        "exist_ok": True,
        "epochs": settings.epochs,
        "imgsz": settings.image_size,
        "batch": settings.batch,
        # One step a batch: small sets leave too few steps otherwise.
        "nbs": settings.batch,
        "optimizer": "AdamW",
        "lr0": settings.rate,
        "lrf": 0.05,
        "cos_lr": True,
        "warmup_epochs": settings.warm_up,
        # Ultralytics would start biases at 0.1, which wrecks a network that already works.
        "warmup_bias_lr": 0.0,
        "freeze": settings.frozen,
        "mosaic": settings.mosaic,
        "close_mosaic": 1,
        "scale": settings.scale,
        "degrees": settings.rotation_deg,
        "translate": 0.15,
        "seed": settings.seed,
        "workers": settings.workers,
        "device": settings.device or ("0" if torch.cuda.is_available() else "cpu"),
        "amp": False,
        "val": False,
        "plots": False,
        "verbose": False,
    }
    trainer = Trainer(overrides=overrides)
    # Ultralytics loads pictures between the steps on a CPU.
    trainer.args.workers = settings.workers
    trainer.add_callback("on_train_start", _teach_visibility)
    trainer.add_callback("on_train_start", _use_processor)
    trainer.add_callback(
        "on_train_epoch_end",
        lambda t: report(
            t.epoch + 1, {k: float(v) for k, v in t.label_loss_items(t.tloss).items()}
        ),
    )
    trainer.train()
    out.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(last, out)
    _forget_folders(out)


def _forget_folders(weights: Path) -> None:
    """Leave of the folders that Ultralytics writes into the weights their last names alone.

    Where somebody taught a network is nobody else's business.
    """
    # We wrote this file ourselves.
    checkpoint = torch.load(weights, map_location="cpu", weights_only=False)
    model = checkpoint["model"]
    vars(model).pop("pt_path", None)
    for arguments in (checkpoint["train_args"], model.args):
        for name, value in arguments.items():
            if isinstance(value, str) and Path(value).is_absolute():
                arguments[name] = Path(value).name
    torch.save(checkpoint, weights)


def _describe(lessons: Path) -> Path:
    """Write the file that tells Ultralytics what the lessons are."""
    description = {
        "path": str(lessons.resolve()),
        "train": "images",
        "val": "images",
        "names": ["person"],
        "kpt_shape": [17, 3],
        "flip_idx": list(MIRROR),
    }
    path = lessons / "lessons.yaml"
    # JSON is YAML.
    path.write_text(json.dumps(description), encoding="utf-8")
    return path


def _teach_visibility(trainer: Any) -> None:
    """Put a loss in place of the network's own that knows what `Known` says."""
    from ultralytics.utils.loss import v8PoseLoss  # noqa: PLC0415

    # Ultralytics has no types: the base class is Any.
    class VisibilityLoss(v8PoseLoss):  # type: ignore[misc]
        def loss(
            self, preds: dict[str, Any], batch: dict[str, torch.Tensor]
        ) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
            precise = {
                name: value.float() if isinstance(value, torch.Tensor) else value
                for name, value in preds.items()
            }
            losses: tuple[torch.Tensor, dict[str, torch.Tensor]] = super().loss(precise, batch)
            return losses

        def calculate_keypoints_loss(
            self,
            masks: torch.Tensor,
            target_gt_idx: torch.Tensor,
            keypoints: torch.Tensor,
            stride_tensor: torch.Tensor,
            target_bboxes: torch.Tensor,
            pred_kpts: torch.Tensor,
        ) -> tuple[torch.Tensor, torch.Tensor]:
            picked = keypoints[masks.nonzero(as_tuple=True)[0], target_gt_idx[masks]]
            stride = stride_tensor.view(1, -1).expand(masks.shape[0], -1)[masks]
            left, top, right, bottom = target_bboxes[masks].unbind(dim=1)
            area = (right - left) * (bottom - top) / stride**2
            return keypoint_losses(
                pred_kpts[masks],
                picked[..., :2] / stride[:, None, None],
                picked[..., 2],
                area,
                self.keypoint_loss.sigmas,
            )

    trainer.model.criterion = VisibilityLoss(trainer.model)


def _use_processor(trainer: Any) -> None:
    """Let a CPU work on all cores, with 16 bit numbers and the layout that its convolutions like.

    Twice as fast where the CPU multiplies bfloat16 itself; the losses stay in 32 bits.
    """
    if trainer.device.type != "cpu":
        return
    torch.set_num_threads(os.cpu_count() or 1)
    model = trainer.model.to(memory_format=torch.channels_last)
    predict = model._predict_once

    def predict_in_half(image: torch.Tensor, *rest: Any, **named: Any) -> Any:
        with torch.autocast("cpu", torch.bfloat16):
            return predict(image.contiguous(memory_format=torch.channels_last), *rest, **named)

    model._predict_once = predict_in_half


def keypoint_losses(
    predicted: torch.Tensor,
    place: torch.Tensor,
    known: torch.Tensor,
    area: torch.Tensor,
    sigmas: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the losses of place and of visibility, scalars.

    ``predicted`` (N, 17, 3) are x, y and the logit of visibility, ``place`` (N, 17, 2) the truth,
    ``known`` (N, 17) holds `Known` values, ``area`` (N,) that of each person's box, all in the same
    pixels. Place: 1 - OKS (COCO's object keypoint similarity) plus a share of the distance that OKS
    measures, over keypoints whose place is known. Visibility: cross entropy over keypoints of which
    it is known; those outside the picture are not visible.
    """
    placed = (known == Known.HIDDEN) | (known == Known.VISIBLE) | (known == Known.PLACE_ONLY)
    squared = (predicted[..., :2] - place).square().sum(dim=-1)
    scaled = squared / (8 * sigmas.square() * (area[:, None] + 1e-9))
    per_keypoint = 1 - torch.exp(-scaled) + _DISTANCE_SHARE * torch.sqrt(scaled + 1e-6)
    # Every person counts the same, however many of their keypoints are known.
    weight = placed / placed.sum(dim=1, keepdim=True).clamp(min=1)
    place_loss = (per_keypoint * weight).sum(dim=1).mean()

    judged = (known != Known.NOTHING) & (known != Known.PLACE_ONLY)
    entropy = functional.binary_cross_entropy_with_logits(
        predicted[..., 2], (known == Known.VISIBLE).float(), reduction="none"
    )
    return place_loss, (entropy * judged).sum() / judged.sum().clamp(min=1)
