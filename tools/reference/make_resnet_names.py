"""Writes test/golden/resnet-names.json: names and shapes of the tensors that timm and transformers keep of a ResNet.

    python3 tools/reference/make_resnet_names.py     # torch 2, timm, transformers
"""

import json
from pathlib import Path

import timm
import transformers as hf

TARGET = Path(__file__).resolve().parents[2] / "test" / "golden" / "resnet-names.json"


NORMALISATION = {"weight", "bias", "running_mean", "running_var", "num_batches_tracked"}


def short(found):
    """A batch normalisation as its number of channels."""
    if not isinstance(found, dict):
        return found
    if set(found) == NORMALISATION:
        return found["weight"][0]
    return {part: short(inner) for part, inner in found.items()}


def tree(model):
    """Shapes under the parts of their names: {"conv1": {"weight": [64, 3, 7, 7]}, "bn1": 64}."""
    found = {}
    for name, tensor in model.state_dict().items():
        *path, leaf = name.split(".")
        at = found
        for part in path:
            at = at.setdefault(part, {})
        at[leaf] = list(tensor.shape)
    return short(found)


def of_transformers(layer_type, depths, hidden_sizes):
    config = hf.ResNetConfig(layer_type=layer_type, depths=depths, hidden_sizes=hidden_sizes)
    return hf.ResNetForImageClassification(config)


def main():
    models = {
        "timm resnet18": timm.create_model("resnet18", pretrained=False),
        "timm resnet50": timm.create_model("resnet50", pretrained=False),
        "transformers resnet18": of_transformers("basic", [2, 2, 2, 2], [64, 128, 256, 512]),
        "transformers resnet50": of_transformers("bottleneck", [3, 4, 6, 3], [256, 512, 1024, 2048]),
    }
    lines = [f"{json.dumps(name)}: {json.dumps(tree(model), separators=(',', ':'))}" for name, model in models.items()]
    versions = json.dumps({"timm": timm.__version__, "transformers": hf.__version__})
    TARGET.write_text("{\n" + ",\n".join([f'"versions": {versions}', *lines]) + "\n}\n")


if __name__ == "__main__":
    main()
