"""``gymbrain analyze``: one clip, judged on the command line."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from bot.cli.coaching import CoachesFolder
from pipeline.analysis import Settings
from pipeline.analysis import analyze as analyze_clip
from pipeline.camera import Camera
from pipeline.explain import explain as explain_report
from pipeline.pose.weights import DEFAULT_WEIGHTS
from pipeline.summary import headline


def analyze(
    clip: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The clip of one set.")],
    references: CoachesFolder,
    out: Annotated[Path, typer.Option(help="The folder to write into.")] = Path("analysis"),
    exercise: Annotated[
        str | None, typer.Option(help="What is lifted, instead of asking the classifier.")
    ] = None,
    camera: Annotated[
        Path | None, typer.Option(help="A calibration made by 'gymbrain calibrate'.")
    ] = None,
    poses: Annotated[bool, typer.Option("--poses", help="Also write poses.npz.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Trace every correction to what was measured.")
    ] = False,
    weights: Annotated[
        str, typer.Option(help="Pose weights: a file or the name of an Ultralytics pose model.")
    ] = DEFAULT_WEIGHTS,
) -> None:
    """Judge the set in a clip: report, pictures beside the expert's, voice note."""
    console = Console()
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("decode", total=1.0)
        report = analyze_clip(
            clip,
            out,
            settings=Settings(weights=weights, coaches=references),
            exercise=exercise,
            camera=Camera.load(camera) if camera else None,
            save_poses=poses,
            progress=lambda step, done: bar.update(task, description=step, completed=done),
        )
    console.print(headline(report))
    for correction in report.corrections:
        console.print(f"• {correction.message}")
    for warning in report.warnings:
        console.print(f"[yellow]{warning}[/yellow]")
    if explain:
        for paragraph in explain_report(report):
            console.print(f"\n{paragraph}", markup=False, highlight=False, soft_wrap=True)
    console.print(f"[dim]{out / 'report.md'}[/dim]")
