import numpy as np
import numpy.typing as npt

from benchmarks.recognition_synthetic import Answer, ask, summary
from pipeline.classify.recognise import Recogniser


def answer(view: str, taken_for: str, by_truth: str) -> Answer:
    return Answer(view, "hammer_curl", taken_for, "hammer_curl", by_truth)


def test_answers_are_counted_by_view_and_those_that_look_alike_apart() -> None:
    found = summary(
        [
            answer("ordinary", "hammer_curl", "hammer_curl"),
            answer("ordinary", "barbell_biceps_curl", "hammer_curl"),
            answer("overhead", "squat", "barbell_biceps_curl"),
        ]
    )
    assert found["synthetic_views"] == {
        "ordinary": [2, 1, 2, 2, 2, 2],
        "overhead": [1, 0, 0, 1, 0, 1],
        "all": [3, 1, 2, 3, 2, 3],
    }
    assert (found["synthetic_right"], found["synthetic_sets"]) == (1, 3)
    assert found["synthetic_confused"] == {
        "hammer_curl for barbell_biceps_curl": 1,
        "hammer_curl for squat": 1,
    }


def test_reported_and_true_keypoints_are_both_asked_about() -> None:
    seen: list[npt.NDArray[np.float32]] = []

    def squat(steps: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        seen.append(steps)
        return np.tile(np.array([0.9, 0.1], np.float32), (len(steps), 1))

    answers = ask(Recogniser(squat, ("squat", "unknown")), 1_000_000, 2, lambda *_: None)
    assert [(a.taken_for, a.by_truth) for a in answers] == [("squat", "squat")] * 2
    assert not np.allclose(seen[0][0], seen[1][0])
