"""The model card that lies beside the weights, written by the command that trained them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path

import numpy as np
import torch

from pipeline.classify.dataset import UNKNOWN, Example
from pipeline.classify.evaluate import Evaluation
from pipeline.classify.train import Source, Trained, TrainingSettings

_HEAD = """\
# Model card: the exercise network

Written by `{command}` on {day}.

**What it is.** A network of the GymbrAIn paper's Table 1: a GRU of {hidden} neurons, dropout
{dropout:g}, multi-head self-attention {attention}, softmax over {classes} exercises and
`{unknown}`. It reads 30 time steps of 17 keypoints and their visibility. {parameters:,} parameters.

**What it is for.** Naming the exercise in a clip of one lifter, so that the right form checks
follow. It answers from the skeleton alone: it sees neither bar, bench nor cable.

**What it is not for.** Judging form, identifying people, exercises outside the list: what it
answers to those is measured below in the row `{unknown}` and is weak.
"""

_MEASURED = """
## Measured

Grouped cross-validation, {folds} folds: every clip is judged by a network trained without any clip
of its group (same person or footage); never the fit to its own training clips. Right: {right} of
{clips} clips of known exercises; mean recall over the classes {mean_recall:.1%}.
"""

_NOT_MEASURED = """
## Measured

Nothing: these weights were trained without cross-validation.
"""


def write_card(
    path: Path,
    *,
    command: str,
    trained: Trained,
    examples: Sequence[Example],
    made_up: Sequence[Source],
    settings: TrainingSettings,
    provenance: str,
    evaluation: Evaluation | None,
) -> None:
    """Write the card: data with its provenance, seeds, figures, date.

    ``provenance`` is Markdown on where the clips come from; ``evaluation`` the cross-validation of
    the same settings on the same clips, or None when there was none.
    """
    network = trained.recogniser.network
    head = _HEAD.format(
        command=command,
        day=date.today().isoformat(),
        hidden=settings.hidden,
        dropout=settings.dropout,
        attention="on" if settings.attention else "off",
        classes=len(trained.recogniser.classes) - 1,
        unknown=UNKNOWN,
        parameters=sum(p.numel() for p in network.parameters()),
    )
    parts = [
        head,
        _measured(evaluation) if evaluation else _NOT_MEASURED,
        _data(examples, made_up, trained.recogniser.classes, provenance),
        _settings(settings, trained),
    ]
    path.write_text("".join(parts), encoding="utf-8")


def _measured(evaluation: Evaluation) -> str:
    summary = evaluation.summary()
    rows = "".join(
        f"| {s.name} | {s.right} of {s.clips} | {s.groups} |\n" for s in evaluation.scores()
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


def _data(
    examples: Sequence[Example],
    made_up: Sequence[Source],
    classes: Sequence[str],
    provenance: str,
) -> str:
    clips = Counter(e.label for e in examples)
    unknown = sorted(label for label in clips if label not in classes)
    invented = Counter(source.label for source in made_up)
    lines = ["\n## Trained on\n\n"]
    lines += [f"- {label}: {clips[label]} clips\n" for label in classes if clips[label]]
    if unknown:
        lines.append(
            f"- {UNKNOWN}: {sum(clips[label] for label in unknown)} clips of exercises with too "
            f"few ({', '.join(unknown)})\n"
        )
    if invented:
        names = ", ".join(f"{label} ({count})" for label, count in sorted(invented.items()))
        lines.append(f"- further sources, never judged: {names}\n")
    return "".join(lines) + f"\n{provenance.strip()}\n"


def _settings(settings: TrainingSettings, trained: Trained) -> str:
    values = asdict(settings)
    augmentation = values.pop("augmentation")
    rows = [f"| {name} | {value} |\n" for name, value in {**values, **augmentation}.items()]
    return (
        f"\n## How\n\n{trained.epochs} epochs on everything. "
        f"torch {torch.__version__}, NumPy {np.__version__}.\n\n"
        f"| setting | value |\n|---|---|\n{''.join(rows)}"
    )
