"""Targets and loss of every method as pure functions.

Shapes: N batch, K queue, D embedding. Column 0 of targets and logits is the sample's own key.
"""

from dataclasses import dataclass
from typing import Optional

import torch
from torch.nn import functional as F

METHODS = ("maskcon", "selfcon", "supcon", "grafit", "coins", "supce")


@dataclass(frozen=True)
class Method:
    name: str
    soft_weight: float = 1.0  # w
    soft_temperature: float = 0.05  # T
    temperature: float = 0.1  # T0
    coarse_weight: float = 0.0

    def __post_init__(self):
        if self.name not in METHODS:
            raise ValueError(f"method {self.name!r} is none of {', '.join(METHODS)}")

    @property
    def has_classifier(self) -> bool:
        return self.name in ("coins", "supce") or self.coarse_weight > 0


def soft_targets(k, queue, same, method: Method) -> torch.Tensor:
    """Targets t [N, 1 + K] from the keys k [N, D], the queue [K, D] and the mask of same-class entries [N, K]."""
    own = F.one_hot(torch.zeros(len(k), dtype=torch.long), 1 + len(queue)).to(k.dtype)
    if method.name == "maskcon":
        s = (k @ queue.t()).masked_fill(~same, -torch.inf)
        largest = s.amax(1, keepdim=True).nan_to_num(neginf=0.0)  # no same-class entry: own key only
        z = ((s - largest) / method.soft_temperature).exp()
    elif method.name in ("supcon", "grafit"):  # T to infinity
        z = same.to(k.dtype)
    else:
        return own
    u = torch.cat([k.new_ones(len(k), 1), z], 1)
    u = u / u.sum(1, keepdim=True)
    w = 1.0 if method.name == "supcon" else method.soft_weight
    return w * u + (1 - w) * own


def contrastive_loss(q, k, queue, targets, temperature: float) -> torch.Tensor:
    logits = torch.cat([(q * k).sum(1, keepdim=True), q @ queue.t()], 1) / temperature
    return -(targets * F.log_softmax(logits, 1)).sum(1).mean()


def loss(q, k, queue, queue_labels, labels, class_logits: Optional[torch.Tensor], method: Method) -> torch.Tensor:
    """The loss of one batch; `class_logits` [N, C] where the method has a classifier. A queue label of -1 matches nothing."""
    same = labels[:, None] == queue_labels[None, :]
    targets = soft_targets(k, queue, same, method)
    value = contrastive_loss(q, k, queue, targets, method.temperature)
    if method.name in ("coins", "supce"):
        w = 1.0 if method.name == "supce" else method.soft_weight
        value = w * F.cross_entropy(class_logits, labels) + (1 - w) * value
    if method.coarse_weight:
        value = value + method.coarse_weight * F.cross_entropy(class_logits, labels)
    return value
