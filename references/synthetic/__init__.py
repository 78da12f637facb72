"""A synthetic lifter: a body whose every joint angle is known, posed, projected and filmed.

The bot does not need this package; it makes the expert motions, the demonstration clip, training
data and ground truth. Coordinates are metres, z up; the body faces -y and its left is +x.
"""
