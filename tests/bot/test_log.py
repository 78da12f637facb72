import logging
import sys

import pytest
from telegram.error import BadRequest, NetworkError, TelegramError

from bot.log import RedactingFormatter, shorten_network_errors
from tests.bot.telegram_double import TOKEN


def test_the_token_is_redacted_in_messages_arguments_and_tracebacks() -> None:
    formatter = RedactingFormatter(TOKEN)
    try:
        raise ConnectionError(f"https://api.telegram.org/bot{TOKEN}/getMe")
    except ConnectionError:
        trace = sys.exc_info()
    record = logging.LogRecord("a", logging.INFO, "a", 1, f"{TOKEN} %s", (TOKEN,), trace)
    line = formatter.format(record)
    assert TOKEN.partition(":")[2] not in line
    assert line.count("<token>") >= 3
    assert "ConnectionError" in line


@pytest.mark.parametrize(("kind", "has_traceback"), [(NetworkError, False), (BadRequest, True)])
def test_only_network_errors_lose_their_traceback(
    kind: type[TelegramError], has_traceback: bool
) -> None:
    try:
        raise kind("no route to host")
    except TelegramError:
        trace = sys.exc_info()
    record = logging.LogRecord("a", logging.ERROR, "a", 1, "run %d failed", (5,), trace)
    assert shorten_network_errors(record)
    text = RedactingFormatter(TOKEN).format(record)
    assert ("Traceback" in text) == has_traceback
    assert "run 5 failed" in text
    assert "no route to host" in text
