"""A coach's reference in a sentence."""

from pipeline.titles import exercise_title
from references.experts.coaches import CoachReference
from references.texts import DEFAULT_LANGUAGE, text


def reference_words(key: str, reference: CoachReference) -> str:
    """Return the words that ``key`` has for a reference, its facts filled in."""
    return text(
        key,
        id=reference.id,
        coach=reference.coach,
        exercise=exercise_title(reference.exercise, DEFAULT_LANGUAGE),
        azimuth=round(reference.azimuth_deg),
        elevation=round(reference.elevation_deg),
    )
