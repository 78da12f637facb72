import logging
import sys

from bot.log import RedactingFormatter
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
