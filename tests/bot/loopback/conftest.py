from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Literal

import av
import numpy as np
import pytest
from PIL import Image
from telegram import Bot

from bot.loopback import Backend, Lifter, serve
from tests.clips import even, film, quarters

TOKEN = "123456:" + "A" * 35


@pytest.fixture
def backend() -> Backend:
    return Backend(TOKEN)


@pytest.fixture
async def address(backend: Backend) -> AsyncIterator[str]:
    async with serve(backend) as address:
        yield address


@pytest.fixture
def lifter(backend: Backend) -> Lifter:
    return Lifter(backend, 1, "Somebody")


@pytest.fixture
async def bot(address: str) -> AsyncIterator[Bot]:
    base_url, base_file_url = f"{address}/bot", f"{address}/file/bot"
    async with Bot(TOKEN, base_url=base_url, base_file_url=base_file_url) as bot:
        yield bot


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clips") / "set.mp4"
    film(path, quarters(64, 96), even(50))
    return path


def picture(width: int = 600, height: int = 400) -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), "navy").save(out, "PNG")
    return out.getvalue()


def content(path: Path) -> bytes:
    return path.read_bytes()


def sound(
    codec: Literal["libopus", "pcm_s16le"] = "libopus", container: str = "ogg", seconds: int = 2
) -> bytes:
    out = BytesIO()
    with av.open(out, "w", format=container) as target:
        stream = target.add_stream(codec, rate=48_000, layout="mono")
        for start in range(0, seconds * 48_000, 960):
            silence = av.AudioFrame.from_ndarray(
                np.zeros((1, 960), np.int16), format="s16", layout="mono"
            )
            silence.sample_rate, silence.pts = 48_000, start
            target.mux(stream.encode(silence))
        target.mux(stream.encode(None))
    return out.getvalue()
