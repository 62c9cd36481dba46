"""MaskCon's training step in plain PyTorch: what the TypeScript engine is checked and timed against."""

from .encoder import CIFAR_RESNETS, Encoder, TORCHVISION_RESNETS
from .methods import METHODS, Method, soft_targets
from .step import Step

__all__ = ["CIFAR_RESNETS", "Encoder", "METHODS", "Method", "Step", "TORCHVISION_RESNETS", "soft_targets"]
