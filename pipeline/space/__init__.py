"""Joint angles in space from one phone: what the projected angles of a known exercise really are.

An angle drawn in a picture depends on the camera as much as on the lifter. Knowing the exercise, a
network that learned from the synthetic lifter's endless truth tells the angle itself, how sure it
is, where the camera stands and how far each of the exercise's known faults goes.
"""

from pipeline.space.answer import Interval, SpaceAngles, View

__all__ = ["Interval", "SpaceAngles", "View"]
