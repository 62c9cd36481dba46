"""Writes test/golden/reference-trajectories.json: cases that the official code cannot run or was not run on.

    python3 tools/reference/make_trajectories.py

Run in float64 from float32 inputs, so an engine is compared with the value, not with another program's rounding;
`float32_error` holds the same program's errors in float32: how closely a correct float32 engine can be asked to agree.
"""

import json
import platform
import re
from pathlib import Path

import numpy
import torch
import torchvision

from maskcon_reference.compare import compare
from maskcon_reference.trajectory import build, record

TARGET = Path(__file__).resolve().parents[2] / "test" / "golden" / "reference-trajectories.json"
DEFAULTS = dict(
    mode="maskcon", size=32, batch=8, queue=24, dim=32, coarse_classes=5, w=1.0, T0=0.1, T=0.05, m=0.99,
    lr=0.02, weight_decay=5e-4, sgd_momentum=0.9, coarse_weight=0.0, steps=4, seed=11,
)  # fmt: skip
CASES = [
    dict(name="resnet20", arch="resnet20"),
    dict(name="resnet20, queue not a multiple of the batch, 28 pixels", arch="resnet20", size=28, queue=20, m=0.9),
    dict(name="resnet20, queue smaller than the batch", arch="resnet20", batch=12, queue=8, mode="grafit", w=0.3),
    dict(name="resnet20, coarse weight", arch="resnet20", coarse_weight=0.5),
    dict(name="resnet20, supce", arch="resnet20", mode="supce"),
    dict(name="resnet20, classes absent and entries empty", arch="resnet20", queue_filled=16, queue_classes=2, w=0.8),
    dict(name="resnet20, supcon, classes absent", arch="resnet20", mode="supcon", queue_classes=3, size=24, seed=13),
    dict(name="resnet20, sharp soft temperature", arch="resnet20", T=0.001, weight_decay=0.0, sgd_momentum=0.5, seed=12),
    dict(name="resnet20, strong weight decay, quick keys", arch="resnet20", weight_decay=0.05, m=0.5, coarse_weight=0.5, seed=14),
    dict(name="resnet32", arch="resnet32", mode="coins", w=0.7, lr=0.01, steps=3, seed=16),
    dict(name="resnet18, 96 pixels", arch="resnet18", size=96, batch=4, queue=16, lr=0.005, steps=3),
    dict(name="resnet34", arch="resnet34", batch=4, queue=16, dim=64, w=0.7, T=0.1, T0=0.2, lr=0.005, steps=3, seed=13),
    dict(name="resnet50", arch="resnet50", batch=4, queue=16, lr=1e-5, steps=3),
]


def recorded_names(config: dict) -> "list[str]":
    """First and last of each kind of tensor, and every shortcut: enough to see a wrong rule, small enough to keep."""
    encoder = build(config)[0].query_encoder
    names = [name for name, _ in encoder.named_parameters()]
    convolutions = [n for n in names if re.search(r"\.conv\d\.weight$", n)]
    downsamples = [n for n in names if n.endswith("downsample.0.weight")]
    norms = [n for n in names if re.search(r"\.bn\d\.(weight|bias)$", n)]
    middle = convolutions[len(convolutions) // 2]
    return [
        *convolutions[:2], middle, convolutions[-1], *downsamples[:1], *downsamples[-1:], *norms[:2], *norms[-2:],
        "projector.0.weight", "projector.2.bias", *(n for n in names if n.startswith("classifier")),
    ]  # fmt: skip


def case(overrides: dict) -> dict:
    config = {**DEFAULTS, **overrides}
    names = recorded_names(config)
    exact = record(config, names, dtype=torch.float64)
    exact["float32_error"] = compare(exact, record(config, names))
    errors = ", ".join(f"{part} {error:.0e}" for part, error in exact["float32_error"].items())
    print(f"{config['name']}: {[round(s['loss'], 4) for s in exact['steps']]}, float32 errors: {errors}", flush=True)
    return exact


def compact(value) -> str:
    """Ten significant digits, one tensor's statistics a line."""
    rounded = json.loads(json.dumps(value), parse_float=lambda text: float(f"{float(text):.10g}"))
    text = json.dumps(rounded, indent=1)
    return re.sub(r"\{[^{}]*\}|\[[^\[\]{}]*\]", lambda m: re.sub(r"\s+", " ", m.group()), text)


def main() -> None:
    torch.set_num_threads(2)
    content = {
        "generator": "tools/reference/make_trajectories.py",
        "versions": {
            "python": platform.python_version(), "torch": torch.__version__,
            "torchvision": torchvision.__version__, "numpy": numpy.__version__,
        },
        "arithmetic": "float64 from float32 inputs",
        "seed": "config.seed of each case",
        "trajectories": [case(overrides) for overrides in CASES],
    }  # fmt: skip
    TARGET.write_text(compact(content) + "\n")
    print(f"{TARGET.name}: {TARGET.stat().st_size / 1024:.0f} KB")


if __name__ == "__main__":
    main()
