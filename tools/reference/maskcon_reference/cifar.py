"""CIFAR-100 from its official Python pickles, with its 20 coarse labels."""

import pickle
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch.utils.data import Dataset

from .augment import CIFAR100_MEAN, CIFAR100_STD, views


class Cifar100(Dataset):
    """Item i: strong view, weak view, coarse label, fine label."""

    def __init__(self, folder: Path, split: str):
        with open(folder / split, "rb") as file:
            content = pickle.load(file, encoding="bytes")
        self.pixels = content[b"data"].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
        self.coarse = torch.tensor(content[b"coarse_labels"])
        self.fine = torch.tensor(content[b"fine_labels"])
        self.strong, self.weak = views()

    def __len__(self) -> int:
        return len(self.pixels)

    def __getitem__(self, i: int):
        image = Image.fromarray(self.pixels[i])
        return self.strong(image), self.weak(image), self.coarse[i], self.fine[i]

    def plain(self) -> torch.Tensor:
        """All images normalised, without augmentation: [n, 3, 32, 32]."""
        x = torch.from_numpy(np.ascontiguousarray(self.pixels.transpose(0, 3, 1, 2))).float() / 255
        shape = (1, 3, 1, 1)
        return (x - torch.tensor(CIFAR100_MEAN).view(shape)) / torch.tensor(CIFAR100_STD).view(shape)
