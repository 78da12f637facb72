"""What every exported network has in common."""

from typing import Final

import onnxruntime as ort

GREY: Final = (114, 114, 114)
"""What lies beyond the edges of a picture, as Ultralytics has it."""


def one_thread(model: bytes) -> ort.InferenceSession:
    """Return a session, ready to run the content of an ONNX file, each call on one thread."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # Pictures differ in size from clip to clip: an arena would keep the most that any took.
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
