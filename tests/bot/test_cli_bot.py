import asyncio
import os
import signal
import sys
from pathlib import Path

from tests.bot.telegram_double import TOKEN, TelegramDouble

SECRET_PART = TOKEN.partition(":")[2]


async def start(folder: Path, **environment: str) -> asyncio.subprocess.Process:
    """Start ``gymbrain bot`` in an empty folder."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from bot.cli.main import run; run()",
        "bot",
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )


async def test_the_bot_starts_polls_and_stops_cleanly(
    telegram: TelegramDouble, tmp_path: Path
) -> None:
    process = await start(tmp_path, TELEGRAM_TOKEN=TOKEN, TELEGRAM_API_URL=telegram.url)
    await asyncio.wait_for(telegram.polled.wait(), 60)
    process.send_signal(signal.SIGTERM)
    output, _ = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 0, output.decode()
    assert SECRET_PART not in output.decode()
    assert "Traceback" not in output.decode()
    assert (tmp_path / "data" / "gymbrain.db").exists()


async def test_a_refused_token_is_said_without_a_traceback(
    telegram: TelegramDouble, tmp_path: Path
) -> None:
    telegram.fail("getMe", 401, "Unauthorized")
    process = await start(tmp_path, TELEGRAM_TOKEN=TOKEN, TELEGRAM_API_URL=telegram.url)
    output, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 1
    assert "Telegram does not know this TELEGRAM_TOKEN" in output.decode()
    assert SECRET_PART not in output.decode()
    assert "Traceback" not in output.decode()
