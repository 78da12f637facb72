"""Split examples so that no person and no footage stands on both sides."""

from collections.abc import Sequence

import numpy as np

from pipeline.classify.dataset import Example, class_of


def split(examples: Sequence[Example], classes: Sequence[str], parts: int) -> list[list[int]]:
    """Return at most ``parts`` lists of indices that share no group; none is empty.

    The largest groups are dealt first, each to the part that has least of its classes, so every
    part tests as many classes as the groups allow.
    """
    groups = _groups(examples)
    label = [class_of(e.label, classes) for e in examples]
    total = np.maximum(np.bincount(label, minlength=len(classes)), 1)
    held = np.zeros((parts, len(classes)))
    dealt: list[list[int]] = [[] for _ in range(parts)]
    for _, members in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        share = np.bincount([label[i] for i in members], minlength=len(classes)) / total
        crowding = (held + share)[:, share > 0].sum(axis=1) + held.sum(axis=1) / len(classes)
        part = int(np.argmin(crowding))
        held[part] += share
        dealt[part] += members
    return [sorted(members) for members in dealt if members]


def _groups(examples: Sequence[Example]) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = {}
    for index, example in enumerate(examples):
        groups.setdefault(example.group, []).append(index)
    return groups
