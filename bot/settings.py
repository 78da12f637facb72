"""How the bot is run: defaults here, the rest from the environment or a ``.env`` file."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from dotenv import dotenv_values

from pipeline.errors import SettingError
from references.experts.coaches import default_folder

if TYPE_CHECKING:
    # The analysis takes a second to import, and only the worker processes need it.
    from pipeline.analysis import Settings

_TOKEN: Final = re.compile(r"[0-9]{5,}:[A-Za-z0-9_-]{30,}")

_USERS: Final = re.compile(r"\s*[0-9]{1,18}(\s*[,\s]\s*[0-9]{1,18})*\s*", re.ASCII)

_DOTENV: Final = Path(".env")
_DATABASE: Final = Path("data/gymbrain.db")

# Each worker holds a pose network in memory, some hundred megabytes.
_MOST_WORKERS: Final = 64


@dataclass(frozen=True, slots=True)
class BotSettings:
    """Where the bot talks, where it keeps things and how much it does at once.

    ``references`` is the folder with references of coaches and ``coaches`` are the Telegram users
    who may add some. ``base_url`` and ``base_file_url`` are those of the Bot API without the token.
    ``workers`` processes analyse at a time; a lifter may have ``max_unfinished`` jobs, enough for
    one album; one analysis may take ``time_limit_s``. An acknowledgement is edited every
    ``edit_pause_s`` at most. ``analysis`` None stands for the defaults.
    """

    token: str = field(repr=False)
    base_url: str = "https://api.telegram.org/bot"
    base_file_url: str = "https://api.telegram.org/file/bot"
    database: Path = _DATABASE
    references: Path = field(default_factory=default_folder)
    coaches: frozenset[int] = frozenset()
    workers: int = 1
    max_unfinished: int = 10
    time_limit_s: float = 600.0
    edit_pause_s: float = 2.0
    analysis: "Settings | None" = None

    @property
    def scratch(self) -> Path:
        """Return the folder for files under way, emptied at every start."""
        return self.database.parent / "scratch"

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str] = os.environ, dotenv: Path = _DOTENV
    ) -> "BotSettings":
        """Read ``TELEGRAM_TOKEN`` and, where given, what differs from the defaults.

        That is ``TELEGRAM_API_URL`` (a Bot API server of one's own), ``GYMBRAIN_DATABASE`` (a
        file), ``GYMBRAIN_REFERENCES`` (a folder), ``GYMBRAIN_COACHES`` (Telegram users by number,
        with commas between them) and ``GYMBRAIN_WORKERS``. The environment wins over the file
        ``dotenv``. Raises SettingError when the token is missing or a value is malformed; no
        message repeats the token.
        """
        values = {**dotenv_values(dotenv), **environment}
        token = (values.get("TELEGRAM_TOKEN") or "").strip()
        if not token:
            raise SettingError("settings.token_missing")
        if not _TOKEN.fullmatch(token):
            raise SettingError("settings.token_malformed")
        given: dict[str, Any] = {}
        if url := values.get("TELEGRAM_API_URL"):
            given["base_url"] = f"{_web_address(url)}/bot"
            given["base_file_url"] = f"{_web_address(url)}/file/bot"
        if database := values.get("GYMBRAIN_DATABASE"):
            given["database"] = Path(database)
        if references := values.get("GYMBRAIN_REFERENCES"):
            given["references"] = Path(references)
        if coaches := values.get("GYMBRAIN_COACHES"):
            given["coaches"] = _users(coaches)
        if workers := values.get("GYMBRAIN_WORKERS"):
            given["workers"] = _count(workers)
        return cls(token, **given)


def database_file() -> Path:
    """Return the database that the bot keeps when only ``.env`` is asked, not the environment."""
    return Path(dotenv_values(_DOTENV).get("GYMBRAIN_DATABASE") or _DATABASE)


def references_folder() -> Path:
    """Return the folder of references when only ``.env`` is asked, not the environment."""
    return Path(dotenv_values(_DOTENV).get("GYMBRAIN_REFERENCES") or default_folder())


def _web_address(words: str) -> str:
    parts = urlsplit(words)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise SettingError("settings.url_malformed", url=words)
    return words.rstrip("/")


def _users(words: str) -> frozenset[int]:
    if not _USERS.fullmatch(words):
        raise SettingError("settings.coaches_malformed", coaches=words)
    return frozenset(int(user) for user in words.replace(",", " ").split())


def _count(words: str) -> int:
    if not words.isdecimal() or not 1 <= int(words) <= _MOST_WORKERS:
        raise SettingError("settings.workers_malformed", workers=words, most=_MOST_WORKERS)
    return int(words)
