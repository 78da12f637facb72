"""From a track to the probability of each class, with a trained network."""

import numpy as np
import numpy.typing as npt
import torch

from pipeline.classify.augment import mirrored
from pipeline.classify.features import stack, windows
from pipeline.classify.weights import Recogniser
from pipeline.pose.track import PoseTrack


def probabilities(recogniser: Recogniser, track: PoseTrack) -> npt.NDArray[np.float64]:
    """Return the probability of each class, (C,), adding up to 1.

    A long clip is read in stretches and every stretch also as a mirror shows it; the mean counts,
    so left- and right-handed sets get the same answer. Where nobody was seen, all classes are
    equally probable.
    """
    if not _somebody(track):
        return np.full(len(recogniser.classes), 1 / len(recogniser.classes))
    stretches = filter(_somebody, windows(track))
    views = [view for stretch in stretches for view in (stretch, _in_mirror(stretch))]
    device = next(recogniser.network.parameters()).device
    recogniser.network.eval()
    with torch.inference_mode():
        logits = recogniser.network(torch.from_numpy(stack(views)).to(device))  # (V, C)
        mean = logits.softmax(dim=1).mean(dim=0)
    return np.asarray(mean.cpu().numpy(), np.float64)


def _somebody(track: PoseTrack) -> bool:
    return bool(np.isfinite(track.xy).any())


def _in_mirror(track: PoseTrack) -> PoseTrack:
    xy = mirrored(track.xy, track.width)
    return PoseTrack(track.t, xy, track.conf, track.width, track.height)
