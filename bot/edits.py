"""Editing messages that may already stand as they should."""

from collections.abc import Iterator
from contextlib import contextmanager

from telegram.error import BadRequest


@contextmanager
def may_change_nothing() -> Iterator[None]:
    """Let an edit pass that Telegram refuses because nothing would change, as after a double tap.

    Every other BadRequest is raised.
    """
    try:
        yield
    except BadRequest as error:
        if "not modified" not in error.message.lower():
            raise
