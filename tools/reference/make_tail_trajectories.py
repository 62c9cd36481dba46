"""Writes test/golden/tail-trajectories.json: the step that trains a foreign model itself, with torch.optim.

    python3 tools/reference/make_tail_trajectories.py     # torch 2, torchvision, timm, transformers, onnx, onnxruntime

A model is the torch module of an export in test/golden/imports, with the weights of that file; ONNX Runtime's run of the file
must give its features. Head and steps are those of make_head_trajectories.py. In float64 from float32 inputs of the exact
generator (test/golden/README.md). The seed is the first whose ReLUs all stay away from their kinks, where rounding would turn one.

A layer is what a residual sum spans, else a convolution; tokens and positions are in the first layer. The last layer of the
model has the learning rate lr, each before it `layer_decay` times that of the next. More than 12 layers share the range of 12.
The head has `head_rate` times lr. Kernels and matrices decay, nothing else does but the head's biases with SGD.
"""

import copy
import functools
import json
from pathlib import Path

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

import make_imports as imports
from maskcon_reference.hashed import Hashed
from maskcon_reference.head import Head, check_clipping, run_steps

TARGET = Path(__file__).resolve().parents[2] / "test" / "golden" / "tail-trajectories.json"
MOST_LAYERS = 12
MOMENTUM = 0.9
PROJECTIONS = 2
# What goes into a ReLU is of the order of 1, and float32 computes it to about 1e-6.
LEAST_DISTANCE = 5e-6
# `cut`: how many layers are trained, where not all are.
CASES = [
    dict(name="MobileNetV2, all", model="mobilenet-v2-small", clip_norm=3, seed=50),
    dict(name="MobileNetV2, tail, whitened, with coarse loss", model="mobilenet-v2-small", cut=6, whitened=24, coarse_weight=0.5,
         clip_norm=10, seed=60),
    dict(name="ViT, all, with coarse loss", model="vit", coarse_weight=0.5, clip_norm=8, seed=70),
    dict(name="ViT, tail", model="vit", cut=2, clip_norm=3, seed=80),
    dict(name="MobileNetV2 with BatchNorm, all", model="mobilenet-v2-batchnorm", coarse_weight=0.5, layer_decay=0.9,
         clip_norm=3, seed=100),
    dict(name="MobileNetV2, all, SGD", model="mobilenet-v2-small", optimizer="sgd", lr=5e-3, layer_decay=0.95, clip_norm=3,
         seed=110),
    dict(name="DINOv2, all, positions frozen", model="dinov2-resized", layer_decay=0.9, clip_norm=3, seed=90),
]  # fmt: skip
OPTIMIZERS = {"adamw": torch.optim.AdamW, "sgd": functools.partial(torch.optim.SGD, momentum=MOMENTUM)}
DEFAULTS = dict(
    mode="maskcon", whitened=0, hidden=256, batch=8, queue=20, dim=12, coarse_classes=3, w=1.0, T=0.1, T0=0.1, m=0.9,
    optimizer="adamw", lr=2e-4, weight_decay=0.3, coarse_weight=0.0, layer_decay=0.75, head_rate=10, steps=5,
)  # fmt: skip


def fused(model):
    """Without BatchNorm, as torch.onnx.export writes it."""
    for group in [m for m in model.eval().modules() if isinstance(m, nn.Sequential)]:
        for i in range(len(group) - 1):
            if isinstance(group[i], nn.Conv2d) and isinstance(group[i + 1], nn.BatchNorm2d):
                group[i], group[i + 1] = fuse_conv_bn_eval(group[i], group[i + 1]), nn.Identity()
    return model


def mobilenet(model):
    """The model, and the modules and parameters of each layer, the first layer first."""
    layers = []
    for block in model.features:
        convolutions = []
        for m in block.modules():
            if isinstance(m, nn.Conv2d):
                convolutions.append([m])
            elif isinstance(m, nn.BatchNorm2d):
                convolutions[-1].append(m)
        layers += [sum(convolutions, [])] if getattr(block, "use_res_connect", False) else convolutions
    return model, layers


def vit():
    model = imports.vit()
    layers = [[model.patch_embed, model.cls_token, model.pos_embed]]
    for block in model.blocks:
        layers += [[block.norm1, block.attn], [block.norm2, block.mlp]]
    layers[-1].append(model.norm)
    return model, layers


def dinov2():
    model = imports.dinov2(64, 4, 84)
    embeddings, encoder = model.model.embeddings, model.model.encoder
    layers = [[embeddings.patch_embeddings, embeddings.cls_token, embeddings.position_embeddings]]
    for block in encoder.layer:
        layers += [[block.norm1, block.attention, block.layer_scale1], [block.norm2, block.mlp, block.layer_scale2]]
    layers[-1].append(model.model.layernorm)
    return model, layers


