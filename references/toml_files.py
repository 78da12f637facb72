"""Reading a package's TOML files, one thing described in each."""

import tomllib
from collections.abc import Callable, Mapping
from importlib import resources
from typing import Any, TypeVar

T = TypeVar("T")


def read_each(package: str, parse: Callable[[str, Mapping[str, Any]], T]) -> Mapping[str, T]:
    """Return what ``parse`` makes of every file, by the file's name, in alphabetical order.

    ``parse`` is given the name and the table. Raises ValueError, naming the file, when one cannot
    be read or parsed.
    """
    files = sorted(
        (f for f in resources.files(package).iterdir() if f.name.endswith(".toml")),
        key=lambda f: f.name,
    )
    found = {}
    for file in files:
        name = file.name.removesuffix(".toml")
        try:
            found[name] = parse(name, tomllib.loads(file.read_text(encoding="utf-8")))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{file.name}: {error!r}") from error
    return found
