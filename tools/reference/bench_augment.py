"""Images per second of the official CIFAR augmentation with torchvision and PIL, on one core.

    taskset -c 0 python3 tools/reference/bench_augment.py [--serve]

One image means both of its views: strong (crop, flip, AutoAugment) and weak (crop, flip), as normalised tensors.
"""

import argparse
import time

import torch
import torchvision
from PIL import Image

from maskcon_reference.augment import views
from maskcon_reference.protocol import add_arguments, measure


def synthetic_images(n: int, size: int = 32) -> "list[Image.Image]":
    """Smooth colour noise over the whole range, so that no operation finds a trivial histogram."""
    coarse = torch.rand(n, 3, 8, 8)
    smooth = torch.nn.functional.interpolate(coarse, size=size, mode="bicubic", align_corners=False)
    pixels = ((smooth + 0.05 * torch.randn_like(smooth)).clamp(0, 1) * 255).byte().permute(0, 2, 3, 1)
    return [Image.fromarray(image.numpy()) for image in pixels]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--images", type=int, default=2000, help="images a measurement")
    add_arguments(parser)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    images = synthetic_images(args.images)
    strong, weak = views()

    def once() -> dict:
        start = time.perf_counter()
        for first in range(0, len(images), 125):
            batch = images[first : first + 125]
            torch.stack([strong(image) for image in batch])
            torch.stack([weak(image) for image in batch])
        return {"imagesPerSecond": round(len(images) / (time.perf_counter() - start), 1)}

    for image in images[:200]:
        strong(image), weak(image)
    measure(args, {"torchvision": torchvision.__version__, "pil": Image.__version__}, once)


if __name__ == "__main__":
    main()