MODELS = {
    "mobilenet-v2-small": lambda: mobilenet(fused(imports.mobilenet_v2_small())),
    "mobilenet-v2-batchnorm": lambda: mobilenet(imports.mobilenet_v2_small()),
    "vit": vit,
    "dinov2-resized": dinov2,
}


def exported(model) -> list:
    """Each parameter as the export stores it, in its order: (view, parameter). Matrices come last, transposed.

    The statistics of BatchNorm stand behind its parameters, with None: they are not trained.
    """
    linear = {id(m.weight) for m in model.modules() if isinstance(m, nn.Linear)}
    pairs, last = [], [(p.t(), p) for p in model.parameters() if id(p) in linear]
    for name, p in model.named_parameters():
        if name.endswith("position_embeddings"):  # the class token's is apart: it is not resized
            last = [(p[:, :1], p), (p[:, 1:], None), *last]
        elif id(p) not in linear and not name.endswith("mask_token"):
            pairs.append((p, p))
            norm = model.get_submodule(name.removesuffix(".bias")) if name.endswith(".bias") else None
            if isinstance(norm, nn.BatchNorm2d):
                pairs += [(norm.running_mean, None), (norm.running_var, None)]
    return pairs + last


def resized_stay(gradient):
    """DINOv2's positions of patches: the engine has no gradient of the operator that resizes them."""
    return torch.cat([gradient[:, :1], torch.zeros_like(gradient[:, 1:])], 1)


class Tail(nn.Module):
    """A torch module with the weights of its export, and a head."""

    def __init__(self, c: dict):
        super().__init__()
        self.trunk, self.layers = MODELS[c["model"]]()
        self.trunk.eval().double()
        case = json.loads((imports.TARGET / f"{c['model']}.json").read_text())
        self.size, stored = case["size"], Hashed(case["seed"])
        self.names = [name for name, *_ in case["weights"]]
        pairs = exported(self.trunk)
        assert len(pairs) == len(self.names)
        images = stored.uniform("images", [2, 3, self.size, self.size], 2)
        with torch.no_grad():
            for (view, _), (name, shape, offset, bound) in zip(pairs, case["weights"]):
                assert list(view.shape) == shape, (name, view.shape, shape)
                view.copy_((stored.uniform(name, shape, bound).double() + offset).float())
            features = self.features(images.double())
        assert imports.apart(imports.pooled(imports.by_runtime(imports.rebuilt(case, stored), images)), features) < 1e-5
        self.head = Head({**c, "features": features.shape[1]}, Hashed(c["seed"]))

    def features(self, images):
        return imports.pooled(self.trunk(images))

    def forward(self, images):
        return self.head(self.features(images))

    def named_views(self) -> list:
        """(name in the step, view as there, parameter)"""
        trunk = [(f"trunk.{name}", *pair) for name, pair in zip(self.names, exported(self.trunk))]
        return trunk + [(name, p, p) for name, p in self.head.named_parameters()]


def parameter_groups(query: Tail, c: dict) -> list:
    """Of what is trained. The rest is frozen."""
    decaying = {id(m.weight) for m in query.modules() if isinstance(m, (nn.Conv2d, nn.Linear))}
    if c["optimizer"] == "sgd":
        decaying |= {id(p) for p in query.head.parameters()}
    query.trunk.requires_grad_(False)
    groups = []

    def train(p, scale):
        p.requires_grad_(True)
        groups.append(dict(params=[p], lr=c["lr"] * scale, weight_decay=c["weight_decay"] if id(p) in decaying else 0.0))

    trained = query.layers[-c.get("cut", 0) :]
    last = len(trained) - 1
    spread = min(1, (MOST_LAYERS - 1) / last)
    for place, layer in enumerate(trained):
        for part in layer:
            for p in [part] if isinstance(part, nn.Parameter) else part.parameters():
                train(p, c["layer_decay"] ** ((last - place) * spread))
    for p in query.head.parameters():
        train(p, c["head_rate"])
    for name, p in query.trunk.named_parameters():
        if name.endswith("position_embeddings"):
            p.register_hook(resized_stay)
    return groups


def noise_only(parameter, optimizer) -> list:
    """[start, end) of the values whose gradient is 0 but for rounding: what is added to all keys moves no softmax."""
    if "exp_avg_sq" not in optimizer.state[parameter]:
        return []
    size = optimizer.state[parameter]["exp_avg_sq"].sqrt().flatten()
    places = torch.nonzero((size > 0) & (size < 1e-12)).flatten()
    if parameter.dim() > 1 or len(places) == 0:
        return []
    start, end = int(places[0]), int(places[-1]) + 1
    assert len(places) == end - start
    return [start, end]


