"""Checks this implementation against recorded trajectories: the official code's, or the project's own further cases.

    python3 tools/reference/verify_trajectories.py [--file test/golden/reference-trajectories.json]

Gradients differ by up to percents between correct float32 programs (a ReLU at zero flips, BatchNorm of a small
batch amplifies it), more so after some steps and in deeper networks: losses and state are held tightly, gradients less.
"""

import argparse
import json
from pathlib import Path

import torch

from maskcon_reference.compare import compare
from maskcon_reference.trajectory import record

GOLDEN = Path(__file__).resolve().parents[2] / "test" / "golden"
OFFICIAL_NAMES = {"classifier.weight": "classifer.weight", "classifier.bias": "classifer.bias"}
TOLERANCE = {"losses": 1e-4, "first_gradients": 5e-3, "last_gradients": 0.1, "state": 1e-3, "features": 3e-3}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--file", type=Path, default=GOLDEN / "trajectories.json")
    args = parser.parse_args()
    torch.set_num_threads(2)
    rename = OFFICIAL_NAMES if args.file.name == "trajectories.json" else {}
    failed = 0
    for expected in json.loads(args.file.read_text())["trajectories"]:
        config = expected["config"]
        errors = compare(expected, record(config, rename=rename), rename)
        good = all(errors[part] <= TOLERANCE[part] for part in errors)
        failed += not good
        name = config.get("name", f"{config['arch']} {config['mode']} w={config['w']}")
        print(f"{'ok  ' if good else 'FAIL'} {name}: " + ", ".join(f"{p} {e:.1e}" for p, e in errors.items()), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
