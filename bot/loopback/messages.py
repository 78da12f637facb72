"""Messages and what is in them, and how the Bot API writes them down."""

import re
import secrets
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, TypeAlias

Kind: TypeAlias = Literal["photo", "video", "video_note", "animation", "document", "voice"]
Json: TypeAlias = dict[str, Any]

_COMMAND: Final = re.compile(r"(?<!\S)/[A-Za-z0-9_]{1,32}(?:@\w+)?")


@dataclass(frozen=True, slots=True)
class User:
    """A person or a bot."""

    id: int
    first_name: str
    is_bot: bool = False
    username: str | None = None

    def wire(self) -> Json:
        """Return the Bot API's User."""
        user: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        return {**user, "username": self.username} if self.username else user


@dataclass(frozen=True, slots=True)
class File:
    """A file on the server; ``width`` and ``height`` in pixels, 0 where there is no picture."""

    content: bytes = field(repr=False)
    suffix: str
    width: int = 0
    height: int = 0
    id: str = field(default_factory=lambda: secrets.token_urlsafe(18))

    def wire(self) -> Json:
        """Return what the Bot API says about every kind of file."""
        return {"file_id": self.id, "file_unique_id": self.id[:12], "file_size": len(self.content)}


@dataclass(frozen=True, slots=True)
class Attachment:
    """What a message carries beside words.

    ``versions`` are the sizes of a photo from small to large, and one file of everything else.
    ``seconds`` is how long it plays, 0 for what does not.
    """

    kind: Kind
    versions: tuple[File, ...]
    name: str | None = None
    mime_type: str = "application/octet-stream"
    seconds: float = 0.0

    @property
    def file(self) -> File:
        """Return the file, the largest of a photo."""
        return self.versions[-1]

    def wire(self) -> Json:
        """Return the fields that the Bot API's Message has for it."""
        size = {"width": self.file.width, "height": self.file.height}
        named: Json = {**self.file.wire(), "mime_type": self.mime_type}
        if self.name:
            named["file_name"] = self.name
        playing = {"duration": round(self.seconds)}
        match self.kind:
            case "photo":
                sizes = [{**v.wire(), "width": v.width, "height": v.height} for v in self.versions]
                return {"photo": sizes}
            case "video":
                return {"video": {**named, **size, **playing}}
            case "animation":
                # Telegram repeats it as a document, for bots older than animations.
                return {"animation": {**named, **size, **playing}, "document": named}
            case "video_note":
                return {"video_note": {**self.file.wire(), "length": self.file.width, **playing}}
            case "voice":
                voice = {**self.file.wire(), "mime_type": self.mime_type, **playing}
                return {"voice": voice}
            case "document":
                return {"document": named}


@dataclass(frozen=True, slots=True)
class Button:
    """A button below a message: what stands on it and what the bot gets when it is pressed."""

    label: str
    data: str


Keyboard: TypeAlias = tuple[tuple[Button, ...], ...]
"""The rows of buttons below a message."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it stands now; ``text`` is the caption if there is an attachment.

    Times are seconds since 1970; pictures of one ``album`` share its id.
    """

    id: int
    chat_id: int
    sender: User
    sent_at: int
    text: str = ""
    attachment: Attachment | None = None
    buttons: Keyboard = ()
    album: str | None = None
    reply_to: "Message | None" = None
    edited_at: int | None = None

    def has(self, kind: Kind) -> bool:
        """Tell whether it carries an attachment of a kind."""
        return self.attachment is not None and self.attachment.kind == kind

    def wire(self, person: User) -> Json:
        """Return the Bot API's Message, in the private chat with ``person``."""
        chat = {"id": self.chat_id, "type": "private", "first_name": person.first_name}
        message: Json = {
            "message_id": self.id,
            "date": self.sent_at,
            "chat": chat,
            "from": self.sender.wire(),
        }
        if self.attachment is not None:
            message |= self.attachment.wire()
        if self.text:
            words, entities = (
                ("caption", "caption_entities") if self.attachment else ("text", "entities")
            )
            message[words] = self.text
            if commands := _commands(self.text):
                message[entities] = commands
        if self.buttons:
            rows = [[{"text": b.label, "callback_data": b.data} for b in r] for r in self.buttons]
            message["reply_markup"] = {"inline_keyboard": rows}
        if self.album:
            message["media_group_id"] = self.album
        if self.reply_to:
            # The Bot API goes one step back, never two.
            message["reply_to_message"] = replace(self.reply_to, reply_to=None).wire(person)
        if self.edited_at:
            message["edit_date"] = self.edited_at
        return message


def utf16_length(words: str) -> int:
    """Return the length of ``words`` as Telegram counts it, in UTF-16 code units."""
    return len(words.encode("utf-16-le", errors="surrogatepass")) // 2


def _commands(words: str) -> list[Json]:
    return [
        {
            "type": "bot_command",
            "offset": utf16_length(words[: found.start()]),
            "length": utf16_length(found[0]),
        }
        for found in _COMMAND.finditer(words)
    ]
