"""Images per second of the training step on synthetic data, one memory format a process.

    python3 tools/reference/bench_step.py --backbone resnet18 --format channels_last [--serve]
"""

import argparse
import time

import torch

from maskcon_reference import Method, Step
from maskcon_reference.protocol import add_arguments, measure


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--backbone", default="resnet18")
    parser.add_argument("--size", type=int, default=32)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--queue", type=int, default=8192)
    parser.add_argument("--dim", type=int, default=256)
    parser.add_argument("--classes", type=int, default=20)
    parser.add_argument("--format", choices=["nchw", "channels_last"], default="nchw")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--steps", type=int, default=4, help="timed steps a measurement")
    add_arguments(parser)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)

    layout = torch.channels_last if args.format == "channels_last" else torch.contiguous_format
    step = Step(args.backbone, args.size, args.dim, args.classes, args.queue, Method("maskcon"))
    step.query_encoder.to(memory_format=layout)
    step.key_encoder.to(memory_format=layout)
    step.queue = torch.nn.functional.normalize(torch.randn(args.queue, args.dim), dim=1)
    step.queue_labels = torch.randint(0, args.classes, (args.queue,))
    shape = (args.batch, 3, args.size, args.size)
    query, key = (torch.randn(shape).contiguous(memory_format=layout) for _ in range(2))
    labels = torch.randint(0, args.classes, (args.batch,))

    def once() -> dict:
        start = time.perf_counter()
        for _ in range(args.steps):
            step.run(query, key, labels)
        seconds = time.perf_counter() - start
        return {"imagesPerSecond": round(args.steps * args.batch / seconds, 2)}

    for _ in range(2):
        step.run(query, key, labels)
    measure(args, {"torch": torch.__version__, "format": args.format, "threads": args.threads}, once)


if __name__ == "__main__":
    main()
