"""A Bot API on 127.0.0.1: equipment for developing, testing and demonstrating a bot.

A bot that is given ``http://127.0.0.1:PORT/bot`` as its base address talks to it as to Telegram, by
long polling. Nobody else is there: a ``Lifter`` is a person in a private chat with the bot, moved
by the program around it. Everything is kept in memory and gone with the process.

It knows the methods of private chats that a coach needs, keeps Telegram's limits and answers with
Telegram's errors. What it does not know (formatting, groups, webhooks, ...) it refuses by name, and
a voice note that Telegram would only show as a file is refused too, so that neither goes unseen.
"""

from bot.loopback.backend import Backend
from bot.loopback.errors import ApiError
from bot.loopback.lifter import Lifter
from bot.loopback.messages import Attachment, Button, Message
from bot.loopback.server import serve

__all__ = ["ApiError", "Attachment", "Backend", "Button", "Lifter", "Message", "serve"]
