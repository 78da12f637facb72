"""The methods of the Bot API, as far as a coach calls them in private chats."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any, Final

from bot.loopback import media
from bot.loopback.backend import Backend, Content
from bot.loopback.errors import ApiError, bad_request
from bot.loopback.messages import Attachment, Button, File, Json, Keyboard, Message
from bot.loopback.parameters import Parameters, Upload

LARGEST_DOWNLOAD: Final = 20_000_000
"""Bytes that a bot may download of one file (Bot API, getFile)."""

# Bot API, the methods' own pages.
_LONGEST_TEXT: Final = 4096
_LONGEST_CAPTION: Final = 1024
_LONGEST_DATA_BYTES: Final = 64
_LONGEST_ANSWER: Final = 200
_ALBUM: Final = range(2, 11)
_MOST_UPDATES: Final = 100
_LONGEST_POLL_S: Final = 50
_MOST_COMMANDS: Final = 100
_LONGEST_DESCRIPTION: Final = 256
_COMMAND: Final = re.compile(r"[a-z0-9_]{1,32}")
_ACTIONS: Final = frozenset(
    {
        *("typing", "choose_sticker", "find_location"),
        *("upload_photo", "upload_video", "upload_voice", "upload_document", "upload_video_note"),
        *("record_video", "record_voice", "record_video_note"),
    }
)

_FORMATTING: Final = ("parse_mode", "entities", "caption_entities")


class Methods:
    """Does what a bot asks for, by the name of the method; each result is JSON."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        methods: tuple[Callable[[Parameters], Awaitable[Any]], ...] = (
            self.get_me,
            self.get_updates,
            self.delete_webhook,
            self.set_my_commands,
            self.get_my_commands,
            self.send_message,
            self.send_photo,
            self.send_video,
            self.send_document,
            self.send_voice,
            self.send_media_group,
            self.send_chat_action,
            self.edit_message_text,
            self.edit_message_reply_markup,
            self.delete_message,
            self.answer_callback_query,
            self.get_file,
        )
        self._methods = {method.__name__.replace("_", ""): method for method in methods}

    async def call(self, name: str, parameters: Parameters) -> Any:
        """Return the result of a method. Raises ApiError."""
        method = self._methods.get(name.lower())
        if method is None:
            raise ApiError(404, "Not Found")
        self._backend.raise_failure(name)
        return await method(parameters)

    async def get_me(self, _: Parameters) -> Json:
        """Return the bot."""
        groups = {"can_join_groups": False, "can_read_all_group_messages": False}
        return {**self._backend.bot.wire(), **groups, "supports_inline_queries": False}

    async def get_updates(self, parameters: Parameters) -> list[Json]:
        """Return what lifters did."""
        allowed = parameters.json("allowed_updates")
        if allowed is not None and not (
            isinstance(allowed, list) and all(isinstance(kind, str) for kind in allowed)
        ):
            raise bad_request("allowed_updates must be a list of strings")
        return await self._backend.updates.fetch(
            offset=parameters.integer("offset", 0),
            limit=min(max(parameters.integer("limit", _MOST_UPDATES), 1), _MOST_UPDATES),
            timeout_s=min(max(parameters.integer("timeout", 0), 0), _LONGEST_POLL_S),
            allowed=None if allowed is None else frozenset(allowed),
        )

    async def delete_webhook(self, parameters: Parameters) -> bool:
        """Forget pending updates if asked to; there is no webhook to delete."""
        if parameters.flag("drop_pending_updates"):
            self._backend.updates.drop()
        return True

    async def set_my_commands(self, parameters: Parameters) -> bool:
        """Take the menu of commands."""
        parameters.refuse("scope", "language_code")
        commands = parameters.mappings("commands")
        if len(commands) > _MOST_COMMANDS:
            raise bad_request("BOT_COMMANDS_TOO_MUCH")
        for command in commands:
            if not _COMMAND.fullmatch(str(command.get("command"))):
                raise bad_request("BOT_COMMAND_INVALID")
            if not 1 <= len(str(command.get("description", ""))) <= _LONGEST_DESCRIPTION:
                raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        self._backend.commands = commands
        return True

    async def get_my_commands(self, parameters: Parameters) -> list[Json]:
        """Return the menu of commands."""
        parameters.refuse("scope", "language_code")
        return list(self._backend.commands)

    async def send_message(self, parameters: Parameters) -> Json:
        """Send words."""
        words = _words(parameters, "text", _LONGEST_TEXT, "message is too long")
        if not words:
            raise bad_request("message text is empty")
        [message] = self._send(parameters, (None, words))
        return message

    async def send_photo(self, parameters: Parameters) -> Json:
        """Send a picture."""
        return await self._send_file(parameters, "photo")

    async def send_video(self, parameters: Parameters) -> Json:
        """Send a video."""
        return await self._send_file(parameters, "video")

    async def send_document(self, parameters: Parameters) -> Json:
        """Send a file of any kind."""
        return await self._send_file(parameters, "document")

    async def send_voice(self, parameters: Parameters) -> Json:
        """Send a voice note."""
        return await self._send_file(parameters, "voice")

    async def send_media_group(self, parameters: Parameters) -> list[Json]:
        """Send an album of photos and videos, or one of documents."""
        items = parameters.mappings("media")
        if len(items) not in _ALBUM:
            raise bad_request("an album must have 2 to 10 items")
        kinds = {str(item.get("type")) for item in items}
        if not (kinds <= {"photo", "video"} or kinds == {"document"}):
            raise bad_request("items of these types cannot be in one album")
        parameters.refuse("reply_markup")
        contents = [await self._album_item(parameters, item) for item in items]
        return self._send(parameters, *contents)

    async def send_chat_action(self, parameters: Parameters) -> bool:
        """Accept "typing..." and the like; nobody sees it here."""
        self._person(parameters)
        if parameters.string("action") not in _ACTIONS:
            raise bad_request("wrong parameter action in request")
        return True

    async def edit_message_text(self, parameters: Parameters) -> Json:
        """Change the words of a message, and its buttons with them."""
        message = self._own_message(parameters, "edit")
        words = _words(parameters, "text", _LONGEST_TEXT, "message is too long")
        if not words:
            raise bad_request("message text is empty")
        if message.attachment is not None:
            raise bad_request("there is no text in the message to edit")
        return self._edit(message, text=words, buttons=_buttons(parameters))

    async def edit_message_reply_markup(self, parameters: Parameters) -> Json:
        """Change the buttons of a message."""
        message = self._own_message(parameters, "edit")
        return self._edit(message, buttons=_buttons(parameters))

    async def delete_message(self, parameters: Parameters) -> bool:
        """Delete a message, the lifter's too."""
        person = self._person(parameters)
        message = self._backend.message(person, parameters.integer("message_id"))
        if message is None:
            raise bad_request("message to delete not found")
        self._backend.delete(message)
        return True

    async def answer_callback_query(self, parameters: Parameters) -> bool:
        """Stop the spinner of a pressed button."""
        words = _words(parameters, "text", _LONGEST_ANSWER, "MESSAGE_TOO_LONG")
        self._backend.answer_press(parameters.string("callback_query_id"), words or None)
        return True

    async def get_file(self, parameters: Parameters) -> Json:
        """Say where a file can be downloaded."""
        file = self._file(parameters.string("file_id"))
        if len(file.content) > LARGEST_DOWNLOAD:
            raise bad_request("file is too big")
        return {**file.wire(), "file_path": f"{file.id}{file.suffix}"}

    def download(self, path: str) -> bytes:
        """Return the file at a path that ``getFile`` gave. Raises ApiError."""
        try:
            return self._file(path.partition(".")[0]).content
        except ApiError as error:
            raise ApiError(404, "Not Found") from error

    def _file(self, file_id: str) -> File:
        attachment = self._backend.attachment(file_id)
        if attachment is None:
            raise bad_request("invalid file_id")
        return next(file for file in attachment.versions if file.id == file_id)

    async def _send_file(self, parameters: Parameters, kind: str) -> Json:
        caption = _words(parameters, "caption", _LONGEST_CAPTION, "message caption is too long")
        attachment = await self._attachment(kind, parameters.file(kind))
        [message] = self._send(parameters, (attachment, caption))
        return message

    async def _album_item(self, parameters: Parameters, item: Json) -> Content:
        described = Parameters({name: str(value) for name, value in item.items()}, {})
        caption = _words(described, "caption", _LONGEST_CAPTION, "message caption is too long")
        source = parameters.named(described.string("media"))
        return await self._attachment(described.string("type"), source), caption

    async def _attachment(self, kind: str, source: Upload | str) -> Attachment:
        if isinstance(source, Upload):
            return await asyncio.to_thread(_looked_at, kind, source)
        known = self._backend.attachment(source)
        if known is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        if known.kind != kind:
            raise bad_request(f"can't use file of type {known.kind} as {kind}")
        return known

    def _send(self, parameters: Parameters, *contents: Content) -> list[Json]:
        person = self._person(parameters)
        sent = self._backend.post(
            person,
            self._backend.bot,
            *contents,
            buttons=_buttons(parameters),
            reply_to=self._replied_to(person, parameters),
        )
        return [message.wire(self._backend.people[person]) for message in sent]

    def _edit(self, message: Message, **changes: Any) -> Json:
        person = self._backend.people[message.chat_id]
        return self._backend.edit(message, **changes).wire(person)

    def _person(self, parameters: Parameters) -> int:
        """Return whose chat is meant; there is one only with people who opened it."""
        person = parameters.integer("chat_id")
        if person not in self._backend.people:
            raise bad_request("chat not found")
        return person

    def _own_message(self, parameters: Parameters, purpose: str) -> Message:
        person = self._person(parameters)
        message = self._backend.message(person, parameters.integer("message_id"))
        if message is None:
            raise bad_request(f"message to {purpose} not found")
        if message.sender != self._backend.bot:
            raise bad_request(f"message can't be {purpose}ed")
        return message

    def _replied_to(self, person: int, parameters: Parameters) -> Message | None:
        reply = parameters.mapping("reply_parameters") or {}
        message_id = reply.get("message_id")
        if message_id is None:
            return None
        if not isinstance(message_id, int):
            raise bad_request("message_id to reply to is not a whole number")
        message = self._backend.message(person, message_id)
        if message is None and not reply.get("allow_sending_without_reply"):
            raise bad_request("message to be replied not found")
        return message


