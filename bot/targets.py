"""Target ranges in words: what people type for one, and how it is told."""

import re
from typing import Final

from pipeline.errors import SettingError
from pipeline.norms import NARROWEST_TARGET_DEG, RANGE_OF_MOTION_DEG
from references.texts import DEFAULT_LANGUAGE, text
from storage.targets import TargetRange

_JOINT: Final = re.compile(rf"(?:(left|right)[ _])?({'|'.join(RANGE_OF_MOTION_DEG)})s?")
_RANGE: Final = re.compile(r"([0-9]{1,3}) ?°? ?(?:-|–|to) ?([0-9]{1,3}) ?°?")


def joint_meant(words: str) -> str:
    """Return the joint that words like ``elbow`` or ``Left elbow`` name, as ``left_elbow``.

    Raises SettingError when they name none.
    """
    match = _JOINT.fullmatch(" ".join(words.lower().split()))
    if match is None:
        raise SettingError("target.joint", known=", ".join(RANGE_OF_MOTION_DEG))
    return "_".join(part for part in match.groups() if part)


def range_meant(joint: str, words: str) -> tuple[float, float]:
    """Return the range that words like ``30-120`` give for a joint.

    Raises SettingError when it is none, or none that a healthy joint could use.
    """
    match = _RANGE.fullmatch(" ".join(words.lower().split()))
    if match is None:
        raise SettingError("target.range")
    low, high = float(match[1]), float(match[2])
    lowest, highest = RANGE_OF_MOTION_DEG[joint.rsplit("_", maxsplit=1)[-1]]
    if not lowest <= low <= high - NARROWEST_TARGET_DEG <= highest - NARROWEST_TARGET_DEG:
        raise SettingError(
            "target.outside",
            joint=joint_words(joint),
            low=round(lowest),
            high=round(highest),
            narrowest=round(NARROWEST_TARGET_DEG),
        )
    return low, high


def joint_words(joint: str) -> str:
    """Return ``left elbow`` for ``left_elbow`` and ``elbow`` for ``elbow``."""
    return " ".join(text(f"body.{part}", DEFAULT_LANGUAGE) for part in joint.split("_"))


def target_words(key: str, target: TargetRange) -> str:
    """Return the words that ``key`` has for a target range."""
    return text(
        key,
        joint=joint_words(target.joint),
        low=round(target.low_deg),
        high=round(target.high_deg),
    )
