"""Seconds and peak memory of exact leave-one-out Recall@1,2,5,10,50,100 with matrix product and topk.

    python3 tools/reference/bench_recall.py [--chunks 10] [--serve]

--chunks 1 builds the full similarity matrix; the official code works in 10 chunks of rows.
"""

import argparse
import time

import torch

from maskcon_reference.protocol import add_arguments, measure, peak_rss_mb
from maskcon_reference.recall import recall_at_k


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--dim", type=int, default=512)
    parser.add_argument("--classes", type=int, default=100)
    parser.add_argument("--chunks", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    add_arguments(parser)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    labels = torch.randint(0, args.classes, (args.rows,))
    features = torch.randn(args.rows, args.dim) + 0.2 * torch.randn(args.classes, args.dim)[labels]

    def once() -> dict:
        start = time.perf_counter()
        recall = recall_at_k(features, labels, chunks=args.chunks)
        return {"seconds": round(time.perf_counter() - start, 3), "recall": recall}

    about = {"torch": torch.__version__, "chunks": args.chunks, "idleRssMb": round(peak_rss_mb(), 1)}
    measure(args, about, once)


if __name__ == "__main__":
    main()
