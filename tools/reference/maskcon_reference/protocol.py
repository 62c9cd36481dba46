"""The line protocol of the benchmarks: a driver writes "go", a measurement comes back as one line of JSON.

The first line out is {"ready": true, ...}. The driver ends the process by closing its standard input, so that two
processes can take turns on the same cores. Without --serve a benchmark measures --rounds times and ends.
"""

import argparse
import json
import resource
import sys
from typing import Callable


def peak_rss_mb() -> float:
    """This process's largest resident memory so far."""
    try:
        with open("/proc/self/status") as status:
            line = next(line for line in status if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    except OSError:
        divisor = 1024**2 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / divisor


def blas() -> str:
    """The library behind every matrix product that is not a convolution: "openblas", "reference", ... or "unknown".

    Debian's reference BLAS (libblas3) is 30 times slower than OpenBLAS: figures made with it flatter the other side.
    """
    try:
        with open("/proc/self/maps") as maps:
            paths = {line.split()[-1].lower() for line in maps if "/" in line}
    except OSError:
        return "unknown"
    for name in ("openblas", "mkl", "blis", "atlas"):
        if any(name in path.rsplit("/", 1)[-1] for path in paths):
            return name
    return "reference" if any("libblas" in path for path in paths) else "unknown"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--serve", action="store_true", help='measure once for every line "go" on standard input')
    parser.add_argument("--rounds", type=int, default=3)


def emit(value: dict) -> None:
    print(json.dumps(value), flush=True)


def measure(args: argparse.Namespace, about: dict, once: Callable[[], dict]) -> None:
    emit({"ready": True, **about, "blas": blas()})
    turns = (line for line in sys.stdin if line.strip() == "go") if args.serve else range(args.rounds)
    for _ in turns:
        emit({**once(), "peakRssMb": round(peak_rss_mb(), 1)})
