"""Frames to the poses of one lifter. Nothing outside this package knows the network's vendor."""
