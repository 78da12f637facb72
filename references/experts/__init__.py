"""The experts that a lifter is compared with: movements in 3D, views from every side, pictures."""

from references.experts.movements import ExpertMotion, ExpertView, expert_motions, expert_views
from references.experts.pictures import ExpertPicture, expert_picture

__all__ = [
    "ExpertMotion",
    "ExpertPicture",
    "ExpertView",
    "expert_motions",
    "expert_picture",
    "expert_views",
]
