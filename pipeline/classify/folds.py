"""Split examples so that no person and no footage stands on both sides."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from pipeline.classify.dataset import Example, class_of

# Of a class with fewer groups none is held back: one to learn from would be too few.
_GROUPS_TO_SPARE: Final = 3


def hold_back(examples: Sequence[Example], classes: Sequence[str]) -> list[int]:
    """Return the indices of one group, the smallest, of every class with groups to spare."""
    groups = _groups(examples)
    held: set[str] = set()
    for c in range(len(classes)):
        own = sorted(
            {e.group for e in examples if class_of(e.label, classes) == c},
            key=lambda group: (len(groups[group]), group),
        )
        if len(own) >= _GROUPS_TO_SPARE and held.isdisjoint(own):
            held.add(own[0])
    return sorted(i for group in held for i in groups[group])


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
