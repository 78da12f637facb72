"""How far off angles in space are, on synthetic keypoints with the pose network's errors.

    python -m benchmarks.angles [--sets N] [--seed N] [--weights FILE]

Bodies that no lesson shows, any side, phones from the floor to the height of a head, half of the
sets with a fault; joints that the pose network takes for visible, at the start and the turn of each
repetition, and in rows of their own halfway between them. Beside it what the drawn angles of the
same keypoints give. What rendered clips give is measured by ``benchmarks.form``. The last line is
one JSON object.
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Annotated, Final

import numpy as np
import numpy.typing as npt
import typer
from rich.console import Console
from rich.table import Table

from pipeline.faults import beyond_limit, is_shown
from pipeline.space.examine import Examined, examine
from pipeline.space.teller import MEASURED, Teller
from pipeline.space.weights import SHIPPED, load
from references.exercises import PHASES, STAGES, WAYS, Stage
from references.motions import motions
from references.skeleton import JOINT_KINDS, JOINTS, kind_of

Floats = npt.NDArray[np.float64]

# A fault is large when it goes so far beyond its limit.
_LARGE_DEG: Final = 15.0
_ALL: Final = "all"


def main(
    sets: Annotated[int, typer.Option(help="Synthetic sets to examine.")] = 1000,
    seed: Annotated[int, typer.Option(help="Not one that was trained with.")] = 777_777,
    weights: Annotated[Path, typer.Option(help="The network.")] = SHIPPED,
) -> None:
    """Measure."""
    teller = load(weights)
    start = perf_counter()
    examined = list(examine(teller, sets, seed, held_out=True))
    seconds = perf_counter() - start
    plain = [one for one in examined if not one.calibrated]
    console = Console(width=130)
    by_exercise = _table("Exercise and joint, camera not calibrated")
    for exercise in teller.exercises():
        own = [one for one in plain if one.clip.exercise == exercise]
        for kind in JOINT_KINDS:
            _add(by_exercise, f"{exercise} {kind}", own, [kind_of(j) == kind for j in JOINTS])
    _add(by_exercise, _ALL, plain)
    for way in WAYS:
        _add(by_exercise, f"{_ALL}, halfway {way}", plain, stages=[way])
    console.print(by_exercise)
    console.print(_grouped("View, camera not calibrated", plain, _sector))
    console.print(_grouped("Height, camera not calibrated", plain, _height))
    console.print(_grouped("Lens", examined, _lens))
    console.print(_views(plain))
    faults, recall, wrong = _faults(teller, plain)
    console.print(faults)
    console.print(f"{len(plain)} sets in {seconds:.0f} s")

    off = _seen(plain, Examined.joint_errors)
    print(
        json.dumps(
            {
                "angle_error_mean_deg": round(float(off.mean()), 2),
                "angle_error_median_deg": round(float(np.median(off)), 2),
                "angle_error_p90_deg": round(float(np.percentile(off, 90)), 2),
                "interval_coverage": round(float(_seen(plain, Examined.covered).mean()), 3),
                "fault_recall": round(recall, 3),
                "false_correction_rate": round(wrong, 3),
                "sets": len(plain),
                "seed": seed,
            }
        )
    )


def _seen(
    examined: Sequence[Examined],
    what: Callable[[Examined], npt.NDArray[np.generic]],
    joints: Sequence[bool] | None = None,
    stages: Sequence[Stage] = PHASES,
) -> Floats:
    """Return the values of visible joints, (N,)."""
    chosen = np.array(joints) if joints else np.ones(len(JOINTS), np.bool_)
    at = np.isin(STAGES, stages)[:, None]
    values = [what(one)[one.visible & chosen & at] for one in examined]
    return np.concatenate(values).astype(np.float64)


def _table(title: str) -> Table:
    return Table(
        "", "angles", "mean", "median", "p90", "in the interval", "drawn: median", "p90",
        title=title,
    )  # fmt: skip


def _add(
    table: Table,
    name: str,
    examined: Sequence[Examined],
    joints: Sequence[bool] | None = None,
    stages: Sequence[Stage] = PHASES,
) -> None:
    off = _seen(examined, Examined.joint_errors, joints, stages)
    if not len(off):
        return
    drawn = _seen(examined, Examined.drawn_errors, joints, stages)
    table.add_row(
        name,
        str(len(off)),
        f"{off.mean():.1f}",
        f"{np.median(off):.1f}",
        f"{np.percentile(off, 90):.1f}",
        f"{_seen(examined, Examined.covered, joints, stages).mean():.0%}",
        f"{np.nanmedian(drawn):.1f}",
        f"{np.nanpercentile(drawn, 90):.1f}",
    )


def _grouped(title: str, examined: Sequence[Examined], group: Callable[[Examined], str]) -> Table:
    table = _table(title)
    for name in sorted({group(one) for one in examined}):
        _add(table, name, [one for one in examined if group(one) == name])
    return table


def _sector(one: Examined) -> str:
    sector = round(one.clip.viewpoint.azimuth_deg / 45) * 45 % 360
    return f"{sector:3d}°"


def _height(one: Examined) -> str:
    view = one.clip.viewpoint
    height = view.eye()[2]
    low, middle = 0.4, 1.1
    return "floor" if height < low else "bench" if height < middle else "hand"


def _lens(one: Examined) -> str:
    lens = one.clip.lens
    view = 2 * np.degrees(np.arctan(max(lens.width, lens.height) / 2 / lens.fx))
    kind = "narrow, to 55°" if view < 55 else "main, to 75°" if view < 75 else "wide, to 95°"
    return f"{kind}, {'calibrated' if one.calibrated else 'not calibrated'}"


def _views(examined: Sequence[Examined]) -> Table:
    table = Table("", "median", "p90", "within the spread", title="Where the camera stands")
    for exercise in sorted({one.clip.exercise for one in examined}):
        own = [one for one in examined if one.clip.exercise == exercise]
        off = np.array([one.view_off_deg for one in own])
        spread = np.array([one.told.off_deg[0] for one in own])
        table.add_row(
            exercise,
            f"{np.median(off):.1f}",
            f"{np.percentile(off, 90):.1f}",
            f"{(off <= spread).mean():.0%}",
        )
    return table


def _faults(teller: Teller, examined: Sequence[Examined]) -> tuple[Table, float, float]:
    """Return a table, the share of large faults found, and that of good sets with any.

    A fault is found as a report finds it, but for joints that were hidden; that no keypoint shows
    it, the wrists' own, does not count.
    """
    table = Table("fault", "large", "found", "sets without any", "taken for one", title="Faults")
    found: list[bool] = []
    blamed = {id(one): False for one in examined if not one.clip.faults_deg}
    for exercise, names in teller.faults.items():
        own = [one for one in examined if one.clip.exercise == exercise]
        for column, name in enumerate(names, MEASURED):
            fault = motions()[exercise].fault(name)
            chance_deg = teller.by_chance(exercise)[name]
            told = {
                id(o): bool(
                    beyond_limit(o.told.interval(column), fault.limit_deg, chance_deg).any()
                )
                for o in own
            }
            large = [
                told[id(one)]
                for one in own
                if np.median(one.true[:, column]) >= fault.limit_deg + _LARGE_DEG
            ]
            good = [told[id(one)] for one in own if id(one) in blamed]
            shown = is_shown(fault)
            table.add_row(
                f"{exercise} {name}" + ("" if shown else " (no keypoint shows it)"),
                *map(str, (len(large), sum(large), len(good), sum(good))),
            )
            if shown:
                found += large
                for one in own:
                    if id(one) in blamed:
                        blamed[id(one)] |= told[id(one)]
    return table, float(np.mean(found)), float(np.mean(list(blamed.values())))


if __name__ == "__main__":
    typer.run(main)
