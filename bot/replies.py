"""The answer to a clip: pictures, words, voice, and buttons for when the exercise is wrong."""

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    ReplyParameters,
)
from telegram.constants import MediaGroupLimit, MessageLimit

from bot.callbacks import payload
from pipeline.report import Report
from pipeline.summary import headline
from pipeline.tempo_words import tempo_words
from pipeline.titles import exercise_title, joint_title
from references.exercises import exercises
from references.texts import DEFAULT_LANGUAGE, text

# What a lifter can think of during the next set.
_MOST_CORRECTIONS: Final = 2

_BUTTONS_IN_A_ROW: Final = 2

# How many of the exercises that the classifier thought of are offered.
_CONSIDERED: Final = 6


async def send_report(
    bot: Bot, chat_id: int, message_id: int, set_id: int, report: Report, folder: Path
) -> None:
    """Answer the message with the files that an analysis left in ``folder``.

    Raises TelegramError when the chat cannot be reached.
    """
    answered = ReplyParameters(message_id, allow_sending_without_reply=True)
    await _send_pictures(bot, chat_id, answered, folder, caption=headline(report))
    await bot.send_message(chat_id, report_words(report), reply_markup=_why_button(set_id, report))
    voice = folder / "voice.ogg"
    if voice.exists():
        with voice.open("rb") as file:
            await bot.send_voice(chat_id, file)
    question = "reply.which" if report.exercise is None else "reply.other"
    await bot.send_message(
        chat_id,
        text(question, exercise=exercise_title(report.exercise, report.language)),
        reply_markup=_likely_exercises(set_id, report),
    )


def report_words(report: Report) -> str:
    """Return the report as one chat message: corrections, tempo, then what was not judged."""
    tempo = " ".join(tempo_words(report))
    parts = [*_corrections(report), *([tempo] if tempo else [])]
    parts += [*_not_judged(report), *report.warnings]
    parts = parts or [headline(report)]
    return "\n\n".join(parts)[: MessageLimit.MAX_TEXT_LENGTH]


def _corrections(report: Report) -> list[str]:
    if not report.corrections:
        return [text("reply.all_good")] if report.anything_judged() else []
    shown = report.corrections[:_MOST_CORRECTIONS]
    words = [f"{number}. {correction.message}" for number, correction in enumerate(shown, 1)]
    left = len(report.corrections) - len(shown)
    return [*words, text("reply.more", count=left)] if left else words


def _not_judged(report: Report) -> list[str]:
    """Return a line for each reason, with the joints that it kept from being judged."""
    joints: dict[str, list[str]] = {}
    for n in report.not_judged:
        joints.setdefault(n.reason, []).append(joint_title(n.joint, report.language))
    lines = [
        text("reply.not_judged_line", joints=", ".join(dict.fromkeys(named)), reason=reason)
        for reason, named in joints.items()
    ]
    return ["\n".join([text("reply.not_judged"), *lines])] if lines else []


async def _send_pictures(
    bot: Bot, chat_id: int, answered: ReplyParameters, folder: Path, *, caption: str
) -> None:
    caption = caption[: MessageLimit.CAPTION_LENGTH]
    paths = [path for path in (folder / "start.png", folder / "end.png") if path.exists()]
    with ExitStack() as files:
        photos = [files.enter_context(path.open("rb")) for path in paths]
        if len(photos) >= MediaGroupLimit.MIN_MEDIA_LENGTH:
            album = [InputMediaPhoto(photo) for photo in photos]
            await bot.send_media_group(chat_id, album, caption=caption, reply_parameters=answered)
        elif photos:
            await bot.send_photo(chat_id, photos[0], caption=caption, reply_parameters=answered)


def exercise_buttons(
    set_id: int, names: Iterable[str], language: str = DEFAULT_LANGUAGE, *, more: bool = False
) -> InlineKeyboardMarkup:
    """Return a button for each exercise that a set may be, and one for ``more`` of them."""
    choices = [(exercise_title(n, language), payload("exercise", set_id, n)) for n in names]
    if more:
        choices.append((text("reply.another", language), payload("exercises", set_id)))
    return keyboard(choices)


def _likely_exercises(set_id: int, report: Report) -> InlineKeyboardMarkup:
    """Return a button for what it most probably is otherwise, for what is judged, and for more."""
    considered = [c.name for c in report.candidates[:_CONSIDERED]]
    names = [n for n in dict.fromkeys([*considered, *exercises()]) if n != report.exercise]
    return exercise_buttons(set_id, names, report.language, more=True)


def _why_button(set_id: int, report: Report) -> InlineKeyboardMarkup | None:
    if not report.corrections:
        return None
    return keyboard([(text("explain.button", report.language), payload("why", set_id))])


def packed(paragraphs: Iterable[str]) -> list[str]:
    """Return paragraphs as few messages, each as long as Telegram allows at most."""
    messages: list[str] = []
    for paragraph in paragraphs:
        longer = f"{messages[-1]}\n\n{paragraph}" if messages else paragraph
        if messages and len(longer) <= MessageLimit.MAX_TEXT_LENGTH:
            messages[-1] = longer
        else:
            messages.append(paragraph[: MessageLimit.MAX_TEXT_LENGTH])
    return messages


def keyboard(choices: Sequence[tuple[str, str]]) -> InlineKeyboardMarkup:
    """Return buttons, two in a row, from pairs of label and payload."""
    buttons = [InlineKeyboardButton(label, callback_data=data) for label, data in choices]
    rows = range(0, len(buttons), _BUTTONS_IN_A_ROW)
    return InlineKeyboardMarkup([buttons[row : row + _BUTTONS_IN_A_ROW] for row in rows])
