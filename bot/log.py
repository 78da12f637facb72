"""Logging that keeps the token to itself."""

import logging
import sys
from typing import Final

from telegram.error import BadRequest, InvalidToken, NetworkError, RetryAfter

_FORMAT: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"

# At INFO these print every request's address, and the token is part of it.
_TALKATIVE: Final = ("httpx", "httpcore", "telegram", "apscheduler")

# Where they were raised says nothing; a bad request, which counts as a network error, is our bug.
_EXPLAIN_THEMSELVES: Final = (NetworkError, InvalidToken, RetryAfter)


class RedactingFormatter(logging.Formatter):
    """Formats a record, traceback included, without the secret part of a bot token."""

    def __init__(self, token: str) -> None:
        super().__init__(_FORMAT)
        self._secret = token.rpartition(":")[2]

    def format(self, record: logging.LogRecord) -> str:
        """Return the line with the secret replaced wherever it stands."""
        return super().format(record).replace(self._secret, "<token>")


def shorten_network_errors(record: logging.LogRecord) -> bool:
    """Cut the hundred lines of a network error's traceback; as a filter, let every record pass."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, _EXPLAIN_THEMSELVES) and not isinstance(error, BadRequest):
        record.msg, record.args = f"{record.getMessage()} ({error.message})", ()
        record.exc_info = record.exc_text = None
    return True


def configure_logging(token: str, level: int = logging.INFO) -> None:
    """Log to standard error; libraries speak from WARNING up, and nobody names the token."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(shorten_network_errors)
    handler.setFormatter(RedactingFormatter(token))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
