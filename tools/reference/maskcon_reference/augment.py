"""The official code's CIFAR augmentation on PIL images: crop and flip (weak), and AutoAugment's CIFAR-10 policy (strong).

`cars_views` is that of Cars: crop, flip and perspective (weak), with colours and blur (strong).

Magnitudes, interpolation and fill are those of https://github.com/DeepVoltaire/AutoAugment, as MaskCon uses it.
"""

import random

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter, ImageOps
from torchvision import transforms

GRAY = (128, 128, 128)
CIFAR100_MEAN, CIFAR100_STD = (0.507, 0.487, 0.441), (0.267, 0.256, 0.276)
IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)

_LEVELS = {
    "shear_x": np.linspace(0, 0.3, 10),
    "shear_y": np.linspace(0, 0.3, 10),
    "translate_x": np.linspace(0, 150 / 331, 10),
    "translate_y": np.linspace(0, 150 / 331, 10),
    "rotate": np.linspace(0, 30, 10),
    "posterize": np.round(np.linspace(8, 4, 10)).astype(int),
    "solarize": np.linspace(256, 0, 10),
    **dict.fromkeys(("color", "contrast", "sharpness", "brightness"), np.linspace(0, 0.9, 10)),
    **dict.fromkeys(("autocontrast", "equalize", "invert"), [0] * 10),
}


def _signed(magnitude: float) -> float:
    return magnitude * random.choice([-1, 1])


def _affine(image, matrix, resample=Image.NEAREST):
    return image.transform(image.size, Image.AFFINE, matrix, resample, fillcolor=GRAY)


def _rotate(image, degrees):
    """Always counter-clockwise, as in the official code."""
    rotated = image.convert("RGBA").rotate(degrees)
    return Image.composite(rotated, Image.new("RGBA", rotated.size, (128,) * 4), rotated).convert(image.mode)


_OPERATIONS = {
    "shear_x": lambda im, m: _affine(im, (1, _signed(m), 0, 0, 1, 0), Image.BICUBIC),
    "shear_y": lambda im, m: _affine(im, (1, 0, 0, _signed(m), 1, 0), Image.BICUBIC),
    "translate_x": lambda im, m: _affine(im, (1, 0, _signed(m) * im.size[0], 0, 1, 0)),
    "translate_y": lambda im, m: _affine(im, (1, 0, 0, 0, 1, _signed(m) * im.size[1])),
    "rotate": _rotate,
    "color": lambda im, m: ImageEnhance.Color(im).enhance(1 + _signed(m)),
    "contrast": lambda im, m: ImageEnhance.Contrast(im).enhance(1 + _signed(m)),
    "sharpness": lambda im, m: ImageEnhance.Sharpness(im).enhance(1 + _signed(m)),
    "brightness": lambda im, m: ImageEnhance.Brightness(im).enhance(1 + _signed(m)),
    "posterize": ImageOps.posterize,
    "solarize": ImageOps.solarize,
    "autocontrast": lambda im, m: ImageOps.autocontrast(im),
    "equalize": lambda im, m: ImageOps.equalize(im),
    "invert": lambda im, m: ImageOps.invert(im),
}

# (probability, operation, level) twice a line.
_POLICY = [
    ((0.1, "invert", 7), (0.2, "contrast", 6)),
    ((0.7, "rotate", 2), (0.3, "translate_x", 9)),
    ((0.8, "sharpness", 1), (0.9, "sharpness", 3)),
    ((0.5, "shear_y", 8), (0.7, "translate_y", 9)),
    ((0.5, "autocontrast", 8), (0.9, "equalize", 2)),
    ((0.2, "shear_y", 7), (0.3, "posterize", 7)),
    ((0.4, "color", 3), (0.6, "brightness", 7)),
    ((0.3, "sharpness", 9), (0.7, "brightness", 9)),
    ((0.6, "equalize", 5), (0.5, "equalize", 1)),
    ((0.6, "contrast", 7), (0.6, "sharpness", 5)),
    ((0.7, "color", 7), (0.5, "translate_x", 8)),
    ((0.3, "equalize", 7), (0.4, "autocontrast", 8)),
    ((0.4, "translate_y", 3), (0.2, "sharpness", 6)),
    ((0.9, "brightness", 6), (0.2, "color", 8)),
    ((0.5, "solarize", 2), (0.0, "invert", 3)),
    ((0.2, "equalize", 0), (0.6, "autocontrast", 0)),
    ((0.2, "equalize", 8), (0.8, "equalize", 4)),
    ((0.9, "color", 9), (0.6, "equalize", 6)),
    ((0.8, "autocontrast", 4), (0.2, "solarize", 8)),
    ((0.1, "brightness", 3), (0.7, "color", 0)),
    ((0.4, "solarize", 5), (0.9, "autocontrast", 3)),
    ((0.9, "translate_y", 9), (0.7, "translate_y", 9)),
    ((0.9, "autocontrast", 2), (0.8, "solarize", 3)),
    ((0.8, "equalize", 8), (0.1, "invert", 3)),
    ((0.7, "translate_y", 9), (0.9, "autocontrast", 1)),
]


def auto_augment(image: Image.Image) -> Image.Image:
    for probability, name, level in random.choice(_POLICY):
        if random.random() < probability:
            image = _OPERATIONS[name](image, _LEVELS[name][level])
    return image


def views(size: int = 32, mean=CIFAR100_MEAN, std=CIFAR100_STD):
    """The strong and the weak transform, each from a PIL image to a normalised tensor [3, size, size]."""
    crop = [transforms.RandomResizedCrop(size, scale=(0.2, 1.0)), transforms.RandomHorizontalFlip()]
    tensor = [transforms.ToTensor(), transforms.Normalize(mean, std)]
    return transforms.Compose([*crop, auto_augment, *tensor]), transforms.Compose([*crop, *tensor])


class _Blur:
    """PIL's Gaussian blur with a radius of 0.1 to 2, as the official code uses it."""

    def __call__(self, image: Image.Image) -> Image.Image:
        return image.filter(ImageFilter.GaussianBlur(radius=random.uniform(0.1, 2.0)))


def cars_views(size: int = 224, mean=IMAGENET_MEAN, std=IMAGENET_STD):
    """The strong and the weak transform of Cars, each from a PIL image to a normalised tensor [3, size, size]."""
    start = [
        transforms.RandomResizedCrop(size, scale=(0.2, 1.0)),
        transforms.RandomHorizontalFlip(),
        transforms.RandomPerspective(),
    ]
    colour = [
        transforms.RandomApply([transforms.ColorJitter(0.4, 0.4, 0.4, 0.1)], p=0.8),
        transforms.RandomGrayscale(p=0.2),
        transforms.RandomApply([_Blur()], p=0.5),
    ]
    tensor = [transforms.ToTensor(), transforms.Normalize(mean, std)]
    return transforms.Compose([*start, *colour, *tensor]), transforms.Compose([*start, *tensor])
