"""From a clip to a judgement.

Decode, filter, pose, classify, repetitions, retrieve, compare, correct, report.
Knows no chat and no database.
"""
