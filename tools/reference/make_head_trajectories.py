"""Writes test/golden/head-trajectories.json: the step behind a frozen model, with torch.optim.AdamW or SGD.

    python3 tools/reference/make_head_trajectories.py

In float64 from float32 inputs of the exact generator (test/golden/README.md). The query network is
z = f + B relu(A f + a) + b with f = W (x - mean), then Linear, ReLU, Linear. AdamW leaves biases without weight decay,
unless a group says otherwise. A group goes by the step's name of one parameter or by a start of several; the longest applies.
"""

import copy
import json
from pathlib import Path

import torch
from torch import nn

from maskcon_reference.hashed import Hashed
from maskcon_reference.head import Head, check_clipping, run_steps

TARGET = Path(__file__).resolve().parents[2] / "test" / "golden" / "head-trajectories.json"
CASES = [
    dict(name="maskcon", seed=31),
    dict(name="maskcon with coarse loss, no whitening", coarse_weight=0.5, whitened=0, seed=32),
    dict(name="selfcon, strong decay", mode="selfcon", weight_decay=0.5, lr=0.01, seed=33),
    dict(name="supce", mode="supce", seed=34),
    dict(name="groups and clipping", coarse_weight=0.5, weight_decay=0.3, clip_norm=2.2, seed=35, groups={
        "net.adapter.0.": dict(scale=0.75**2), "net.adapter.2.": dict(scale=0.75),
        "net.adapter.2.weight": dict(scale=0.75, decays=False), "net.adapter.2.bias": dict(scale=0.75, decays=True),
        "projector.": dict(scale=10), "classifier.": dict(scale=10),
    }),
    dict(name="frozen, clipped", weight_decay=0.1, clip_norm=12, seed=36, groups={"net.adapter.0.": dict(scale=0)}),
    dict(name="sgd, groups and clipping", optimizer="sgd", lr=0.02, weight_decay=0.1, clip_norm=10, seed=37, groups={
        "net.": dict(scale=0.5), "net.adapter.0.bias": dict(decays=False), "projector.2.": dict(scale=3),
    }),
]  # fmt: skip
DEFAULTS = dict(
    mode="maskcon", features=24, whitened=16, hidden=256, batch=8, queue=20, dim=12, coarse_classes=3, w=1.0, T=0.1,
    T0=0.1, m=0.9, lr=1e-3, weight_decay=0.01, coarse_weight=0.0, steps=5,
)  # fmt: skip


def parameter_groups(query: nn.Module, c: dict) -> list:
    groups = []
    for name, p in query.named_parameters():
        own = name if name.startswith(("projector", "classifier")) else f"net.{name}"
        fits = [k for k in c.get("groups", {}) if k == own or (k.endswith(".") and own.startswith(k))]
        group = c["groups"][max(fits, key=len)] if fits else {}
        scale, decays = group.get("scale", 1), group.get("decays", p.dim() > 1 or "optimizer" in c)
        p.requires_grad_(scale > 0)
        groups.append(dict(params=[p], lr=c["lr"] * scale, weight_decay=c["weight_decay"] if decays else 0.0))
    return groups


def statistics(t: torch.Tensor) -> dict:
    flat = t.detach().flatten()
    return dict(sum=flat.sum().item(), l2=flat.norm().item(), first=flat[:3].tolist(), last=flat[-1].item())


def record(case: dict) -> dict:
    c = {**DEFAULTS, **case}
    hashed = Hashed(c["seed"])
    query = Head(c, hashed)
    groups = parameter_groups(query, c)
    sgd = c.get("optimizer") == "sgd"
    optimizer = torch.optim.SGD(groups, lr=c["lr"], momentum=0.9) if sgd else torch.optim.AdamW(groups, lr=c["lr"])
    measured = run_steps(query, copy.deepcopy(query), optimizer, c, hashed, [c["features"]])
    check_clipping(c, measured.get("norms", []))
    return dict(config=c, **measured, query_params={n: statistics(p) for n, p in query.named_parameters()})


TARGET.write_text(json.dumps(dict(torch=torch.__version__, trajectories=[record(case) for case in CASES]), indent=1) + "\n")
print(f"wrote {TARGET}")
