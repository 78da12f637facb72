from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from storage import open_database


@pytest.fixture
def fresh_db(tmp_path: Path) -> Iterator[Database]:
    db = open_database(tmp_path / "data" / "gymbrain.db")
    yield db
    db.close()


@pytest.fixture
def morning() -> datetime:
    return datetime(2026, 3, 1, 7, 30, tzinfo=UTC)


@pytest.fixture
def report() -> dict[str, Any]:
    """Return a report's JSON object with the keys that storage reads."""
    return {
        "exercise": "bench_press",
        "confidence": 0.9,
        "repetitions": [
            {
                "start_s": 0.0,
                "turn_s": 1.0,
                "end_s": 2.0,
                "angles_deg": {
                    "start": {"left_elbow": 170.0, "right_elbow": 160.0},
                    "turn": {"left_elbow": 80.0, "right_elbow": 90.0, "left_hip": 100.0},
                },
            },
            {
                "start_s": 2.0,
                "turn_s": 4.0,
                "end_s": 6.0,
                "angles_deg": {"start": {"left_elbow": 170.0}, "turn": {"left_elbow": 110.0}},
            },
        ],
        "corrections": [{"message": "Touch your chest with the bar.", "priority": 1}],
    }
