"""Runs one golden case and records it in the format of test/golden/trajectories.json.

`query_params`, `key_params`, `bn_running` and `grads` hold statistics (sum, l2, first three, last) per tensor.
"""

import math
from typing import Iterable, Mapping, Optional

import torch
from torch.nn import functional as F

from .encoder import Encoder
from .hashed import Hashed
from .methods import Method
from .step import Step, evaluation_features


def initialise(encoder: Encoder, hashed: Hashed, rename: Mapping[str, str] = {}) -> None:
    """Fills every parameter by its name, as golden/README.md says. `rename` maps our name to the recipe's."""
    modules = dict(encoder.named_modules())
    with torch.no_grad():
        for name, parameter in encoder.named_parameters():
            module, kind = name.rsplit(".", 1)
            recipe = rename.get(name, name)
            if isinstance(modules[module], torch.nn.BatchNorm2d):
                parameter.copy_(hashed.uniform(recipe, parameter.shape, 0.1) + (1 if kind == "weight" else 0))
            elif parameter.ndim == 4:
                parameter.copy_(hashed.uniform(recipe, parameter.shape, math.sqrt(6 / parameter[0].numel())))
            elif parameter.ndim == 2:
                parameter.copy_(hashed.uniform(recipe, parameter.shape, math.sqrt(1 / parameter.shape[1])))
            else:
                parameter.copy_(hashed.uniform(recipe, parameter.shape, 0.05))


def build(config: dict, rename: Mapping[str, str] = {}, dtype=torch.float32) -> "tuple[Step, Hashed]":
    """The step in its initial state. Inputs are rounded to float32 whatever the `dtype` of the arithmetic."""
    method = Method(
        config["mode"],
        soft_weight=config["w"],
        soft_temperature=config["T"],
        temperature=config["T0"],
        coarse_weight=config.get("coarse_weight", 0.0),
    )
    step = Step(
        config["arch"], config["size"], config["dim"], config["coarse_classes"], config["queue"], method,
        config["m"], config["lr"], config["sgd_momentum"], config["weight_decay"],
    )  # fmt: skip
    hashed = Hashed(config["seed"])
    initialise(step.query_encoder, hashed, rename)
    step.key_encoder.load_state_dict(step.query_encoder.state_dict())
    # Fields that only our own cases have: entries from queue_filled on are empty (zeros, label -1); labels in the queue are below queue_classes.
    filled = config.get("queue_filled", config["queue"])
    classes = config.get("queue_classes", config["coarse_classes"])
    step.queue = step.queue.to(dtype)
    step.query_encoder.to(dtype)
    step.key_encoder.to(dtype)
    step.queue[:filled] = F.normalize(hashed.uniform("queue", (config["queue"], config["dim"]), 1.0), dim=1)[:filled]
    step.queue_labels[:filled] = hashed.integers("queue_labels", config["queue"], classes)[:filled]
    return step, hashed


def batch(config: dict, hashed: Hashed, s: int, dtype=torch.float32) -> "tuple[torch.Tensor, torch.Tensor, torch.Tensor]":
    shape = (config["batch"], 3, config["size"], config["size"])
    query = hashed.uniform(f"query_view.{s}", shape, 2.0)
    key = 0.8 * query + hashed.uniform(f"key_view.{s}", shape, 0.4)
    return query.to(dtype), key.to(dtype), hashed.integers(f"labels.{s}", config["batch"], config["coarse_classes"])


def statistics(tensor: torch.Tensor) -> dict:
    flat = tensor.detach().double().flatten()
    return {
        "sum": flat.sum().item(),
        "l2": flat.norm().item(),
        "first": flat[:3].tolist(),
        "last": flat[-1].item(),
    }


def record(
    config: dict, names: Optional[Iterable[str]] = None, rename: Mapping[str, str] = {}, dtype=torch.float32
) -> dict:
    """Runs `config["steps"]` steps; statistics of the tensors in `names` (all without it)."""
    step, hashed = build(config, rename, dtype)

    def statistics_of(tensors, kept=None) -> dict:
        return {name: statistics(tensor) for name, tensor in tensors if (kept or keep)(name)}

    keep = (lambda name: True) if names is None else set(names).__contains__
    steps = []
    for s in range(config["steps"]):
        entry = {"step": s, "loss": step.run(*batch(config, hashed, s, dtype))}
        if s in (0, config["steps"] - 1):
            entry["grads"] = statistics_of((n, p.grad) for n, p in step.query_encoder.named_parameters())
        steps.append(entry)
    images = hashed.uniform("eval", (4, 3, config["size"], config["size"]), 2.0)
    features = evaluation_features(step.query_encoder, images.to(dtype))
    running = [(n, b) for n, b in step.query_encoder.named_buffers() if b.is_floating_point()]
    return {
        "config": config,
        "steps": steps,
        "query_params": statistics_of(step.query_encoder.named_parameters()),
        "key_params": statistics_of(step.key_encoder.named_parameters()),
        "bn_running": statistics_of(running, lambda n: keep(n.rsplit(".", 1)[0] + ".weight")),
        "queue": statistics(step.queue),
        "queue_labels": step.queue_labels.tolist(),
        "queue_ptr": step.pointer,
        "eval_features": [row[:6].tolist() + [row.norm().item()] for row in features],
    }
