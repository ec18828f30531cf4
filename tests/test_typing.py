"""The types that users see are those of the code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import numpy as np
import dwconv

x = np.ones((1, 4, 8, 8), dtype=np.float32)
w = np.ones((4, 3, 3), dtype=np.float32)
y = dwconv.dnnl_depthwise(x, w, stride=(1, 2), padding=((1, 0), 2), activation="relu")
plan = dwconv.Plan((1, 4, 8, 8), w, activation=dwconv.Activation("clip", 0, 6), threads=2)
z = plan(x, out=None)
mix = np.ones((8, 4), dtype=np.float32)
z = dwconv.dnnl_conv(x, mix.reshape(8, 4, 1, 1), groups=1)
z = dwconv.dnnl_separable(x, w, mix, depthwise_activation="relu6", strategy="fused")
plan = dwconv.Plan.separable((1, 4, 8, 8), w, mix, padding="same")
plan = dwconv.Plan.inverted_residual((1, 4, 8, 8), mix, np.ones((8, 3, 3), np.float32), mix.T, residual=False)
hits: int = dwconv.cache_info().hits
config: dict[str, str | int] = dwconv.show_config("dict")
shape: tuple[int, ...] = plan.output_shape
"""


def mypy(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300)


def test_a_users_script_is_strictly_typed(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    done = mypy("mypy", "--strict", str(script), cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    # And the types say something: a wrong one is found.
    script.write_text(SCRIPT + 'text: str = dwconv.cache_info().hits\ndwconv.Plan("shape", w=1)\n')
    done = mypy("mypy", "--strict", str(script), cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout.count("error:") >= 2


def test_the_stub_is_true_of_the_module(tmp_path: Path) -> None:
    allowed = Path(__file__).with_name("stubtest-allowlist.txt")
    done = mypy("mypy.stubtest", "dwconv._core", "--allowlist", str(allowed), cwd=tmp_path)
    assert done.returncode == 0, done.stdout
