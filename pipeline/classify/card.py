"""The model card that lies beside the weights, written by the command that trained them."""

from collections import Counter
from dataclasses import asdict
from datetime import date
from pathlib import Path

import numpy as np
import torch

from pipeline.classify.curriculum import Curriculum
from pipeline.classify.dataset import UNKNOWN
from pipeline.classify.evaluate import Evaluation
from pipeline.classify.model import Committee
from pipeline.classify.train import TrainingSettings

_HEAD = """\
# Model card: the exercise network

Written by `{command}` on {day}.

**What it is.** A committee of {members}, each {what},
whose mean counts; softmax over {classes} exercises and `{unknown}`. It reads 30 time steps of 17
keypoints, their visibility, the directions of limbs and the angles at joints. {parameters:,}
parameters. Its probabilities are brought to a temperature of
{temperature:.2f}.

**What it is for.** Naming the exercise in a clip of one lifter, so that the right form checks
follow. It answers from the skeleton alone: it sees neither bar, bench nor cable.

**What it is not for.** Judging form, identifying people. To somebody who lifts nothing it knows it
should answer `{unknown}` or be unsure; how well it does is in `benchmarks/README.md`.
"""

_MEASURED = """
## Measured

Grouped cross-validation, {folds} folds: every clip is judged by a network trained without any clip
of its group (same person or footage); never the fit to its own training clips. Right: {right} of
{clips} clips of known exercises ({low:.1%} to {high:.1%} with 95 % confidence); mean recall over
the classes {mean_recall:.1%}. Expected calibration error {calibration_error:.3f}.
"""

_NOT_MEASURED = """
## Measured

Nothing: these weights were trained without cross-validation.
"""


def write_card(
    path: Path,
    *,
    command: str,
    committee: Committee,
    curriculum: Curriculum,
    temperature: float,
    settings: TrainingSettings,
    provenance: str,
    evaluation: Evaluation | None,
) -> None:
    """Write the card: data with its provenance, seeds, figures, date.

    ``provenance`` is Markdown on where the clips come from; ``evaluation`` the cross-validation of
    the same settings on the same clips, or None when there was none.
    """
    what = (
        f"temporal convolutions of {settings.hidden} channels, dropout {settings.dropout:g}"
        if settings.architecture == "convolution"
        else f"a GRU of {settings.hidden} neurons, dropout {settings.dropout:g}, multi-head "
        f"self-attention {'on' if settings.attention else 'off'} (the paper's Table 1)"
    )
    head = _HEAD.format(
        command=command,
        day=date.today().isoformat(),
        members=settings.members,
        what=what,
        classes=len(curriculum.classes) - 1,
        unknown=UNKNOWN,
        parameters=sum(p.numel() for p in committee.parameters()),
        temperature=temperature,
    )
    parts = [
        head,
        _measured(evaluation) if evaluation else _NOT_MEASURED,
        _data(curriculum, provenance),
        _settings(settings),
    ]
    path.write_text("".join(parts), encoding="utf-8")


def _measured(evaluation: Evaluation) -> str:
    summary = evaluation.summary()
    rows = "".join(
        f"| {s.name} | {s.right} of {s.clips} | {s.groups} |\n"
        for s in evaluation.scores()
        if s.clips
    )
    mistakes = "".join(
        f"- `{m.clip}` taken for {m.taken_for} ({m.probability:.0%}; "
        f"{m.truth} {m.probability_of_truth:.0%})\n"
        for m in evaluation.mistakes()
    )
    return (
        _MEASURED.format(**summary)
        + f"\n| class | right | groups |\n|---|---|---|\n{rows}"
        + f"\nEvery clip that was wrong:\n\n{mistakes or '- none'}"
    )


def _data(curriculum: Curriculum, provenance: str) -> str:
    clips = Counter(e.label for e in curriculum.clips.examples)
    lines = ["\n## Trained on\n\n"]
    lines += [f"- {label}: {clips[label]} clips\n" for label in curriculum.classes if clips[label]]
    strange = sorted(label for label in clips if label not in curriculum.classes)
    if strange:
        lines.append(
            f"- {UNKNOWN}: {sum(clips[label] for label in strange)} clips of exercises with too "
            f"few ({', '.join(strange)})\n"
        )
    others = Counter(e.name.split("/")[0] for kind in curriculum.others for e in kind.examples)
    if others:
        names = ", ".join(f"{name} ({count})" for name, count in sorted(others.items()))
        lines.append(f"- further sources, never judged: {names}\n")
    return "".join(lines) + f"\n{provenance.strip()}\n"


def _settings(settings: TrainingSettings) -> str:
    values = asdict(settings)
    augmentation = values.pop("augmentation")
    rows = [f"| {name} | {value} |\n" for name, value in {**values, **augmentation}.items()]
    return (
        f"\n## How\n\ntorch {torch.__version__}, NumPy {np.__version__}.\n\n"
        f"| setting | value |\n|---|---|\n{''.join(rows)}"
    )
