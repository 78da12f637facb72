"""Subcommands that are imported only when they are called."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup


@dataclass(frozen=True, slots=True)
class Subcommand:
    """Where a subcommand is, as ``module:name`` of a function or a Typer app, and its help."""

    place: str
    help: str

    def load(self, name: str) -> Any:
        """Import it and return it as a command of this name."""
        module, _, attribute = self.place.partition(":")
        found = getattr(import_module(module), attribute)
        if isinstance(found, typer.Typer):
            app = found
        else:
            app = typer.Typer(add_completion=False)
            app.command(name)(found)
        command = typer.main.get_command(app)
        command.name = name
        return command


def lazy_group(subcommands: Mapping[str, Subcommand]) -> type[TyperGroup]:
    """Return the class of a group of these subcommands, for ``typer.Typer(cls=...)``.

    What they need takes seconds to import (torch alone two), which a list of subcommands should
    not wait for: it is made from the help given here.
    """

    class LazyGroup(TyperGroup):
        def __init__(self, **attributes: Any) -> None:
            super().__init__(**attributes)
            for name, subcommand in subcommands.items():
                self.add_command(TyperCommand(name, help=subcommand.help))

        def resolve_command(self, ctx: Any, args: list[str]) -> Any:
            name, command, rest = super().resolve_command(ctx, args)
            return name, command and subcommands[args[0]].load(args[0]), rest

    return LazyGroup
