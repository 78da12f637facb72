"""/target JOINT LOW-HIGH: a range to stay within, as a physiotherapist gave it to the lifter."""

import re
from typing import Any, Final

from telegram import Update
from telegram.ext import CommandHandler

from bot.handlers.incoming import PRIVATE, Handlers, message_of
from bot.targets import joint_meant, joint_words, range_meant, target_words
from pipeline.errors import SettingError
from references.texts import text
from storage import StorageThread, targets

_OFF: Final = frozenset({"off", "none", "remove"})
_WORDS: Final = re.compile(r"(\D*?)\s*(\d.*|off|none|remove)", re.IGNORECASE | re.DOTALL)


class Targets:
    """Keeps a lifter's target ranges."""

    def __init__(self, storage: StorageThread) -> None:
        self._storage = storage

    def handlers(self) -> Handlers:
        """Return the handlers of this subject."""
        return [CommandHandler("target", self._target, PRIVATE)]

    async def _target(self, update: Update, context: Any) -> None:
        message, user = message_of(update)
        said = " ".join(context.args)
        try:
            words = await (self._change(user.id, said) if said else self._list(user.id))
        except SettingError as error:
            words = f"{error.say()} {text('target.how')}"
        await message.reply_text(words)

    async def _list(self, user_id: int) -> str:
        ranges = await self._storage.run(targets.of, user_id)
        lines = [target_words("target.line", each) for each in ranges]
        return "\n".join([*(lines or [text("target.none")]), text("target.how")])

    async def _change(self, user_id: int, said: str) -> str:
        match = _WORDS.fullmatch(said)
        joint = joint_meant(match[1] if match else said)
        if match is None:
            raise SettingError("target.range")
        if match[2].lower() in _OFF:
            removed = await self._storage.run(targets.remove, user_id, joint)
            return text("target.removed" if removed else "target.not_set", joint=joint_words(joint))
        low, high = range_meant(joint, match[2])
        await self._storage.run(targets.put, user_id, joint, low, high)
        [kept] = [t for t in await self._storage.run(targets.of, user_id) if t.joint == joint]
        return target_words("target.kept", kept)
