"""From a clip to a judgement: decode, filter, pose, classify, repetitions, retrieve, compare, correct.

Knows no chat and no database.
"""
