"""Trains ResNet-20 on CIFAR-100 with its 20 coarse labels and prints Recall@K: fine, coarse, and fine within the coarse class.

    python3 tools/reference/train_cifar.py FOLDER --method maskcon --epochs 12

FOLDER holds the official pickles `train` and `test`. One JSON object a line; the last one holds trained and frozen recall.
"""

import argparse
import json
import math
import time
from pathlib import Path

import torch
from torch.utils.data import DataLoader

from maskcon_reference import METHODS, Method, Step
from maskcon_reference.cifar import Cifar100
from maskcon_reference.recall import recall_at_k
from maskcon_reference.step import evaluation_features


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--method", choices=[*METHODS, "supfine"], default="maskcon")
    parser.add_argument("--backbone", default="resnet20")
    parser.add_argument("--soft-weight", type=float, default=1.0)
    parser.add_argument("--soft-temperature", type=float, default=0.05)
    parser.add_argument("--temperature", type=float, default=0.1)
    parser.add_argument("--coarse-weight", type=float, default=0.0)
    parser.add_argument("--key-momentum", type=float, default=0.99)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--queue-size", type=int, default=4096)
    parser.add_argument("--embedding-dim", type=int, default=128)
    parser.add_argument("--learning-rate", type=float, default=0.1)
    parser.add_argument("--weight-decay", type=float, default=5e-4)
    parser.add_argument("--warmup-epochs", type=float, default=0.6)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--max-steps", type=int, help="stop early, for a trial")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def learning_rate(args: argparse.Namespace, iteration: int, per_epoch: int) -> float:
    """The official schedule, by iteration: linear warm-up, then cosine to zero."""
    warmup, total = args.warmup_epochs * per_epoch, args.epochs * per_epoch
    if iteration < warmup:
        return args.learning_rate * iteration / warmup
    return 0.5 * args.learning_rate * (1 + math.cos(math.pi * (iteration - warmup) / (total - warmup)))


def evaluate(step: Step, test: Cifar100) -> dict:
    features = torch.cat([evaluation_features(step.query_encoder, x) for x in test.plain().split(500)])
    return {
        "fine": recall_at_k(features, test.fine),
        "coarse": recall_at_k(features, test.coarse),
        "within": recall_at_k(features, test.fine, within=test.coarse),
    }


def fill_queue(step: Step, loader: DataLoader, fine: bool) -> None:
    filled = 0
    while filled < len(step.queue):
        for _, weak, coarse_labels, fine_labels in loader:
            step.fill_queue(weak, fine_labels if fine else coarse_labels)
            filled += len(weak)
            if filled >= len(step.queue):
                return


def train(args: argparse.Namespace, step: Step, loader: DataLoader, fine: bool) -> None:
    iteration, per_epoch = 0, len(loader)
    for epoch in range(args.epochs):
        start, losses = time.perf_counter(), []
        for strong, weak, coarse_labels, fine_labels in loader:
            step.optimizer.param_groups[0]["lr"] = learning_rate(args, iteration, per_epoch)
            losses.append(step.run(strong, weak, fine_labels if fine else coarse_labels))
            iteration += 1
            if iteration == args.max_steps:
                break
        speed = len(losses) * args.batch_size / (time.perf_counter() - start)
        mean = sum(losses) / len(losses)
        print(json.dumps({"epoch": epoch, "loss": round(mean, 4), "imagesPerSecond": round(speed, 1)}), flush=True)
        if iteration == args.max_steps:
            return


def main() -> None:
    args = arguments()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    fine = args.method == "supfine"
    method = Method(
        "supcon" if fine else args.method, args.soft_weight, args.soft_temperature, args.temperature, args.coarse_weight
    )
    step = Step(
        args.backbone, 32, args.embedding_dim, 100 if fine else 20, args.queue_size, method,
        args.key_momentum, args.learning_rate, 0.9, args.weight_decay,
    )  # fmt: skip
    test = Cifar100(args.folder, "test")
    frozen = evaluate(step, test)
    loader = DataLoader(
        Cifar100(args.folder, "train"), args.batch_size, shuffle=True, drop_last=True,
        num_workers=args.workers, persistent_workers=args.workers > 0,
    )  # fmt: skip
    fill_queue(step, loader, fine)
    train(args, step, loader, fine)
    print(json.dumps({"method": args.method, "seed": args.seed, "trained": evaluate(step, test), "frozen": frozen}))


if __name__ == "__main__":
    main()
