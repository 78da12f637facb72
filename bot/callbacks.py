"""What buttons carry: at most 64 bytes, which anybody can forge.

A payload names its version, so that a button from before an update is recognised as old. Who
pressed it is checked against what it names when it is handled.
"""

from typing import Final

_VERSION: Final = "1"
_MOST_BYTES: Final = 64

ID: Final = r"(\d{1,18})"
"""An identifier that fits SQLite's integers."""

NAME: Final = r"([a-z0-9_]{1,40})"
"""An identifier of an exercise."""


def payload(action: str, *arguments: object) -> str:
    """Return the payload of a button. Raises ValueError when Telegram would refuse it."""
    data = ":".join((_VERSION, action, *map(str, arguments)))
    if len(data.encode()) > _MOST_BYTES:
        raise ValueError(f"a button cannot carry {data}")
    return data


def pattern(action: str, *arguments: str) -> str:
    """Return the regular expression of exactly the payloads of an action."""
    return "^" + ":".join((_VERSION, action, *arguments)) + r"\Z"
