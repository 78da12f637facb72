"""Every word a person reads or hears, one TOML file per language.

Words about a single exercise stand in that exercise's own file, under the same language code.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, Final

DEFAULT_LANGUAGE: Final = "en"


@cache
def _table(language: str) -> Mapping[str, Any]:
    source = resources.files(__package__) / f"{language}.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


def text(key: str, /, language: str = DEFAULT_LANGUAGE, **fields: object) -> str:
    """Return the words that ``key``, a dotted path like ``clip.empty``, has in a language.

    ``fields`` fill the braces of the words. Raises KeyError for a key that the language lacks or
    for a field that was not given.
    """
    entry: Any = _table(language)
    for part in key.split("."):
        entry = entry[part]
    if not isinstance(entry, str):
        raise KeyError(key)
    return entry.format(**fields)
