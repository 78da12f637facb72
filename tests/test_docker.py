"""No Docker engine runs the tests; what the files name can be checked without one."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCKERFILE = (ROOT / "docker" / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = (ROOT / "docker" / "compose.yaml").read_text(encoding="utf-8")
COPIED = [
    name
    for line in re.findall(r"^COPY (.+)$", DOCKERFILE, re.MULTILINE)
    for name in line.split()[:-1]
]


@pytest.mark.parametrize("name", COPIED)
def test_what_is_copied_exists_and_is_not_ignored(name: str) -> None:
    assert (ROOT / name).exists()
    assert f"!{name}" in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()


def test_every_package_is_copied() -> None:
    packages = {init.parent.name for init in ROOT.glob("*/__init__.py")}
    assert packages - {"tests", "benchmarks"} <= set(COPIED)


def test_the_bot_does_not_run_as_root() -> None:
    assert DOCKERFILE.index("\nUSER lifter") < DOCKERFILE.index("\nENTRYPOINT")


def test_the_root_is_read_only_and_history_is_kept() -> None:
    assert "read_only: true" in COMPOSE
    assert "history:/data" in COMPOSE
    assert "GYMBRAIN_DATABASE=/data/" in DOCKERFILE
