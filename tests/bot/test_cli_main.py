"""The command line as a whole: what it lists, what it imports, how it fails."""

import asyncio
import os
import sys

import pytest
from typer.testing import CliRunner

from bot.cli.main import SUBCOMMANDS, app

HEAVY = ("torch", "cv2", "scipy", "telegram", "matplotlib")


def run(*arguments: str) -> str:
    # Wide enough for help in one line.
    result = CliRunner(env={"COLUMNS": "200"}).invoke(app, arguments, catch_exceptions=False)
    return result.output


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_the_list_tells_of_a_subcommand_what_it_tells_of_itself(name: str) -> None:
    said = SUBCOMMANDS[name].help
    assert said in run("--help")
    assert said in run(name, "--help")


async def test_listing_the_subcommands_imports_none_of_them() -> None:
    program = f"""
import sys
from typer.testing import CliRunner
from bot.cli.main import app
assert CliRunner().invoke(app, ["--help"]).exit_code == 0
print(*(name for name in {HEAVY} if name in sys.modules))
"""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        program,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0
    assert output.split() == []


def test_a_subcommand_that_does_not_exist_is_named_with_one_like_it() -> None:
    result = CliRunner().invoke(app, ["analyse"])
    assert result.exit_code == 2
    assert "analyze" in result.output
