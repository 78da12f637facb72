"""``gymbrain references``: make the expert movements, pictures and clips that come with us."""

from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer
from rich.console import Console
from rich.progress import track

from bot.cli.coaching import add, remove, show
from references.exercises import exercises
from references.motions import motions
from references.synthetic import demo
from references.synthetic.body import BODIES
from references.synthetic.contact_sheet import fault_sheet, motion_sheet
from references.synthetic.experts import write_expert, write_pictures
from references.synthetic.film import Shot, film, write_take
from references.synthetic.performance import Performance
from references.synthetic.takes import chance_take

app = typer.Typer(
    name="references",
    help="Make the expert movements, pictures and clips of the synthetic lifter.",
    no_args_is_help=True,
)
app.command("add")(add)
app.command("list")(show)
app.command("remove")(remove)


@app.command()
def experts(
    out: Annotated[Path, typer.Option(help="The folder to write into.", file_okay=False)] = Path(
        "references/experts"
    ),
) -> None:
    """Write the expert movement of every exercise as 3D keypoints."""
    console = Console()
    out.mkdir(parents=True, exist_ok=True)
    for motion in track(motions().values(), "experts", console=console, transient=True):
        console.print(str(write_expert(motion, out)))


@app.command()
def pictures(
    out: Annotated[Path, typer.Option(help="The folder to write into.", file_okay=False)] = Path(
        "references/experts/pictures"
    ),
) -> None:
    """Render the pictures of every expert at start and turn from all around."""
    console = Console()
    for exercise in track(exercises(), "pictures", console=console, transient=True):
        files = list(write_pictures(motions()[exercise], out))
        console.print(f"{len(files)} in {files[0].parent}")


@app.command()
def demo_clip(
    out: Annotated[Path, typer.Option(help="The folder to write into.", file_okay=False)] = Path(
        "references/clips"
    ),
) -> None:
    """Film the bundled demonstration clip, with the truth beside it."""
    console = Console()
    out.mkdir(parents=True, exist_ok=True)
    clip = out / f"{demo.EXERCISE}.mp4"
    _film(demo.demo_performance(), demo.demo_shot(), demo.SEED, demo.FPS, clip, console)


@app.command()
def render(
    exercise: Annotated[str, typer.Argument(help="What is lifted, like bench_press.")],
    out: Annotated[Path, typer.Argument(help="The clip to write; the truth goes beside it.")],
    seed: Annotated[int, typer.Option(help="Chance: lifter, habits, room, phone.")] = 0,
    azimuth: Annotated[
        float | None, typer.Option(help="0 films from the front, 90 from the lifter's left.")
    ] = None,
    fault: Annotated[
        str | None, typer.Option(help="What goes wrong, like elbows_drift_forward.")
    ] = None,
    repetitions: Annotated[int, typer.Option(min=1, max=30)] = 4,
    fps: Annotated[float, typer.Option(min=5, max=60)] = 30.0,
    bystanders: Annotated[int, typer.Option(min=0, max=6, help="Other people about.")] = 0,
    mirror: Annotated[bool, typer.Option("--mirror", help="On the wall behind.")] = False,
) -> None:
    """Film a set of any exercise by a lifter, in a room and with a phone of chance."""
    try:
        performance, shot = chance_take(
            exercise,
            seed=seed,
            azimuth_deg=azimuth,
            fault=fault,
            repetitions=repetitions,
            fps=fps,
            bystanders=bystanders,
            mirror=mirror,
        )
    except KeyError as error:
        raise typer.BadParameter(f"there is no {error.args[0]!r}") from error
    out.parent.mkdir(parents=True, exist_ok=True)
    _film(performance, shot, seed, fps, out, Console())


@app.command()
def contact_sheet(
    out: Annotated[Path, typer.Argument(help="The PNG to write.")],
    faults: Annotated[
        bool, typer.Option("--faults", help="Every fault beside its correct twin.")
    ] = False,
    exercise: Annotated[
        list[str] | None, typer.Option(help="Only these; default: all that have a motion.")
    ] = None,
    body: Annotated[str, typer.Option(help="man or woman")] = "man",
) -> None:
    """Draw start and turn of the motions from three sides, or their faults."""
    try:
        chosen = [motions()[name] for name in exercise or motions()]
    except KeyError as error:
        raise typer.BadParameter(f"there is no {error.args[0]!r}") from error
    if body not in BODIES:
        raise typer.BadParameter(f"there is no {body!r}")
    sheet = fault_sheet(chosen, body) if faults else motion_sheet(chosen, body)
    cv2.imwrite(str(out), sheet)
    Console().print(str(out))


def _film(
    performance: Performance, shot: Shot, seed: int, fps: float, clip: Path, console: Console
) -> None:
    frames = track(
        film(performance, shot, np.random.default_rng(seed)),
        "filming",
        total=len(performance.t),
        console=console,
        transient=True,
    )
    write_take(frames, performance, shot, fps, clip)
    console.print(str(clip))
