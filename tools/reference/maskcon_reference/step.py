"""One training step: EMA, two forward passes, loss, backward, SGD, enqueue. Owns the queue."""

import copy

import torch

from .encoder import Encoder
from .methods import Method, loss


class Step:
    """Both encoders, the queue [K, D] with its labels [K], and the optimiser of the query encoder."""

    def __init__(
        self,
        backbone: str,
        image_size: int,
        dim: int,
        coarse_classes: int,
        queue_size: int,
        method: Method,
        key_momentum: float = 0.99,
        learning_rate: float = 0.02,
        momentum: float = 0.9,
        weight_decay: float = 5e-4,
    ):
        classes = coarse_classes if method.has_classifier else 0
        self.method = method
        self.key_momentum = key_momentum
        self.query_encoder = Encoder(backbone, image_size, dim, classes)
        self.key_encoder = copy.deepcopy(self.query_encoder).requires_grad_(False)
        self.queue = torch.zeros(queue_size, dim)
        self.queue_labels = torch.full((queue_size,), -1)
        self.pointer = 0
        self.optimizer = torch.optim.SGD(
            self.query_encoder.parameters(), learning_rate, momentum, weight_decay=weight_decay, foreach=True
        )

    def run(self, query: torch.Tensor, key: torch.Tensor, labels: torch.Tensor) -> float:
        """One step on the two views [N, 3, S, S]; returns the loss before the update."""
        self._update_key_encoder()
        features, q = self.query_encoder(query)
        with torch.no_grad():
            _, k = self.key_encoder(key)
        class_logits = self.query_encoder.classifier(features) if self.method.has_classifier else None
        value = loss(q, k, self.queue, self.queue_labels, labels, class_logits, self.method)
        self.optimizer.zero_grad(set_to_none=True)
        value.backward()
        self.optimizer.step()
        self.enqueue(k, labels)
        return value.item()

    @torch.no_grad()
    def fill_queue(self, key: torch.Tensor, labels: torch.Tensor) -> None:
        """Enqueues the keys of one batch without an update."""
        self.enqueue(self.key_encoder(key)[1], labels)

    def enqueue(self, k: torch.Tensor, labels: torch.Tensor) -> None:
        """Writes key i at (pointer + i) mod K, so any K works."""
        size = len(self.queue)
        skipped = max(0, len(k) - size)  # they would be overwritten within this batch
        at = (self.pointer + torch.arange(skipped, len(k))) % size
        self.queue[at] = k[skipped:]
        self.queue_labels[at] = labels[skipped:]
        self.pointer = (self.pointer + len(k)) % size

    @torch.no_grad()
    def _update_key_encoder(self) -> None:
        """Parameters only: BatchNorm statistics of the key encoder are its own."""
        m = self.key_momentum
        keys = list(self.key_encoder.parameters())
        torch._foreach_mul_(keys, m)
        torch._foreach_add_(keys, list(self.query_encoder.parameters()), alpha=1 - m)


@torch.no_grad()
def evaluation_features(encoder: Encoder, images: torch.Tensor) -> torch.Tensor:
    """Backbone features [N, F] in eval mode, not normalised."""
    encoder.net.eval()
    features = encoder.net(images)
    encoder.net.train()
    return features
