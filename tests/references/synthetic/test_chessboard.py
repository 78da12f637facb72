import numpy as np
import pytest

from pipeline.chessboard import find_board
from references.lens import Lens
from references.synthetic.chessboard import board_photos

LENSES = [
    Lens(640, 360, 500.0, 500.0, 322.0, 178.0),
    Lens(640, 360, 440.0, 438.0, 316.0, 183.0, (-0.2, 0.05, 0.001, 0.0)),
]


@pytest.mark.parametrize("lens", LENSES)
def test_the_corners_are_where_they_are_said_to_be(lens: Lens) -> None:
    for photo in board_photos(lens, 3, rng=np.random.default_rng(2), board=(7, 5)):
        assert photo.image.shape == (360, 640)
        found = find_board(photo.image, (7, 5)).reshape(-1, 1, 2)
        distance = np.linalg.norm(found - photo.corners.reshape(1, -1, 2), axis=2).min(axis=1)
        assert distance.mean() < 0.15
        assert distance.max() < 0.5
