"""Writes test/golden/imports/*.json: exports of image models, and the gradients of their weights by torch autograd.

    python3 tools/reference/make_imports.py [NAME ...]     # torch 2, torchvision, timm, transformers, onnx, onnxruntime, onnxscript

A file holds the structure of an export: nodes, attributes, small constants. Its weights come from the exact generator
(test/golden/README.md) and are not in it. The loss is the sum of the features times U("loss", [N, F], 1). The gradient of
each initialiser is recorded as its norm and three hashed projections, in float64. `onnx_torch.py` computes it from the graph
alone; on the weights of the export it must agree with the torch model.
"""

import io
import json
import logging
import math
import sys
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import timm
import torch
import torchvision.models as tv
import transformers as hf
from onnx import helper, numpy_helper
from timm.models.vision_transformer import VisionTransformer

from maskcon_reference.hashed import Hashed
from maskcon_reference.onnx_torch import attributes, run

TARGET = Path(__file__).resolve().parents[2] / "test" / "golden" / "imports"
BATCH = 2
PROJECTIONS = 3
MOST_INLINE = 600


class First(torch.nn.Module):
    """The first output of a transformers model."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, images):
        return self.model(images)[0]


def without(model, name):
    setattr(model, name, torch.nn.Identity())
    return model


def dinov2(hidden, heads, size):
    config = hf.Dinov2Config(
        hidden_size=hidden, num_hidden_layers=2, num_attention_heads=heads, image_size=size, patch_size=14, mlp_ratio=2
    )
    return First(hf.Dinov2Model(config))


def shufflenet():
    return without(tv.ShuffleNetV2([2, 2, 2], [8, 16, 32, 64, 48]), "fc")


def convnext():
    from torchvision.models.convnext import CNBlockConfig, ConvNeXt

    model = ConvNeXt([CNBlockConfig(12, 24, 1), CNBlockConfig(24, 32, 2), CNBlockConfig(32, None, 1)], layer_scale=0.5)
    model.classifier[2] = torch.nn.Identity()
    return model


def efficientnet():
    from torchvision.models.efficientnet import EfficientNet, MBConvConfig

    def block(*args):
        return MBConvConfig(*args, width_mult=1, depth_mult=1)

    settings = [block(1, 3, 1, 16, 8, 1), block(4, 3, 2, 8, 12, 2), block(4, 5, 2, 12, 16, 1)]
    return without(EfficientNet(settings, 0.0, last_channel=40), "classifier")


def regnet():
    from torchvision.models.regnet import BlockParams, RegNet

    return without(RegNet(BlockParams.from_init_params(4, 16, 16.0, 2.0, 8, se_ratio=0.25), stem_width=8), "fc")


def clip():
    config = hf.CLIPVisionConfig(
        hidden_size=48, num_hidden_layers=2, num_attention_heads=3, intermediate_size=96, patch_size=16, image_size=64
    )
    return First(hf.CLIPVisionModel(config))


def siglip():
    config = hf.SiglipVisionConfig(
        hidden_size=48, num_hidden_layers=2, num_attention_heads=3, intermediate_size=96, patch_size=16, image_size=64
    )
    return First(hf.SiglipVisionModel(config))


def swin_small():
    model = tv.SwinTransformer([4, 4], 16, [2, 2], [2, 4], [4, 4], mlp_ratio=2)
    return without(model, "head")


def tv_vit():
    """Attention with its tokens first."""
    return without(tv.VisionTransformer(32, 8, 2, 3, 48, 96), "heads")


def swin():
    config = hf.SwinConfig(
        image_size=64, patch_size=4, window_size=4, embed_dim=16, depths=[2, 2], num_heads=[2, 4], mlp_ratio=2
    )
    return First(hf.SwinModel(config, add_pooling_layer=False))


def edgenext():
    return timm.models.edgenext.EdgeNeXt(
        num_classes=0, dims=(16, 24, 32, 48), depths=(1, 1, 2, 1), heads=(2, 2, 2, 2), expand_ratio=2, d2_scales=(2, 2, 3, 4)
    )


def poolformer():
    return timm.models.metaformer.MetaFormer(
        num_classes=0,
        depths=(1, 1, 1, 1),
        dims=(16, 24, 32, 40),
        token_mixers=timm.models.metaformer.Pooling,
        norm_layers=timm.models.metaformer.GroupNorm1,
        mlp_ratios=2,
    )


def efficientvit():
    return timm.models.efficientvit_mit.EfficientVit(
        num_classes=0, widths=(8, 16, 16, 32, 32), depths=(1, 1, 1, 1, 1), head_dim=8, expand_ratio=2, head_widths=(64, 64)
    )


def nfnet():
    config = timm.models.nfnet.NfCfg(
        depths=(1, 1, 1, 1), channels=(16, 24, 32, 32), num_features=40, stem_type="deep", stem_chs=16, group_size=8, bottle_ratio=0.5,
        attn_layer="se", attn_kwargs=dict(rd_ratio=0.5), gamma_in_act=False, extra_conv=True, act_layer="silu",
    )
    return timm.models.nfnet.NormFreeNet(config, num_classes=0)


class Pyramid(torch.nn.Module):
    """Maps of three sizes, added and joined at one, as HRNet and feature pyramids do."""

    def __init__(self):
        super().__init__()
        self.stages = torch.nn.ModuleList(torch.nn.Conv2d(c, d, 3, 2, 1) for c, d in ((3, 8), (8, 12), (12, 16)))
        self.across = torch.nn.ModuleList(torch.nn.Conv2d(c, 12, 1) for c in (8, 12, 16))
        self.last = torch.nn.Conv2d(24, 20, 3, 2, 1)

    def forward(self, x):
        maps = []
        for stage in self.stages:
            x = torch.nn.functional.gelu(stage(x))
            maps.append(x)
        large, middle, small = (conv(one) for conv, one in zip(self.across, maps))
        resize = torch.nn.functional.interpolate
        y = large + resize(middle, scale_factor=2, mode="nearest")
        y = y + resize(small, size=large.shape[-2:], mode="bilinear", align_corners=False)
        z = resize(y, size=(9, 7), mode="bilinear", align_corners=True)
        z = torch.cat([z, resize(small, size=(9, 7), mode="nearest")], 1)
        return torch.nn.functional.gelu(self.last(z)).mean((2, 3))


def vit(**more):
    return VisionTransformer(64, 16, embed_dim=48, depth=2, num_heads=3, num_classes=0, mlp_ratio=2, **more)


def resnet():
    model = tv.resnet.ResNet(tv.resnet.Bottleneck, [1, 1, 1, 1], width_per_group=8)
    return without(model, "fc")


def mobilenet_v2():
    return without(tv.mobilenet_v2(width_mult=0.25), "classifier")


def mobilenet_v2_small():
    """Few activations, so that few lie near a kink of ReLU6."""
    settings = [[1, 8, 1, 1], [4, 8, 2, 2], [4, 16, 2, 2], [4, 16, 1, 2]]
    model = without(tv.MobileNetV2(width_mult=0.25, inverted_residual_setting=settings), "classifier")
    model.features[-1] = tv.mobilenetv2.Conv2dNormActivation(8, 48, 1, activation_layer=torch.nn.ReLU6)
    return model


def mobilenet_v3():
    return without(tv.mobilenet_v3_small(width_mult=0.25), "classifier")


BATCHNORM_KEPT = dict(training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False)
# Model, side of its images, and how it is exported.
CASES = {
    "resnet": (resnet, 48, dict()),
    "resnet-dynamo": (resnet, 48, dict(dynamo=True)),
    "resnet-batchnorm": (resnet, 48, BATCHNORM_KEPT),
    "mobilenet-v2": (mobilenet_v2, 48, dict(opset=11)),
    "mobilenet-v2-small": (mobilenet_v2_small, 24, dict()),
    "mobilenet-v3": (mobilenet_v3, 48, dict()),
    "efficientnet": (efficientnet, 48, dict()),
    "regnet": (regnet, 48, dict(opset=13)),
    "shufflenet": (shufflenet, 48, dict()),
    "convnext": (convnext, 48, dict()),
    "convnext-dynamo": (convnext, 48, dict(dynamo=True)),
    "vit": (vit, 64, dict()),
    "vit-dynamo": (lambda: vit(class_token=False, global_pool="avg"), 64, dict(dynamo=True)),
    "nfnet": (nfnet, 48, dict()),
    "nfnet-dynamo": (nfnet, 48, dict(dynamo=True)),
    "pyramid": (Pyramid, 32, dict()),
    "pyramid-dynamo": (Pyramid, 32, dict(dynamo=True)),
    "vit-batch-1": (vit, 64, dict(batch=1)),
    "swin-batch-1-dynamo": (swin_small, 64, dict(batch=1, dynamo=True)),
    "attention-batch-4": (tv_vit, 32, dict(batch=4)),
    "dinov2": (lambda: dinov2(48, 3, 56), 56, dict()),
    "dinov2-resized": (lambda: dinov2(64, 4, 84), 56, dict()),
    "clip-vision": (clip, 64, dict()),
    "siglip-vision": (siglip, 64, dict()),
    "swin": (swin, 64, dict(opset=16)),
    "edgenext": (edgenext, 64, dict()),
    "poolformer": (poolformer, 64, dict()),
    "efficientvit": (efficientvit, 64, dict()),
    "mobilenet-v2-batchnorm": (mobilenet_v2_small, 24, BATCHNORM_KEPT),
}


def randomise(model, seed):
    generator = torch.Generator().manual_seed(seed)

    def normal(p):
        return torch.randn(p.shape, generator=generator)

    with torch.no_grad():
        for name, p in model.named_parameters():
            if p.dim() >= 2 and p.shape[0] > 1:
                p.copy_(normal(p) * (1.5 / p[0].numel()) ** 0.5)
            else:
                p.copy_((1 if p.dim() == 1 and "weight" in name else 0) + 0.2 * normal(p))
        for name, b in model.named_buffers():
            if name.endswith("running_mean"):
                b.copy_(0.2 * normal(b))
            if name.endswith("running_var"):
                b.copy_(0.5 + torch.rand(b.shape, generator=generator))


def export(model, size, opset=17, dynamo=False, batch=None, **more):
    """`batch`: a fixed one."""
    images = torch.randn(batch or BATCH, 3, size, size)
    out = io.BytesIO()
    names = dict(input_names=["images"], output_names=["features"])
    if dynamo:
        shapes = None if batch else ({0: torch.export.Dim("batch", min=1, max=64)},)
        program = torch.onnx.export(model, (images,), dynamo=True, dynamic_shapes=shapes, **names, **more)
        return images, program.model_proto
    axes = None if batch else {"images": {0: "batch"}}
    torch.onnx.export(model, (images,), out, dynamo=False, opset_version=opset, dynamic_axes=axes, **names, **more)
    return images, onnx.load_from_string(out.getvalue())


def is_weight(array):
    if array.dtype != np.float32 or array.size <= 1:
        return False
    different = np.unique(array)
    return not (len(different) <= 2 and different.min() < -10)


def inline(array):
    assert array.size <= MOST_INLINE, array.shape
    return dict(type=helper.np_dtype_to_tensor_dtype(array.dtype), dims=list(array.shape), data=array.reshape(-1).tolist())


def plain(value):
    if isinstance(value, float):
        return dict(f=value)
    if isinstance(value, bytes):
        return dict(s=value.decode())
    if isinstance(value, onnx.TensorProto):
        return dict(t=inline(numpy_helper.to_array(value)))
    return list(value) if isinstance(value, (list, tuple)) else int(value)


def structure(model, size, batch=None):
    """The graph with short names, and how its weights are generated."""
    graph = model.graph
    kept = {"": "", "images": "images", graph.output[0].name: "features"}

    def short(name, letter="v"):
        return kept.setdefault(name, f"{letter}{len(kept)}")

    weights, constants = [], {}
    scales = {name for node in graph.node if node.op_type == "Resize" for name in node.input[1:]}
    for tensor in graph.initializer:
        array = numpy_helper.to_array(tensor)
        name = short(tensor.name, "w")
        if tensor.name in scales or not is_weight(array):
            constants[name] = inline(array)
            continue
        spread = round(float(array.std()) * math.sqrt(3), 4) or 0.1
        mean = float(array.mean())
        weights.append([name, list(array.shape), round(mean, 4) if mean > 0.4 else 0, spread if mean <= 0.4 else min(spread, mean / 2)])
    nodes = [
        [
            node.op_type,
            " ".join(short(n) or "-" for n in node.input),
            " ".join(short(n) or "-" for n in node.output),
            *([{k: plain(v) for k, v in attributes(node).items()}] if node.attribute else []),
        ]
        for node in graph.node
    ]
    rank = len(graph.output[0].type.tensor_type.shape.dim)
    opset = next(o.version for o in model.opset_import if o.domain in ("", "ai.onnx"))
    fixed = dict(batch=batch) if batch else {}
    return dict(opset=opset, size=size, **fixed, rank=rank, nodes=nodes, weights=weights, constants=constants)


def attribute_of(key, value):
    if isinstance(value, dict) and "t" in value:
        t = value["t"]
        array = np.array(t["data"]).astype(helper.tensor_dtype_to_np_dtype(t["type"])).reshape(t["dims"])
        return helper.make_attribute(key, numpy_helper.from_array(array))
    return helper.make_attribute(key, next(iter(value.values())) if isinstance(value, dict) else value)


def rebuilt(case, hashed):
    """The model of a structure with hashed weights."""
    tensors = []
    for name, dims, offset, bound in case["weights"]:
        values = hashed.uniform(name, dims, bound).double().numpy() + offset
        tensors.append(numpy_helper.from_array(values.astype(np.float32), name))
    for name, c in case["constants"].items():
        array = np.array(c["data"]).astype(helper.tensor_dtype_to_np_dtype(c["type"])).reshape(c["dims"])
        tensors.append(numpy_helper.from_array(array, name))
    nodes = []
    for op, inputs, outputs, *rest in case["nodes"]:
        names = [["" if n == "-" else n for n in text.split()] for text in (inputs, outputs)]
        node = helper.make_node(op, *names)
        node.attribute.extend(attribute_of(k, v) for k, v in (rest[0] if rest else {}).items())
        nodes.append(node)
    float32 = onnx.TensorProto.FLOAT
    batch = case.get("batch", "batch")
    images = helper.make_tensor_value_info("images", float32, [batch, 3, case["size"], case["size"]])
    features = helper.make_tensor_value_info("features", float32, [batch] + [None] * (case["rank"] - 1))
    graph = helper.make_graph(nodes, "g", [images], [features], tensors)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", case["opset"])], ir_version=8)


def by_runtime(model, images):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    return torch.from_numpy(session.run(["features"], {"images": images.detach().float().numpy()})[0])


def first_patch(tokens):
    before = tokens - math.isqrt(tokens) ** 2
    return before if before <= 9 else 1


def pooled(x):
    if x.dim() == 2:
        return x
    if x.dim() == 4:
        return x.mean((2, 3))
    first = first_patch(x.shape[1])
    mean = x[:, first:].mean(1)
    return torch.cat([x[:, 0], mean], 1) if first > 0 else mean


def gradients(model, images, hashed, dtype):
    fixed = model.graph.input[0].type.tensor_type.shape.dim[0].dim_value
    pieces = [run(model, part, "features", dtype) for part in images.split(fixed or len(images))]
    features = torch.cat([pooled(output) for output, _ in pieces])
    loss = (features * hashed.uniform("loss", features.shape, 1).to(dtype)).sum()
    names = list(pieces[0][1])
    grads = [torch.autograd.grad(loss, [leaves[n] for n in names], allow_unused=True, retain_graph=True) for _, leaves in pieces]
    found = [None if several[0] is None else sum(several) for several in zip(*grads)]
    normal = [node for node in model.graph.node if node.op_type == "BatchNormalization"]
    statistics = {n for node in normal if not attributes(node).get("training_mode") for n in node.input[3:]}
    masks = {t.name for t in model.graph.initializer if not is_weight(numpy_helper.to_array(t))}
    kept = {n: g.double() for n, g in zip(names, found) if g is not None and n not in statistics | masks}
    return features.detach(), kept


def apart(a, b):
    return float((a.double() - b.double()).abs().max() / b.abs().max())


def record(name):
    build, size, how = CASES[name]
    torch.manual_seed(0)
    model = build().eval()
    randomise(model, 1)
    images, exported = export(model, size, **how)
    with torch.no_grad():
        expected = model(images)
    errors = [apart(by_runtime(exported, images), expected), apart(run(exported, images, "features")[0], expected)]
    assert max(errors) < 1e-5, errors
    case = structure(exported, size, how.get("batch"))
    count = max(BATCH, how.get("batch", 0))
    for seed in range(100, 110):
        hashed = Hashed(seed)
        again = rebuilt(case, hashed)
        inputs = hashed.uniform("images", [count, 3, size, size], 2)
        features, exact = gradients(again, inputs, hashed, torch.float64)
        _, rough = gradients(again, inputs, hashed, torch.float32)
        most = max(g.norm() for g in exact.values())
        error = max(float((rough[n] - g).norm() / (g.norm() + 1e-4 * most)) for n, g in exact.items())
        # A ReLU at zero that flips in float32 is no error of anybody.
        if error < 5e-5:
            break
    assert error < 1e-4, error
    batch = how.get("batch", count)
    assert apart(pooled(torch.cat([by_runtime(again, part) for part in inputs.split(batch)])), features) < 1e-5
    projections = {
        n: [float(g.norm())]
        + [float((g * hashed.uniform(f"{n}.{k}", g.shape, 1).double()).sum()) for k in range(PROJECTIONS)]
        for n, g in exact.items()
    }
    rounded = {n: [float(f"{v:.8g}") for v in values] for n, values in projections.items()}
    data = dict(seed=seed, **case, features=[float(f"{v:.8g}") for v in features.flatten()[:8]], gradients=rounded)
    path = TARGET / f"{name}.json"
    path.write_text(dump(data))
    print(name, "opset", case["opset"], "nodes", len(case["nodes"]), "weights", len(case["weights"]), "gradients",
          len(rounded), "seed", seed, f"float32 {error:.1e}", "bytes", path.stat().st_size)  # fmt: skip


def dump(data):
    """A line for each node, weight and gradient."""
    def compact(value):
        return json.dumps(value, separators=(",", ":"))

    def block(value):
        if isinstance(value, dict):
            return "{\n" + ",\n".join(f"  {json.dumps(k)}:{compact(v)}" for k, v in value.items()) + "\n}"
        return "[\n" + ",\n".join("  " + compact(v) for v in value) + "\n]"

    long = {"nodes", "weights", "constants", "gradients"}
    lines = [f"{json.dumps(k)}:{block(v) if k in long else compact(v)}" for k, v in data.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    TARGET.mkdir(exist_ok=True)
    for name in sys.argv[1:] or CASES:
        record(name)
