"""Images per second of the official Cars augmentation with torchvision and PIL from JPEG files, on one core.

    taskset -c 0 python3 tools/reference/bench_photographs.py --folder FOLDER [--serve]

One image means both of its views, as normalised tensors. It is read and decoded once for both.
"""

import argparse
import random
import time
from pathlib import Path

import torch
import torchvision
from PIL import Image

from maskcon_reference.augment import cars_views
from maskcon_reference.protocol import add_arguments, measure


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--folder", type=Path, required=True, help="folder of JPEG files, at any depth")
    parser.add_argument("--epochs", type=int, default=4, help="passes over the folder a measurement")
    parser.add_argument("--size", type=int, default=224)
    add_arguments(parser)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    random.seed(0)
    files = sorted(args.folder.rglob("*.jpg"))
    strong, weak = cars_views(args.size)
    batch = len(files) // 2

    def epoch() -> None:
        for first in range(0, len(files), batch):
            views = []
            for file in files[first : first + batch]:
                with Image.open(file) as opened:
                    image = opened.convert("RGB")
                views.append((strong(image), weak(image)))
            for view in zip(*views):
                torch.stack(view)

    def once() -> dict:
        start = time.perf_counter()
        for _ in range(args.epochs):
            epoch()
        return {"imagesPerSecond": round(args.epochs * len(files) / (time.perf_counter() - start), 1)}

    epoch()
    measure(args, {"torchvision": torchvision.__version__, "pil": Image.__version__}, once)


if __name__ == "__main__":
    main()
