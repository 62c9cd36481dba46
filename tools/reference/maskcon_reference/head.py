"""What is trained behind a foreign model, and the steps that train it."""

import torch
from torch import nn
from torch.nn import functional as F

from .hashed import Hashed
from .methods import Method, loss


class Head(nn.Module):
    """Features to embedding and class logits: z = f + B relu(A f + a) + b with f = W (x - mean), then Linear, ReLU, Linear."""

    def __init__(self, c: dict, hashed: Hashed):
        super().__init__()
        width = c["whitened"] or c["features"]
        if c["whitened"]:
            self.mean = hashed.uniform("whitening.mean", [c["features"]], 0.5).double()
            self.weight = hashed.uniform("whitening.weight", [width, c["features"]], 0.4).double()
        self.whitened = c["whitened"] > 0
        self.relu = nn.ReLU()
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
        f = (x - self.mean.to(x)) @ self.weight.to(x).t() if self.whitened else x
        z = f + self.adapter["2"](self.relu(self.adapter["0"](f)))
        q = F.normalize(self.projector["2"](self.relu(self.projector["0"](z))), dim=1)
        return q, self.classifier(z) if hasattr(self, "classifier") else None


def run_steps(query: nn.Module, key: nn.Module, optimizer: torch.optim.Optimizer, c: dict, hashed: Hashed, shape) -> dict:
    """The losses, and the norms of the gradients before they are clipped. `query` gives what a head gives."""
    dtype = next(query.parameters()).dtype
    queue = F.normalize(hashed.uniform("queue", [c["queue"], c["dim"]], 1).double(), dim=1).to(dtype)
    queue_labels = hashed.integers("queue_labels", c["queue"], c["coarse_classes"])
    method = Method(c["mode"], c["w"], c["T"], c["T0"], c["coarse_weight"])
    losses, norms = [], []
    for s in range(c["steps"]):
        x = hashed.uniform(f"query_view.{s}", [c["batch"], *shape], 2).double()
        y = 0.8 * x + hashed.uniform(f"key_view.{s}", [c["batch"], *shape], 0.4).double()
        labels = hashed.integers(f"labels.{s}", c["batch"], c["coarse_classes"])
        with torch.no_grad():
            for k, q in zip(key.parameters(), query.parameters()):
                k.mul_(c["m"]).add_(q, alpha=1 - c["m"])
            k, _ = key(y.float().to(dtype))
        q, logits = query(x.to(dtype))
        value = loss(q, k, queue, queue_labels, labels, logits, method)
        optimizer.zero_grad(set_to_none=True)
        value.backward()
        if "clip_norm" in c:
            norms.append(nn.utils.clip_grad_norm_(query.parameters(), c["clip_norm"]).item())
        optimizer.step()
        losses.append(value.item())
        queue = torch.cat([queue[c["batch"] :], k])
        queue_labels = torch.cat([queue_labels[c["batch"] :], labels])
    return dict(losses=losses, norms=norms) if norms else dict(losses=losses)


def check_clipping(c: dict, norms: list) -> None:
    if norms and not min(norms) < c["clip_norm"] < max(norms):
        raise ValueError(f"{c['name']}: the norms {norms} are all on one side of the limit")
