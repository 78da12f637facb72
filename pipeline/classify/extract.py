"""Watching the clips to learn from, each one once."""

import hashlib
from pathlib import Path

from pipeline.classify.dataset import PoseCache
from pipeline.observe import ObserveSettings, observe
from pipeline.pose.closeup import CLOSEUP_FILE
from pipeline.pose.loading import load_network
from pipeline.pose.people import Network
from pipeline.pose.track import PoseTrack
from pipeline.pose.weights import TUNED_SHA256


def pose_cache(folder: Path) -> PoseCache:
    """Return the tracks of clips as the bot sees them, kept in ``folder``.

    The pose network is loaded when the first clip is not there yet.
    """
    settings = ObserveSettings()
    networks: list[Network] = []
    closeup = hashlib.sha256(CLOSEUP_FILE.read_bytes()).hexdigest()

    def watch(clip: Path) -> PoseTrack:
        if not networks:
            networks.append(load_network())
        return observe(clip, networks[0], settings, progress=lambda _step, _done: None).track

    return PoseCache(
        folder, watch, watched_with=f"pose weights {TUNED_SHA256}, close up {closeup}, {settings!r}"
    )