def watch_kinks(query: Tail) -> list:
    """Collects the least distance of a ReLU's input from a kink, at each run of it that a gradient passes."""
    found = []

    def watch(module, inputs):
        if torch.is_grad_enabled():
            kinks = (0, 6) if isinstance(module, nn.ReLU6) else (0,)
            found.extend((inputs[0].detach() - kink).abs().min().item() for kink in kinks)

    for module in query.modules():
        if isinstance(module, (nn.ReLU, nn.ReLU6)):
            module.inplace = False
            module.register_forward_pre_hook(watch)
    return found


def run(c: dict, dtype) -> dict:
    query = Tail(c).to(dtype)
    distances = watch_kinks(query)
    before = [view.detach().clone() for _, view, _ in query.named_views()]
    optimizer = OPTIMIZERS[c["optimizer"]](parameter_groups(query, c), lr=c["lr"])
    key = copy.deepcopy(query)
    measured = run_steps(query, key, optimizer, c, Hashed(c["seed"]), [3, query.size, query.size])
    tensors = {}
    for (name, view, p), start, (_, of_key, _) in zip(query.named_views(), before, key.named_views()):
        if p is not None and p.requires_grad:
            moved, key_moved = (view - start).detach().double(), (of_key - start).detach().double()
            noise = noise_only(p, optimizer)
            if noise:
                moved[slice(*noise)] = key_moved[slice(*noise)] = 0
            tensors[name] = dict(values=view.detach(), moved=moved, key_moved=key_moved, noise=noise)
    return dict(tensors=tensors, distance=min(distances), **measured)


def record(case: dict) -> dict:
    for seed in range(case["seed"], case["seed"] + 10):
        c = {**DEFAULTS, **case, "seed": seed}
        exact = run(c, torch.float64)
        print(c["name"], seed, f"distance from kinks {exact['distance']:.1e}", "norms", *(f"{n:.2f}" for n in exact["norms"]))
        if exact["distance"] > LEAST_DISTANCE:
            break
    else:
        raise ValueError(f"{case['name']}: no seed is away from kinks")
    check_clipping(c, exact["norms"])
    print("  float32 is off by", *(f"{error:.1e}" for error in apart(run(c, torch.float32), exact)))
    return dict(config=c, losses=exact["losses"], norms=exact["norms"], parameters=statistics(exact["tensors"], seed))


def apart(found: dict, exact: dict) -> list:
    """Relative errors of losses, of norms and of how parameters moved."""
    errors = [max(abs(a / b - 1) for a, b in zip(found[key], exact[key])) for key in ("losses", "norms")]
    moved = [(found["tensors"][name]["moved"], t["moved"]) for name, t in exact["tensors"].items() if not t["noise"]]
    return errors + [max(float((a - b).norm() / b.norm()) for a, b in moved)]


def statistics(tensors: dict, seed: int) -> dict:
    """`moved` by the steps: the norm and hashed projections. `values` after them: the first and the last.

    `noise`: values that rounding alone moves.
    """
    hashed = Hashed(seed)

    def projected(name, t):
        return [t.norm().item()] + [
            (t * hashed.uniform(f"{name}.{k}", t.shape, 1).double()).sum().item() for k in range(PROJECTIONS)
        ]

    def rounded(values):
        return [float(f"{value:.8g}") for value in values]

    found = {}
    for name, t in tensors.items():
        flat = t["values"].flatten()
        ends = [] if t["noise"] == [0, len(flat)] else [flat[0].item(), flat[-1].item()]
        found[name] = dict(values=rounded(ends), moved=rounded(projected(name, t["moved"])))
        if not name.startswith("classifier"):
            found[name]["key_moved"] = rounded(projected(name, t["key_moved"]))
        if t["noise"]:
            found[name]["noise"] = t["noise"]
    return found


def dump(trajectories: list) -> str:
    """A line for each parameter."""

    def block(t):
        lines = [f"   {json.dumps(name)}: {json.dumps(value)}" for name, value in t["parameters"].items()]
        fields = [f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in t.items() if key != "parameters"]
        return " {\n" + ",\n".join([*fields, '  "parameters": {\n' + ",\n".join(lines) + "\n  }"]) + "\n }"

    head = f'{{\n "torch": {json.dumps(torch.__version__)},\n "trajectories": [\n'
    return head + ",\n".join(map(block, trajectories)) + "\n ]\n}\n"


if __name__ == "__main__":
    TARGET.write_text(dump([record(case) for case in CASES]))
    print(f"wrote {TARGET}")
