"""The other side of the chat: a person with a phone, moved by a program."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Literal, TypeAlias

from bot.loopback import media
from bot.loopback.backend import Backend
from bot.loopback.messages import Attachment, Message, User

ClipKind: TypeAlias = Literal["video", "document", "video_note", "animation"]


class Lifter:
    """Somebody who has opened a private chat with the bot of a ``backend``."""

    def __init__(self, backend: Backend, user_id: int, first_name: str) -> None:
        self._backend = backend
        self.user = User(user_id, first_name)
        backend.people[user_id] = self.user

    @property
    def messages(self) -> tuple[Message, ...]:
        """Return the chat as it stands now, both sides of it."""
        return self._backend.messages(self.user.id)

    async def send_text(self, words: str) -> Message:
        """Send words, or a command if they begin with a slash."""
        return self._send(None, words)

    async def send_clip(self, path: Path, *, as_: ClipKind = "video", caption: str = "") -> Message:
        """Send a clip in one of the ways in which Telegram's apps do; a file keeps its name."""
        content = await asyncio.to_thread(path.read_bytes)
        if as_ == "document":
            return self._send(media.document(content, path.name), caption)
        return self._send(await asyncio.to_thread(media.moving, as_, content, path.name), caption)

    async def send_photo(self, path: Path, *, as_file: bool = False, caption: str = "") -> Message:
        """Send a photo, which Telegram shrinks, or as a file, which it leaves alone.

        Raises ApiError for a photo that is none.
        """
        content = await asyncio.to_thread(path.read_bytes)
        if as_file:
            return self._send(media.document(content, path.name), caption)
        return self._send(await asyncio.to_thread(media.photo, content), caption)

    async def press(self, message: Message, label: str, *, timeout_s: float = 30.0) -> str | None:
        """Press a button and return what the bot says in a box, None if it says nothing.

        Raises KeyError when no such button is below the message as it stands now, and TimeoutError
        when the bot leaves the button spinning.
        """
        shown = self._backend.message(self.user.id, message.id)
        buttons = [button for row in shown.buttons for button in row] if shown else []
        data = {button.label: button.data for button in buttons}[label]
        async with asyncio.timeout(timeout_s):
            return await self._backend.press(message, data, self.user)

    async def wait_for(
        self,
        predicate: Callable[[Message], bool],
        *,
        timeout_s: float,
        after: Message | None = None,
    ) -> Message:
        """Return the first of the bot's messages, below ``after`` if given, that is as wanted.

        Messages count as they stand now, so an edited one may become what is waited for. Raises
        TimeoutError.
        """
        above = after.id if after else 0
        async with asyncio.timeout(timeout_s):
            while True:
                for message in self.messages:
                    theirs = message.sender == self._backend.bot and message.id > above
                    if theirs and predicate(message):
                        return message
                await self._backend.bell.wait()

    async def timeline(self) -> AsyncIterator[tuple[Message, ...]]:
        """Yield what happens in the chat from its beginning on, without an end.

        That is every message of both sides, every album as a whole, and every later version of a
        message that is edited.
        """
        seen = 0
        while True:
            happened = self._backend.timeline(self.user.id)
            while seen < len(happened):
                seen += 1
                yield happened[seen - 1]
            await self._backend.bell.wait()

    def _send(self, attachment: Attachment | None, words: str) -> Message:
        [message] = self._backend.post(self.user.id, self.user, (attachment, words))
        self._backend.updates.add("message", message.wire(self.user))
        return message
