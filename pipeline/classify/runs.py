"""Finished pieces of long work, so that a command which was stopped goes on where it was."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.classify.dataset import Example


@dataclass(frozen=True, slots=True)
class Runs:
    """A folder of JSON files, one for every finished piece of work."""

    folder: Path

    def result(self, name: str, made_from: object, make: Callable[[], Any]) -> Any:
        """Return what ``make`` returns, from disk when it was made before.

        ``made_from`` is whatever decides the result; its ``repr`` must say all of it. The result
        must be JSON: lists, not tuples, and names as keys.
        """
        digest = hashlib.sha256(repr(made_from).encode()).hexdigest()[:16]
        stored = self.folder / f"{name}-{digest}.json"
        if stored.exists():
            return json.loads(stored.read_text(encoding="utf-8"))
        result = make()
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = stored.with_suffix(".part")
        unfinished.write_text(json.dumps(result), encoding="utf-8")
        unfinished.replace(stored)
        return result


def fingerprint(examples: Iterable[Example]) -> str:
    """Return a digest of labelled tracks that changes when anything about them does."""
    digest = hashlib.sha256()
    for example in examples:
        track = example.track
        facts = (example.label, example.group, example.name, track.width, track.height)
        digest.update(repr(facts).encode())
        digest.update(track.t.tobytes())
        digest.update(track.xy.tobytes())
        digest.update(track.conf.tobytes())
    return digest.hexdigest()
