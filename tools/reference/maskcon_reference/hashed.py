"""The exact input generator of the golden files: a 32-bit integer hash, the same in any language."""

import binascii

import numpy as np
import torch


def hash32(count: int, seed: int) -> np.ndarray:
    x = (np.arange(count, dtype=np.uint64) * 2654435761 + seed).astype(np.uint32)
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x85EBCA6B)
    x ^= x >> np.uint32(13)
    x *= np.uint32(0xC2B2AE35)
    return x ^ (x >> np.uint32(16))


class Hashed:
    """U(name, shape, a): float32 in [-a, a); I(name, n, mod): integers below mod."""

    def __init__(self, seed: int):
        self.seed = seed

    def _seed(self, name: str) -> int:
        return (binascii.crc32(name.encode()) + self.seed) % 2**32

    def uniform(self, name: str, shape, a: float) -> torch.Tensor:
        x = hash32(int(np.prod(shape)), self._seed(name)).astype(np.float64)
        return torch.from_numpy(((2 * (x / 2**32) - 1) * a).astype(np.float32).reshape(tuple(shape)))

    def integers(self, name: str, n: int, mod: int) -> torch.Tensor:
        return torch.from_numpy((hash32(n, self._seed(name)) % mod).astype(np.int64))
