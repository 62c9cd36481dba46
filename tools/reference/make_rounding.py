"""Writes test/golden/rounding.json: how far rounding alone carries the losses of trajectories.json, step by step.

    python3 tools/reference/make_rounding.py

The official code was recorded in float32. Each case is run here in float64, and several times in float32 with every pixel
moved by at most one unit in the last place: none of these runs is more right than another. Two such programs part after
a few steps, because a ReLU near zero flips and BatchNorm over a small batch amplifies it. `spread` is the largest
relative distance of these runs from the record at each step.
"""

import json
from pathlib import Path

import torch

from maskcon_reference.trajectory import batch, build

GOLDEN = Path(__file__).resolve().parents[2] / "test" / "golden"
OFFICIAL_NAMES = {"classifier.weight": "classifer.weight", "classifier.bias": "classifer.bias"}
NUDGED_RUNS = 6


def losses(config: dict, dtype: torch.dtype, nudge: "int | None" = None) -> "list[float]":
    """The losses of a case; `nudge` seeds the shift of every pixel to a neighbouring float32, or not."""
    step, hashed = build(config, OFFICIAL_NAMES, dtype)
    generator = torch.Generator().manual_seed(nudge or 0)

    def moved(images: torch.Tensor) -> torch.Tensor:
        if nudge is None:
            return images
        direction = torch.randint(-1, 2, images.shape, generator=generator).float() * float("inf")
        return torch.where(direction.isnan(), images, torch.nextafter(images, direction))

    found = []
    for s in range(config["steps"]):
        query, key, labels = batch(config, hashed, s, dtype)
        found.append(step.run(moved(query), moved(key), labels))
    return found


def main() -> None:
    torch.set_num_threads(2)
    cases = []
    for recorded in json.loads((GOLDEN / "trajectories.json").read_text())["trajectories"]:
        config = recorded["config"]
        exact = losses(config, torch.float64)
        runs = [exact, *(losses(config, torch.float32, nudge) for nudge in range(1, NUDGED_RUNS + 1))]
        expected = [step["loss"] for step in recorded["steps"]]
        spread = [max(abs(run[s] - loss) / loss for run in runs) for s, loss in enumerate(expected)]
        print(f"{config['mode']}: " + ", ".join(f"{d:.1e}" for d in spread), flush=True)
        cases.append(
            {"float64": [float(f"{loss:.10g}") for loss in exact], "spread": [float(f"{d:.2g}") for d in spread]}
        )
    lines = ",\n".join(f"  {json.dumps(case)}" for case in cases)
    about = f'"generator": "tools/reference/make_rounding.py", "torch": "{torch.__version__}"'
    (GOLDEN / "rounding.json").write_text(f"{{ {about}, \"cases\": [\n{lines}\n] }}\n")


if __name__ == "__main__":
    main()
