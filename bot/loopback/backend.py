"""What the server of the Bot API keeps: chats, files, and what the bot has not fetched yet."""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from typing import Any, TypeAlias

from bot.loopback.bell import Bell
from bot.loopback.errors import ApiError, bad_request
from bot.loopback.messages import Attachment, Json, Keyboard, Message, User
from bot.loopback.updates import Updates

Content: TypeAlias = tuple[Attachment | None, str]
"""An attachment with its caption, or words alone."""


class Backend:
    """A Telegram of one bot and of whoever writes to it.

    The bot is known by its ``token``, which begins with its id, as Telegram's do.
    """

    def __init__(self, token: str) -> None:
        self.token = token
        bot_id = int(token.partition(":")[0])
        self.bot = User(bot_id, "GymbrAIn", is_bot=True, username="gymbrain_bot")
        self.commands: Sequence[Json] = ()
        self.people: dict[int, User] = {}
        self.updates = Updates()
        self.bell = Bell()
        self._chats: dict[int, dict[int, Message]] = defaultdict(dict)
        self._timelines: dict[int, list[tuple[Message, ...]]] = defaultdict(list)
        self._attachments: dict[str, Attachment] = {}
        self._presses: dict[str, asyncio.Future[str | None]] = {}
        self._failures: dict[str, deque[ApiError]] = defaultdict(deque)
        self._ids = count(1)

    def fail(self, method: str, error: ApiError, *, times: int = 1) -> None:
        """Have the next calls of a method refused."""
        self._failures[method.lower()].extend([error] * times)

    def raise_failure(self, method: str) -> None:
        """Raise the ApiError that ``fail`` has in store for a method, if any."""
        if failures := self._failures[method.lower()]:
            raise failures.popleft()

    def messages(self, chat_id: int) -> tuple[Message, ...]:
        """Return the messages of a chat as they stand now."""
        return tuple(self._chats[chat_id].values())

    def timeline(self, chat_id: int) -> Sequence[tuple[Message, ...]]:
        """Return what happened in a chat: each message, album and later version of a message.

        Deleted messages stay in it.
        """
        return self._timelines[chat_id]

    def message(self, chat_id: int, message_id: int) -> Message | None:
        """Return a message of a chat as it stands now."""
        return self._chats[chat_id].get(message_id)

    def post(
        self,
        chat_id: int,
        sender: User,
        *contents: Content,
        buttons: Keyboard = (),
        reply_to: Message | None = None,
    ) -> tuple[Message, ...]:
        """Put a message into a chat, or several together as an album."""
        album = str(next(self._ids)) if len(contents) > 1 else None
        messages = tuple(
            Message(
                next(self._ids),
                chat_id,
                sender,
                int(time.time()),
                text,
                attachment,
                buttons,
                album,
                reply_to,
            )
            for attachment, text in contents
        )
        for message in messages:
            self._keep(message)
        self._timelines[chat_id].append(messages)
        self.bell.ring()
        return messages

    def edit(self, message: Message, **changes: Any) -> Message:
        """Change a message. Raises ApiError when nothing would be different."""
        edited = replace(message, **changes)
        if edited == message:
            raise bad_request(
                "message is not modified: specified new message content and reply markup are "
                "exactly the same as a current content and reply markup of the message"
            )
        edited = replace(edited, edited_at=int(time.time()))
        self._keep(edited)
        self._timelines[message.chat_id].append((edited,))
        self.bell.ring()
        return edited

    def delete(self, message: Message) -> None:
        """Take a message out of its chat."""
        del self._chats[message.chat_id][message.id]
        self.bell.ring()

    def attachment(self, file_id: str) -> Attachment | None:
        """Return the attachment that one of its files' ids stands for."""
        return self._attachments.get(file_id)

    def press(self, message: Message, data: str, person: User) -> asyncio.Future[str | None]:
        """Tell the bot that a button was pressed; the result is what it answers in a box."""
        query_id = str(next(self._ids))
        answered = self._presses[query_id] = asyncio.get_running_loop().create_future()
        self.updates.add(
            "callback_query",
            {
                "id": query_id,
                "from": person.wire(),
                "message": message.wire(person),
                "chat_instance": str(message.chat_id),
                "data": data,
            },
        )
        return answered

    def answer_press(self, query_id: str, words: str | None) -> None:
        """Stop a button's spinner. Raises ApiError for a press that is over or never was."""
        answered = self._presses.pop(query_id, None)
        if answered is None or answered.done():
            raise bad_request(
                "query is too old and response timeout expired or query ID is invalid"
            )
        answered.set_result(words)

    def _keep(self, message: Message) -> None:
        self._chats[message.chat_id][message.id] = message
        if message.attachment:
            for file in message.attachment.versions:
                self._attachments[file.id] = message.attachment
