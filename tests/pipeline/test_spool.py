"""Frames that wait."""

import numpy as np
import pytest

from pipeline import spool
from pipeline.clip import Frame, Image
from pipeline.spool import Spool


def shaded(number: int) -> Image:
    """Return a picture (48, 64, 3) that gets brighter to the right, and with its number."""
    row = np.linspace(0, 200, 64) + 10 * number
    return np.asarray(np.tile(row[None, :, None], (48, 1, 3)), np.uint8)


def test_what_there_is_no_room_for_waits_compressed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "_ROOM", 2 * shaded(0).nbytes)
    waiting = Spool()
    for number in range(4):
        waiting.append(Frame(number / 15, shaded(number), 0.5))
    assert len(waiting) == 4
    assert waiting.t == pytest.approx(np.arange(4) / 15)
    assert (waiting.size, waiting.scale) == ((64, 48), 0.5)
    lost = [np.abs(waiting.image(n).astype(int) - shaded(n)).max() for n in range(4)]
    assert lost[:2] == [0, 0]
    assert 0 < max(lost[2:]) <= 4
