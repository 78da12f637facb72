"""Updates: what happened and the bot does not know yet."""

import asyncio
from itertools import count

from bot.loopback.bell import Bell
from bot.loopback.errors import ApiError
from bot.loopback.messages import Json


class Updates:
    """What the bot has not fetched yet, and the one long poll that may wait for more."""

    def __init__(self) -> None:
        self._bell = Bell()
        self._pending: list[Json] = []
        self._allowed: frozenset[str] = frozenset()
        self._ids = count(1)
        self._poll = 0

    def add(self, kind: str, content: Json) -> None:
        """Queue an update of a kind, unless the bot said that it wants others only."""
        if not self._allowed or kind in self._allowed:
            self._pending.append({"update_id": next(self._ids), kind: content})
            self._bell.ring()

    def drop(self) -> None:
        """Forget everything that the bot has not fetched."""
        self._pending = []

    async def fetch(
        self, *, offset: int, limit: int, timeout_s: float, allowed: frozenset[str] | None = None
    ) -> list[Json]:
        """Return up to ``limit`` updates, waiting ``timeout_s`` at most for the first.

        Updates below a positive ``offset`` are confirmed and never returned again; a negative one
        confirms all but the last so many. ``allowed`` kinds, none meaning all, stay in force until
        others are named. Raises ApiError when a later call wants the updates.
        """
        if allowed is not None:
            self._allowed = allowed
        if offset < 0:
            self._pending = self._pending[offset:]
        else:
            self._pending = [u for u in self._pending if u["update_id"] >= offset]
        self._poll += 1
        this = self._poll
        self._bell.ring()
        try:
            async with asyncio.timeout(timeout_s):
                while not self._pending and this == self._poll:
                    await self._bell.wait()
        except TimeoutError:
            return []
        if this != self._poll:
            raise ApiError(
                409,
                "Conflict: terminated by other getUpdates request; "
                "make sure that only one bot instance is running",
            )
        return self._pending[:limit]
