"""Measurements anyone can run again: a table for people, and one JSON object as the last line."""
