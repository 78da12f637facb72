"""Is the one who lifts chosen among others, and kept? Made-up company, and real clips.

    python -m benchmarks.lifters [--scenes N] [--seed N] [--rendered N] [--work DIR] [--clips CLIPS]

Made-up sets are joined by one other each (``benchmarks.company``). With ``--rendered``, so many
sets each among other people and before mirrors are filmed by the renderer and watched by the pose
step as it is (``benchmarks.rendered_company``); they are kept in ``--work``. With ``--clips``, also
real clips in which others are seen, whose lifters were marked by hand (``lifter_labels.csv``). The
last line is one JSON object.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any, Final

import numpy as np
import numpy.typing as npt
import typer

from benchmarks.company import COMPANY, Scene, scenes
from benchmarks.real_frames import lifter_boxes
from benchmarks.rendered_company import RENDERED, Company, frames_right, rendered
from pipeline.clip import Clip
from pipeline.filters import FilterSettings
from pipeline.pose.attend import Sightings
from pipeline.pose.follow import Follower, follow
from pipeline.pose.lifting import choose_lifter
from pipeline.pose.loading import load_network
from pipeline.pose.people import Network, People, overlaps
from pipeline.pose.weights import DEFAULT_WEIGHTS
from pipeline.watch import LookSettings, Watch

# A box drawn by hand and the network's box of one person overlap at least this much.
_SAME_PERSON: Final = 0.5


def main(
    number: Annotated[int, typer.Option("--scenes", help="Scenes of each kind of company.")] = 60,
    seed: Annotated[int, typer.Option(help="Seed of the sets.")] = 0,
    films: Annotated[int, typer.Option("--rendered", help="Rendered sets of each kind.")] = 0,
    work: Annotated[Path, typer.Option(help="Where these are kept.")] = Path("company-clips"),
    clips: Annotated[Path | None, typer.Option(help="The folder of real clips.")] = None,
) -> None:
    """Print how often the one chosen is the lifter, by company."""
    figures: dict[str, Any] = {"scenes": number, "seed": seed, "right": {}, "chosen": {}}
    for company in COMPANY:
        kept = np.array([_share_right(scene) for scene in scenes(number, company, seed=seed)])
        figures["right"][company] = float(kept.mean())
        figures["chosen"][company] = float((kept > 0).mean())
        print(
            f"{company:12} {kept.mean():6.1%} of looks, chosen in {(kept > 0).mean():.1%} of sets"
        )
    if films:
        network = load_network(DEFAULT_WEIGHTS)
        figures["rendered"] = {
            kind: _on_rendered(kind, rendered(films, kind, work, seed=seed), network)
            for kind in RENDERED
        }
    if clips:
        right = list(_on_real(clips, load_network(DEFAULT_WEIGHTS)))
        figures["real"] = {"marked": len(right), "right": sum(right)}
        print(f"real clips   {sum(right)} of {len(right)} marked frames")
    print(json.dumps(figures))


def _share_right(scene: Scene) -> float:
    """Return in which share of the looks that show the lifter the chosen one is the lifter."""
    followers = follow(scene.people, scene.t)
    chosen = choose_lifter(followers, scene.people, scene.size[0])
    if chosen is None:
        return 0.0
    rows = _rows(chosen, scene.people, scene.t)
    right = sum(scene.lifter[look] == row for look, row in rows.items())
    return float(right / max(1, (scene.lifter >= 0).sum()))


def _rows(chosen: Follower, people: Sequence[People], t: npt.NDArray[np.float64]) -> dict[int, int]:
    """Return which of the people of each look is taken for the lifter, as the pose step does it."""
    seen = Sightings.of(chosen, people, t).found_again(people, t)
    looks = np.searchsorted(t, seen.t).tolist()
    return {
        look: int(np.abs(people[look].xy - xy).sum(axis=(1, 2)).argmin())
        for look, xy in zip(looks, seen.xy, strict=True)
    }


def _on_rendered(kind: str, sets: Iterable[Company], network: Network) -> dict[str, Any]:
    """Return the share of frames in which the one followed is the lifter, and the worst clips."""
    right = {company.clip.stem: frames_right(company, network) for company in sets}
    share = float(np.concatenate(list(right.values())).mean())
    wrong = {name: round(float(kept.mean()), 3) for name, kept in right.items() if not kept.all()}
    print(f"{kind:12} {share:6.1%} of the frames of {len(right)} rendered sets; less: {wrong}")
    return {"right": share, "sets": len(right), "less": wrong}


def _on_real(clips: Path, network: Network) -> Iterator[bool]:
    """Yield for every box drawn by hand whether the one chosen is in it at the nearest look."""
    for file, boxes in groupby(lifter_boxes(), key=lambda label: label.file):
        with (
            Watch(network, LookSettings(), FilterSettings(), lambda *_: None) as watch,
            Clip(clips / file, shrunk_to=network.image_size) as clip,
        ):
            survey = watch.survey(clip)
        width = survey.spool.size[0]
        chosen = choose_lifter(follow(survey.people, survey.t), survey.people, width)
        rows = _rows(chosen, survey.people, survey.t) if chosen else {}
        for label in boxes:
            look = int(np.abs(survey.t - label.t).argmin())
            drawn = np.array([label.box], np.float32) * np.float32(width / label.width)
            seen = survey.people[look].boxes
            yield look in rows and bool(overlaps(seen[[rows[look]]], drawn)[0, 0] > _SAME_PERSON)


if __name__ == "__main__":
    typer.run(main)
