"""Seconds and peak memory of exact leave-one-out Recall@1,2,5,10,50,100 with matrix product and topk.

    python3 tools/reference/bench_recall.py [--chunks 10] [--serve]

--chunks 1 builds the full similarity matrix; the official code works in 10 chunks of rows.
"""

import argparse
import time

import numpy as np
import torch

from maskcon_reference.hashed import hash32
from maskcon_reference.protocol import add_arguments, measure, peak_rss_mb
from maskcon_reference.recall import recall_at_k


def clustered_features(rows: int, dim: int, classes: int) -> "tuple[torch.Tensor, torch.Tensor]":
    """Rows [n, dim] around weak class centres, and labels [n]: the same numbers as bench/clustered-features.ts."""

    def uniform(count: int, seed: int) -> np.ndarray:
        return (2 * (hash32(count, seed) / 2**32) - 1).astype(np.float32)

    labels = (hash32(rows, 1) % classes).astype(np.int64)
    features = uniform(rows * dim, 2).reshape(rows, dim)
    features += np.float32(0.125) * uniform(classes * dim, 3).reshape(classes, dim)[labels]
    return torch.from_numpy(features), torch.from_numpy(labels)


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
    features, labels = clustered_features(args.rows, args.dim, args.classes)

    def once() -> dict:
        start = time.perf_counter()
        recall = recall_at_k(features, labels, chunks=args.chunks)
        return {"seconds": round(time.perf_counter() - start, 3), "recall": recall}

    about = {"torch": torch.__version__, "chunks": args.chunks, "idleRssMb": round(peak_rss_mb(), 1)}
    measure(args, about, once)


if __name__ == "__main__":
    main()
