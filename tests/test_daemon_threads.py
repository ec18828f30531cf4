"""The process ends well while daemon threads are inside calls."""

from __future__ import annotations

import subprocess
import sys

import pytest

SCRIPT = """
import threading
import numpy as np
import dwconv
x, w = np.ones((4, 64, 112, 112), np.float32), np.ones((64, 3, 3), np.float32)
out = np.empty_like(x)
swapped = x.astype(x.dtype.newbyteorder())
unaligned = np.empty(x.nbytes + 1, np.uint8)[1:].view(np.float32).reshape(x.shape)
plan = dwconv.Plan(x, w, padding=1)
begun = threading.Barrier(3)

def loop():
    {call}
    begun.wait()
    while True:
        {call}

for _ in range(2):
    threading.Thread(target=loop, daemon=True).start()
begun.wait()
"""
CALLS = {
    "function": "dwconv.dnnl_depthwise(x, w, padding=1, out=out)",
    "plan": "plan(x, out)",
    "plan with names": "plan(x=x, out=out)",
    "copies of arrays": "dwconv.dnnl_depthwise(swapped, w, padding=1, out=unaligned)",
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_end_of_the_process(call: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(call=call)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
