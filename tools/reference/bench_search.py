"""Milliseconds of one search among unit vectors by a float32 product and topk, the median of some queries.

    python3 tools/reference/bench_search.py [--rows 100000] [--serve]

The query itself is left out. Results are in the order of float32 products.
"""

import argparse
import statistics
import time

import torch

from bench_recall import clustered_features
from maskcon_reference.protocol import add_arguments, measure, peak_rss_mb


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--dim", type=int, default=256)
    parser.add_argument("--queries", type=int, default=21)
    parser.add_argument("--threads", type=int, default=2)
    add_arguments(parser)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    features, _ = clustered_features(args.rows, args.dim, 20)
    vectors = torch.nn.functional.normalize(features)

    def ask(row: int) -> "tuple[float, list[int]]":
        start = time.perf_counter()
        scores = vectors @ vectors[row]
        scores[row] = -2
        found = torch.topk(scores, 20).indices
        return 1000 * (time.perf_counter() - start), (found + 1).tolist()

    rows = [(i * 7919) % args.rows for i in range(args.queries)]
    ask(0)

    def once() -> dict:
        answers = [ask(row) for row in rows]
        return {"milliseconds": statistics.median(ms for ms, _ in answers), "ids": [ids for _, ids in answers]}

    measure(args, {"torch": torch.__version__, "idleRssMb": round(peak_rss_mb(), 1)}, once)


if __name__ == "__main__":
    main()
