"""The voice note: what is said is composed apart from how it is spoken."""

from pipeline.voice.compose import compose
from pipeline.voice.speak import speak

__all__ = ["compose", "speak"]
