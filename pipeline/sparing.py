"""Which frames of a clip the decoder may leave out because their neighbours are near enough."""

from bisect import bisect


class Sparing:
    """Decides about one frame after the other, in the order in which they are decoded.

    A frame that no other refers to is decoded after its neighbours on both sides, and is not needed
    where these lie no further apart than ``gap`` ticks of the stream: 0 spares none. ``spared`` is
    how many were left out between neighbours that did come out of the decoder.
    """

    def __init__(self) -> None:
        self.gap = 0
        self.spared = 0
        self._needed: list[int] = []
        self._left_out: set[int] = set()
        self._came_last: int | None = None

    def may_spare(self, timestamp: int | None) -> bool:
        """Return whether the next frame is not needed, should no other frame refer to it."""
        if timestamp is None:
            return False
        place = bisect(self._needed, timestamp)
        neighbours = self._needed[max(place - 1, 0) : place + 1]
        if 0 < place < len(self._needed) and neighbours[1] - neighbours[0] <= self.gap:
            self._left_out.add(timestamp)
            return True
        self._needed.insert(place, timestamp)
        return False

    def came(self, timestamp: int | None) -> None:
        """Take note of a frame that came out of the decoder; they come in the order shown."""
        if timestamp is None:
            return
        before = {t for t in self._left_out if t <= timestamp}
        self._left_out -= before
        if self._came_last is not None and timestamp - self._came_last <= self.gap:
            self.spared += len(before - {timestamp})
        self._came_last = timestamp
