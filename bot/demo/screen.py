"""The conversation as the lifter sees it, in a terminal and in a file."""

import time
from typing import Final, TextIO

from rich.align import Align
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.status import Status
from rich.text import Text

from bot.demo.folder import file_names
from bot.loopback import Attachment, Message
from references.texts import text

_WIDTH: Final = 88
_BUBBLE_WIDTH: Final = 68


class Screen:
    """Shows what happens in a chat: the lifter on the right, the bot on the left.

    Everything goes to ``console`` and, as plain text, to the file ``transcript``. A message that
    is edited again and again is followed in ``status``; what it says in the end is printed.
    """

    def __init__(self, console: Console, status: Status, transcript: TextIO) -> None:
        self._consoles = (console, Console(file=transcript, width=_WIDTH))
        self._status = status
        self._edited = ""
        self._began = time.monotonic()

    def show(self, messages: tuple[Message, ...]) -> None:
        """Show a message, an album, or what a message was changed to."""
        if messages[0].edited_at is None:
            self.finish()
            self._print(self._bubble(messages))
        else:
            self._edited = messages[0].text
            self._status.update(Text(self._edited))

    def finish(self) -> None:
        """Print what the last edited message says in the end."""
        if self._edited:
            self._print(Padding(Text(f"✎ {self._edited}", style="dim"), (0, 2)))
        self._edited = ""

    def _bubble(self, messages: tuple[Message, ...]) -> RenderableType:
        first = messages[0]
        theirs = first.sender.is_bot
        names = file_names(messages) if theirs else []
        lines = [
            _attachment_line(message.attachment, names[n] if n < len(names) else None)
            for n, message in enumerate(messages)
            if message.attachment
        ]
        if first.text:
            lines.append(Text(first.text))
        lines += [
            Text("  ".join(f"[ {button.label} ]" for button in row), style="cyan")
            for row in first.buttons
        ]
        minutes, seconds = divmod(int(time.monotonic() - self._began), 60)
        bubble = Panel(
            Text("\n").join(lines),
            title=f"{first.sender.first_name} {minutes}:{seconds:02}",
            title_align="left" if theirs else "right",
            border_style="green" if theirs else "blue",
            width=_BUBBLE_WIDTH if len(first.text) > _BUBBLE_WIDTH - 4 else None,
            expand=False,
        )
        return Align(bubble, "left" if theirs else "right", width=_WIDTH)

    def _print(self, shown: RenderableType) -> None:
        for console in self._consoles:
            console.print(shown, width=min(_WIDTH, console.width))


def _attachment_line(attachment: Attachment, kept_as: str | None) -> Text:
    file = attachment.file
    facts = [kept_as or attachment.name or ""]
    if attachment.seconds:
        facts.append(f"{attachment.seconds:.0f} s")
    if file.width:
        facts.append(f"{file.width}×{file.height}")
    facts.append(f"{len(file.content) / 1000:.0f} kB")
    words = text(f"demo.{attachment.kind}")
    return Text(f"{words}: {', '.join(fact for fact in facts if fact)}", style="bold")
