"""What every exported network has in common."""

import json
from typing import Any, Final

import onnxruntime as ort

GREY: Final = (114, 114, 114)
"""What lies beyond the edges of a picture, as Ultralytics has it."""

META: Final = "gymbrain"
"""The key of a file's metadata under which it says what its answers mean, as JSON."""


def one_thread(model: bytes) -> ort.InferenceSession:
    """Return a session, ready to run the content of an ONNX file, each call on one thread."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # Pictures differ in size from clip to clip: an arena would keep the most that any took.
    options.enable_cpu_mem_arena = False
    # What is wrong with a file is raised, and need not be printed as well.
    options.log_severity_level = 4
    return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def meaning_of(session: ort.InferenceSession) -> Any:
    """Return what a file of ours says its answers mean. Raises KeyError where it says nothing."""
    return json.loads(session.get_modelmeta().custom_metadata_map[META])
