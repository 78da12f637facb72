"""A lifter's history in SQLite. Knows no video and no chat."""
