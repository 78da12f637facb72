"""Exercises of which each half is one of ours: the body of one with the arms of another.

Nobody does them. Whoever learns that they are none of ours knows an exercise by all of the body,
and does not take one that it never saw for what it resembles in part.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import Final

from references.motions import Motion, motions
from references.synthetic.unlike import unlike_ours_deg

# Those less unlike one of ours than this may be a way to do it.
_UNLIKE_DEG: Final = 25.0

# Of whoever is carried by the hands, the arms belong to the rest.
_ON_THE_HANDS: Final = frozenset({"hands", "hands_and_toes"})


@cache
def mixtures() -> Mapping[str, Motion]:
    """Return the mixtures of two of our exercises that move and are neither, by name."""
    ours = [motion for motion in motions().values() if motion.support not in _ON_THE_HANDS]
    pairs = (
        _with_the_arms_of(body, arms)
        for body in ours
        for arms in motions().values()
        if arms is not body and arms.support != "hands_and_toes"
    )
    return MappingProxyType(
        {
            motion.exercise: motion
            for motion in pairs
            if not motion.is_held()
            and unlike_ours_deg(motion, motion.values([0.0, 1.0])) > _UNLIKE_DEG
        }
    )


def _with_the_arms_of(body: Motion, arms: Motion) -> Motion:
    own = {key: track for key, track in body.tracks.items() if not _is_of_arms(key)}
    lent = {key: track for key, track in arms.tracks.items() if _is_of_arms(key)}
    return replace(
        body,
        exercise=f"{body.exercise} with the arms of {arms.exercise}",
        tracks=MappingProxyType(own | lent),
        grip=arms.grip,
        arms_relative_to_trunk=arms.arms_relative_to_trunk,
        faults=(),
        set_up=MappingProxyType({}),
        variants=(),
        looks_like=(),
        lifts=None,
    )


def _is_of_arms(key: tuple[str, str]) -> bool:
    part, _ = key
    return "arm" in part
