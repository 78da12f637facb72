"""What is known of a lifter's body, out of the database."""

from bot.progress_words import day
from pipeline.norms import OwnBody, PastSet, Target
from storage import StorageThread, sets, targets


async def own_body(storage: StorageThread, user_id: int, *, without: int | None = None) -> OwnBody:
    """Return a lifter's earlier sets, except one of them, and target ranges."""
    past = await storage.run(sets.angles, user_id, without=without)
    ranges = await storage.run(targets.of, user_id)
    return OwnBody(
        tuple(PastSet(each.exercise, each.angles_deg) for each in past), tuple(map(_target, ranges))
    )


def _target(each: targets.TargetRange) -> Target:
    return Target(each.joint, each.low_deg, each.high_deg, day(each.set_at))
