"""Backbones, projector and classifier, with torchvision's parameter names.

Shapes: N images, F backbone features, D embedding, C coarse classes, S image side.
"""

import torch
from torch import nn
from torch.nn import functional as F
from torchvision.models import resnet
from torchvision.ops import FrozenBatchNorm2d

TORCHVISION_RESNETS = {"resnet18": 512, "resnet34": 512, "resnet50": 2048}
CIFAR_RESNETS = {"resnet20": 3, "resnet32": 5, "resnet56": 9}  # blocks per stage: 6 n + 2 layers
SMALL_IMAGE = 64  # up to this side the stem is a 3x3 convolution of stride 1 without max-pool


class CifarBlock(nn.Module):
    """Two 3x3 convolutions; the shortcut has no parameters (option A): every second pixel, new channels zero."""

    def __init__(self, inputs: int, outputs: int, stride: int):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.stride = stride
        self.new_channels = outputs - inputs

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        if self.stride > 1 or self.new_channels:
            before = self.new_channels // 2
            x = F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, before, self.new_channels - before))
        return F.relu(y + x)


class CifarResNet(nn.Module):
    """He et al. 2015, section 4.2: 16, 32 and 64 channels, global average pool, [N, 3, S, S] -> [N, 64]."""

    def __init__(self, blocks: int):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.layer1 = self._stage(16, 16, 1, blocks)
        self.layer2 = self._stage(16, 32, 2, blocks)
        self.layer3 = self._stage(32, 64, 2, blocks)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")  # as torchvision's ResNets

    @staticmethod
    def _stage(inputs: int, outputs: int, stride: int, blocks: int) -> nn.Sequential:
        first = CifarBlock(inputs, outputs, stride)
        return nn.Sequential(first, *(CifarBlock(outputs, outputs, 1) for _ in range(blocks - 1)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return x.mean((2, 3))


class MobileNetV1(nn.Module):
    """Howard et al. 2017 at width 0.75, [N, 3, S, S] -> [N, 768]; its BatchNorm keeps its statistics, as in fine-tuning."""

    def __init__(self):
        super().__init__()
        channels = [int(0.75 * c) for c in (32, 64, 128, 128, 256, 256, *[512] * 6, 1024, 1024)]
        strides = [1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1]
        layers = self._layer(3, channels[0], 3, 2)
        for inputs, outputs, stride in zip(channels, channels[1:], strides):
            layers += self._layer(inputs, inputs, 3, stride, inputs) + self._layer(inputs, outputs, 1, 1)
        self.layers = nn.Sequential(*layers)

    @staticmethod
    def _layer(inputs: int, outputs: int, kernel: int, stride: int, groups: int = 1) -> list:
        convolution = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
        return [convolution, FrozenBatchNorm2d(outputs), nn.ReLU6(inplace=True)]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x).mean((2, 3))


def backbone(name: str, image_size: int) -> "tuple[nn.Module, int]":
    """The network without its classification layer, and F."""
    if name in CIFAR_RESNETS:
        return CifarResNet(CIFAR_RESNETS[name]), 64
    if name == "mobilenetv1":
        return MobileNetV1(), 768
    net = getattr(resnet, name)(weights=None)
    if image_size <= SMALL_IMAGE:
        net.conv1 = nn.Conv2d(3, 64, 3, 1, 1, bias=False)
        net.maxpool = nn.Identity()
    net.fc = nn.Identity()
    return net, TORCHVISION_RESNETS[name]


class Encoder(nn.Module):
    """Backbone `net`, `projector`, and a `classifier` where the method needs one."""

    def __init__(self, name: str, image_size: int, dim: int, coarse_classes: int = 0):
        super().__init__()
        self.net, features = backbone(name, image_size)
        self.feature_dim = features
        self.projector = nn.Sequential(nn.Linear(features, 512), nn.ReLU(), nn.Linear(512, dim))
        if coarse_classes:
            self.classifier = nn.Linear(features, coarse_classes)

    def forward(self, images: torch.Tensor) -> "tuple[torch.Tensor, torch.Tensor]":
        """Backbone features [N, F] and unit-length projections [N, D]."""
        features = self.net(images)
        return features, F.normalize(self.projector(features), dim=1)
