from importlib import resources

import numpy as np
import pytest

from references.skeleton import KEYPOINTS
from references.synthetic.body import BODIES, load_body
from references.synthetic.kinematics import turn


@pytest.mark.parametrize("name", BODIES)
def test_keypoints_are_those_regressed_from_the_skin(name: str) -> None:
    body = load_body(name)
    pose = body.pose(
        {
            "root": turn([1, 0, 0], [20.0]),
            "upperarm01.L": turn([0, 1, 0], [60.0]),
            "lowerleg01.R": turn([1, 0, 0], [80.0]),
        }
    )
    file = resources.files("references.synthetic") / "bodies" / f"{name}.npz"
    with file.open("rb") as opened, np.load(opened) as arrays:
        regressor = np.zeros((len(arrays["kp_labels"]), len(arrays["verts"])))
        regressor[arrays["kp_i"], arrays["kp_v"]] = arrays["kp_w"]
        rows = [list(arrays["kp_labels"]).index(k) for k in KEYPOINTS]
    assert body.keypoints(pose)[0] == pytest.approx(regressor[rows] @ body.skin(pose), abs=1e-6)


@pytest.mark.parametrize("name", BODIES)
def test_a_body_at_rest_is_its_rest_mesh(name: str) -> None:
    body = load_body(name)
    assert body.skin(body.pose({})) == pytest.approx(body.vertices, abs=1e-5)
    assert 1.6 < np.ptp(body.vertices[:, 2]) < 1.95


def test_bones_keep_their_length_in_every_pose() -> None:
    body = load_body("man")
    pose = body.pose({"upperarm01.L": turn([0, 1, 0], [60.0]), "root": turn([1, 1, 0], [30.0])})
    arm = pose.heads[0, body.index("upperarm01.L")] - pose.heads[0, body.index("lowerarm01.L")]
    assert np.linalg.norm(arm) == pytest.approx(body.length("upperarm01.L", "lowerarm01.L"))
