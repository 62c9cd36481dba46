"""Writes test/golden/head-trajectories.json: the step behind a frozen model, with torch.optim.AdamW.

    python3 tools/reference/make_head_trajectories.py

In float64 from float32 inputs of the exact generator (test/golden/README.md). The query network is
z = f + B relu(A f + a) + b with f = W (x - mean), then Linear, ReLU, Linear; biases have no weight decay.
"""

import copy
import json
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

from maskcon_reference.hashed import Hashed
from maskcon_reference.methods import Method, loss

TARGET = Path(__file__).resolve().parents[2] / "test" / "golden" / "head-trajectories.json"
CASES = [
    dict(name="maskcon", seed=31),
    dict(name="maskcon with coarse loss, no whitening", coarse_weight=0.5, whitened=0, seed=32),
    dict(name="selfcon, strong decay", mode="selfcon", weight_decay=0.5, lr=0.01, seed=33),
    dict(name="supce", mode="supce", seed=34),
]
DEFAULTS = dict(
    mode="maskcon", features=24, whitened=16, hidden=256, batch=8, queue=20, dim=12, coarse_classes=3, w=1.0, T=0.1,
    T0=0.1, m=0.9, lr=1e-3, weight_decay=0.01, coarse_weight=0.0, steps=5,
)  # fmt: skip


class Head(nn.Module):
    def __init__(self, c: dict, hashed: Hashed):
        super().__init__()
        width = c["whitened"] or c["features"]
        if c["whitened"]:
            self.mean = hashed.uniform("whitening.mean", [c["features"]], 0.5).double()
            self.weight = hashed.uniform("whitening.weight", [width, c["features"]], 0.4).double()
        self.whitened = c["whitened"] > 0
        self.adapter = nn.ModuleDict({"0": nn.Linear(width, c["hidden"]), "2": nn.Linear(c["hidden"], width)})
        self.projector = nn.ModuleDict({"0": nn.Linear(width, 512), "2": nn.Linear(512, c["dim"])})
        if c["mode"] in ("coins", "supce") or c["coarse_weight"] > 0:
            self.classifier = nn.Linear(width, c["coarse_classes"])
        self.double()
        with torch.no_grad():
            for name, p in self.named_parameters():
                bound = 0.05 if p.dim() == 1 else (1 / p.shape[1]) ** 0.5
                p.copy_(hashed.uniform(name, list(p.shape), bound).double())

    def forward(self, x):
        f = (x - self.mean) @ self.weight.t() if self.whitened else x
        z = f + self.adapter["2"](F.relu(self.adapter["0"](f)))
        return z, F.normalize(self.projector["2"](F.relu(self.projector["0"](z))), dim=1)


def statistics(t: torch.Tensor) -> dict:
    flat = t.detach().flatten()
    return dict(sum=flat.sum().item(), l2=flat.norm().item(), first=flat[:3].tolist(), last=flat[-1].item())


def record(case: dict) -> dict:
    c = {**DEFAULTS, **case}
    hashed = Hashed(c["seed"])
    query = Head(c, hashed)
    key = copy.deepcopy(query).requires_grad_(False)
    queue = F.normalize(hashed.uniform("queue", [c["queue"], c["dim"]], 1).double(), dim=1)
    queue_labels = hashed.integers("queue_labels", c["queue"], c["coarse_classes"])
    weights = [p for p in query.parameters() if p.dim() > 1]
    rest = [p for p in query.parameters() if p.dim() == 1]
    groups = [dict(params=weights, weight_decay=c["weight_decay"]), dict(params=rest, weight_decay=0.0)]
    optimizer = torch.optim.AdamW(groups, lr=c["lr"])
    method = Method(c["mode"], c["w"], c["T"], c["T0"], c["coarse_weight"])
    losses = []
    for s in range(c["steps"]):
        x = hashed.uniform(f"query_view.{s}", [c["batch"], c["features"]], 2).double()
        y = 0.8 * x + hashed.uniform(f"key_view.{s}", [c["batch"], c["features"]], 0.4).double()
        y = y.float().double()
        labels = hashed.integers(f"labels.{s}", c["batch"], c["coarse_classes"])
        with torch.no_grad():
            for k, q in zip(key.parameters(), query.parameters()):
                k.mul_(c["m"]).add_(q, alpha=1 - c["m"])
            _, k = key(y)
        z, q = query(x)
        logits = query.classifier(z) if hasattr(query, "classifier") else None
        value = loss(q, k, queue, queue_labels, labels, logits, method)
        optimizer.zero_grad(set_to_none=True)
        value.backward()
        optimizer.step()
        losses.append(value.item())
        queue = torch.cat([queue[c["batch"] :], k])
        queue_labels = torch.cat([queue_labels[c["batch"] :], labels])
    return dict(config=c, losses=losses, query_params={n: statistics(p) for n, p in query.named_parameters()})


TARGET.write_text(json.dumps(dict(torch=torch.__version__, trajectories=[record(case) for case in CASES]), indent=1) + "\n")
print(f"wrote {TARGET}")
