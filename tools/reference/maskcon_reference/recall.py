"""Exact leave-one-out Recall@K with cosine similarity."""

from typing import Optional, Sequence

import torch
from torch.nn import functional as F

KS = (1, 2, 5, 10, 50, 100)


@torch.no_grad()
def recall_at_k(
    features: torch.Tensor,
    labels: torch.Tensor,
    ks: Sequence[int] = KS,
    within: Optional[torch.Tensor] = None,
    chunks: int = 10,
) -> "dict[str, float]":
    """The share of rows of `features` [n, F] with a row of the same label among their K nearest, themselves excluded.

    With `within` [n], only rows of the same entry there are neighbours. The official code works in 10 chunks of rows.
    """
    unit = F.normalize(features, dim=1)
    largest = min(max(ks), len(unit) - 1)
    hits = []
    for rows in torch.arange(len(unit)).chunk(chunks):
        similarity = unit[rows] @ unit.t()
        similarity[torch.arange(len(rows)), rows] = -torch.inf
        if within is not None:
            similarity.masked_fill_(within[rows, None] != within[None, :], -torch.inf)
        values, nearest = similarity.topk(largest)
        hits.append((labels[nearest] == labels[rows, None]) & (values > -torch.inf))
    found = torch.cat(hits).cumsum(1) > 0
    return {str(k): found[:, min(k, largest) - 1].float().mean().item() for k in ks}
