"""What good movement looks like, as data with a reader: exercises, expert motions, words.

This package is the lowest layer: it imports nothing else of the project.
"""
