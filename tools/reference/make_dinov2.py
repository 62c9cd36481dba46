"""Writes a DINOv2-S of random weights as ONNX, the model of docs/performance.md: python make_dinov2.py FILE.onnx

Needs transformers, and `onnx` for torch's exporter.
"""

import sys

import torch
from transformers import Dinov2Config, Dinov2Model


class LastHiddenState(torch.nn.Module):
    def __init__(self, model: torch.nn.Module):
        super().__init__()
        self.model = model

    def forward(self, pixel_values: torch.Tensor) -> torch.Tensor:
        return self.model(pixel_values=pixel_values).last_hidden_state


torch.manual_seed(0)
config = Dinov2Config(hidden_size=384, num_hidden_layers=12, num_attention_heads=6, image_size=224, patch_size=14)
torch.onnx.export(
    LastHiddenState(Dinov2Model(config).eval()),
    (torch.randn(1, 3, 224, 224),),
    sys.argv[1],
    input_names=["pixel_values"],
    output_names=["last_hidden_state"],
    dynamic_axes={"pixel_values": {0: "N"}, "last_hidden_state": {0: "N"}},
    opset_version=17,
    dynamo=False,
)
