"""Scripted work whose pictures can be seen and whose voice note can be heard, or is missing."""

from dataclasses import replace

from bot.jobs.work import AnalysisTask
from tests.bot import scripted_work
from tests.bot.loopback.conftest import picture, sound


def analyze(task: AnalysisTask) -> None:
    scripted_work.analyze(task)
    for name in ("start.png", "end.png"):
        (task.out / name).write_bytes(picture(300, 200))
    if "speechless" in task.clip.read_text():
        (task.out / "voice.ogg").unlink()
    else:
        (task.out / "voice.ogg").write_bytes(sound())


WORK = replace(scripted_work.WORK, analyze=analyze)
