import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from bot.jobs.work import ProgressFile
from bot.jobs.worker import Worker, WorkerDiedError
from pipeline.errors import ClipError, SettingError


def nothing() -> None:
    """Prepare nothing."""


def fail_to_prepare() -> None:
    raise SettingError("pose.weights_missing", path="missing.pt")


def refuse() -> None:
    raise ClipError("clip.too_large", megabytes=20)


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker(nothing)
    yield worker
    worker.stop()


async def test_one_process_serves_many_calls(worker: Worker) -> None:
    pids = {await worker.run(os.getpid, time_limit_s=20) for _ in range(3)}
    assert len(pids) == 1
    assert os.getpid() not in pids


async def test_errors_keep_their_words_on_the_way_back(worker: Worker) -> None:
    with pytest.raises(ClipError, match="larger than 20 MB"):
        await worker.run(refuse, time_limit_s=20)


async def test_a_killed_process_is_said_and_replaced(worker: Worker) -> None:
    pid = await worker.run(os.getpid, time_limit_s=20)
    with pytest.raises(WorkerDiedError):
        await worker.run(partial(os.kill, pid, signal.SIGKILL), time_limit_s=20)
    assert await worker.run(os.getpid, time_limit_s=20) != pid


async def test_what_takes_too_long_is_ended(worker: Worker) -> None:
    pid = await worker.run(os.getpid, time_limit_s=20)
    with pytest.raises(TimeoutError):
        await worker.run(partial(time.sleep, 60), time_limit_s=0.2)
    await asyncio.to_thread(wait_for_end, pid)
    assert await worker.run(os.getpid, time_limit_s=20) != pid


async def test_a_cancelled_call_ends_its_process(worker: Worker) -> None:
    pid = await worker.run(os.getpid, time_limit_s=20)
    call = asyncio.create_task(worker.run(partial(time.sleep, 60), time_limit_s=60))
    await asyncio.sleep(0.1)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await asyncio.to_thread(wait_for_end, pid)


async def test_a_failed_preparation_is_said_every_time() -> None:
    worker = Worker(fail_to_prepare)
    for _ in range(2):
        with pytest.raises(SettingError, match=r"missing\.pt"):
            await worker.run(os.getpid, time_limit_s=20)


def test_a_worker_does_not_outlive_a_killed_bot(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        "import asyncio, os, signal\n"
        "from bot.jobs.worker import Worker\n"
        "async def main():\n"
        "    print(await Worker(int).run(os.getpid, time_limit_s=20), flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "if __name__ == '__main__':\n"
        "    asyncio.run(main())\n"
    )
    path = os.pathsep.join(filter(None, sys.path))
    done = subprocess.run(  # noqa: S603 (our own script)
        [sys.executable, script],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == -signal.SIGKILL
    pid = int(done.stdout)
    wait_for_end(pid)


def wait_for_end(pid: int) -> None:
    deadline = time.monotonic() + 10
    while _alive(pid):
        assert time.monotonic() < deadline, "the worker still runs"
        time.sleep(0.05)


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_progress_crosses_the_border(tmp_path: Path) -> None:
    progress = ProgressFile(tmp_path)
    assert progress.read() is None
    progress.write("pose", 0.25)
    assert ProgressFile(tmp_path).read() == ("pose", 0.25)
