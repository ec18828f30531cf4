"""Records the logits of EfficientNet-Lite0 that PyTorch computes, with PyTorch in another environment.

    python tests/record_efficientnet.py tests/data/efficientnet.json --torch /path/to/python

writes the file that `test_efficientnet.py` compares with. Photographs that are stored as JPEG are left
out: decoders may differ in the last bit.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import zlib
from pathlib import Path

from helpers.efficientnet import EXAMPLE, ask_pytorch

NAMES = ("chelsea", "astronaut", "coffee")


def main() -> None:
    sys.path.insert(0, str(EXAMPLE))
    from photographs import photographs

    parser = argparse.ArgumentParser(description="Records PyTorch's logits of EfficientNet-Lite0.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--torch", required=True, metavar="PYTHON", help="has PyTorch and NumPy")
    options = parser.parse_args()
    pictures = {name: x for name, x in photographs() if name in NAMES}
    with tempfile.TemporaryDirectory() as folder:
        answers = ask_pytorch(options.torch, pictures, Path(folder))
    lines = []
    for name, x in pictures.items():
        # Five decimals are a hundred times finer than what is compared.
        record = {
            "crc32": zlib.crc32(x.tobytes()),
            "logits": [round(float(y), 5) for y in answers[name][0]],
        }
        lines.append(f"{json.dumps(name)}: {json.dumps(record, separators=(',', ':'))}")
    options.file.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
