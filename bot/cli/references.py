"""``gymbrain references``: make the expert movements, pictures and clips that come with us."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from references.exercises import exercises
from references.motions import motions
from references.synthetic import demo
from references.synthetic.experts import write_expert, write_pictures
from references.synthetic.film import write_clip, write_truth

app = typer.Typer(
    name="references",
    help="Make the expert movements, pictures and clips of the synthetic lifter.",
    no_args_is_help=True,
)


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
    performance, shot = demo.demo_performance(), demo.demo_shot()
    frames = track(
        demo.demo_frames(),
        "filming",
        total=len(performance.t),
        console=console,
        transient=True,
    )
    write_clip(frames, demo.FPS, clip)
    write_truth(performance, shot, clip.with_suffix(".json"))
    console.print(str(clip))