def _looked_at(kind: str, upload: Upload) -> Attachment:
    match kind:
        case "photo":
            return media.photo(upload.content)
        case "voice":
            return media.voice(upload.content)
        case "video":
            return media.moving("video", upload.content, upload.name)
        case _:
            return media.document(upload.content, upload.name)


def _words(parameters: Parameters, name: str, most: int, complaint: str) -> str:
    parameters.refuse(*_FORMATTING)
    words = parameters.string(name).strip()
    if len(words) > most:
        raise bad_request(complaint)
    return words


def _buttons(parameters: Parameters) -> Keyboard:
    markup = parameters.mapping("reply_markup")
    if markup is None:
        return ()
    rows = markup.get("inline_keyboard")
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request("the Bot API on loopback knows inline keyboards only")
    return tuple(tuple(_button(button) for button in row) for row in rows)


def _button(button: object) -> Button:
    if not isinstance(button, dict):
        raise bad_request("an inline keyboard button must be an object")
    label, data = button.get("text"), button.get("callback_data")
    if not isinstance(label, str) or not label.strip():
        raise bad_request("can't parse inline keyboard button: text must be non-empty")
    if not isinstance(data, str):
        raise bad_request("can't parse inline keyboard button: it has no callback_data")
    if not 1 <= len(data.encode()) <= _LONGEST_DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    return Button(label, data)
