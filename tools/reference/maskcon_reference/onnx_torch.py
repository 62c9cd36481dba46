"""Runs an ONNX graph with torch, node by node, so that autograd gives the gradient of every initialiser.

Nodes that no gradient passes (shape arithmetic, masks, Resize of position embeddings) are run by ONNX Runtime. Values are in
the precision asked for.
"""

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import helper, numpy_helper
from torch.nn import functional as F


def attributes(node) -> dict:
    return {a.name: helper.get_attribute_value(a) for a in node.attribute}


def numbers(x) -> list:
    return [int(v) for v in np.asarray(x).reshape(-1)]


def same_pads(auto, size, kernel, stride, dilation):
    total = max((-(-size // stride) - 1) * stride + (kernel - 1) * dilation + 1 - size, 0)
    less = total // 2
    return (less, total - less) if auto == b"SAME_UPPER" else (total - less, less)


def window(a, x, kernel):
    strides, dilations = a.get("strides", [1, 1]), a.get("dilations", [1, 1])
    auto = a.get("auto_pad", b"NOTSET")
    if auto.startswith(b"SAME"):
        (top, bottom), (left, right) = (same_pads(auto, x.shape[2 + i], kernel[i], strides[i], dilations[i]) for i in (0, 1))
    else:
        top, left, bottom, right = a.get("pads", [0, 0, 0, 0])
    return strides, dilations, (left, right, top, bottom)


def conv(a, x, w, b=None):
    strides, dilations, pads = window(a, x, w.shape[2:])
    return F.conv2d(F.pad(x, pads), w, b, strides, 0, dilations, a.get("group", 1))


def max_pool(a, x):
    strides, dilations, pads = window(a, x, a["kernel_shape"])
    padded = F.pad(x, pads, value=-torch.inf)
    return F.max_pool2d(padded, a["kernel_shape"], strides, 0, dilations, bool(a.get("ceil_mode", 0)))


def average_pool(a, x):
    strides, _, pads = window(a, x, a["kernel_shape"])
    assert pads[0] == pads[1] and pads[2] == pads[3]
    return F.avg_pool2d(
        x, a["kernel_shape"], strides, (pads[2], pads[0]), bool(a.get("ceil_mode", 0)), bool(a.get("count_include_pad", 0))
    )


def gemm(a, x, w, c=None):
    y = a.get("alpha", 1.0) * ((x.t() if a.get("transA") else x) @ (w.t() if a.get("transB") else w))
    return y if c is None else y + a.get("beta", 1.0) * c


def axes_of(a, given):
    return a["axes"] if "axes" in a else None if given is None else numbers(given)


def reduce_mean(a, x, axes=None):
    return x.mean(axes_of(a, axes), keepdim=bool(a.get("keepdims", 1)))


def reduce_sum(a, x, axes=None):
    return x.sum(axes_of(a, axes), keepdim=bool(a.get("keepdims", 1)))


def reduce_l2(a, x, axes=None):
    return torch.linalg.vector_norm(x, dim=axes_of(a, axes), keepdim=bool(a.get("keepdims", 1)))


def instance_norm(a, x, scale, bias):
    return F.instance_norm(x, weight=scale, bias=bias, eps=a.get("epsilon", 1e-5))


def slice_(a, x, starts=None, ends=None, axes=None, steps=None):
    starts = a.get("starts") or numbers(starts)
    ends = a.get("ends") or numbers(ends)
    axes = axes_of(a, axes) or range(len(starts))
    for start, end, axis, step in zip(starts, ends, axes, numbers(steps) if steps is not None else [1] * len(starts)):
        places = range(x.shape[axis])[slice(start, None if step < 0 and end < -(2**31) else end, step)]
        x = x.index_select(axis, torch.tensor(list(places)))
    return x


def split(a, x, sizes=None, outputs=1):
    axis = a.get("axis", 0)
    lengths = a.get("split") or (numbers(sizes) if sizes is not None else None)
    return torch.split(x, lengths or -(-x.shape[axis] // outputs), axis)


def gather(a, x, indices):
    axis = a.get("axis", 0)
    indices = np.asarray(indices)
    flat = torch.from_numpy(np.mod(indices.reshape(-1), x.shape[axis]).astype(np.int64))
    axis = axis % x.dim()
    return x.index_select(axis, flat).reshape(*x.shape[:axis], *indices.shape, *x.shape[axis + 1 :])


def reshape(a, x, shape):
    target = [x.shape[i] if n == 0 and not a.get("allowzero") else n for i, n in enumerate(numbers(shape))]
    return x.reshape(target)


def squeeze(a, x, axes=None):
    given = axes_of(a, axes)
    for axis in sorted((axis % x.dim() for axis in given), reverse=True):
        x = x.squeeze(axis)
    return x


def unsqueeze(a, x, axes=None):
    given = axes_of(a, axes)
    for axis in sorted(axis % (x.dim() + len(given)) for axis in given):
        x = x.unsqueeze(axis)
    return x


def pad(a, x, pads, value=None, axes=None):
    counts = numbers(pads)
    given = numbers(axes) if axes is not None else range(len(counts) // 2)
    flat = [0] * (2 * x.dim())
    for i, axis in enumerate(given):
        at = 2 * (x.dim() - 1 - axis % x.dim())
        flat[at], flat[at + 1] = counts[i], counts[i + len(given)]
    return F.pad(x, flat, value=0 if value is None else float(value))


def expand(a, x, shape):
    return x.expand(torch.broadcast_shapes(x.shape, numbers(shape)))


def clip(a, x, low=None, high=None):
    low = a.get("min") if low is None else float(low)
    high = a.get("max") if high is None else float(high)
    return x.clamp(low, high)


def layer_norm(a, x, scale, bias=None):
    axis = a.get("axis", -1) % x.dim()
    return F.layer_norm(x, x.shape[axis:], scale, bias, a.get("epsilon", 1e-5))


def batch_norm(a, x, scale, bias, mean, variance):
    if a.get("training_mode"):
        return F.batch_norm(x, None, None, scale, bias, True, 0, a.get("epsilon", 1e-5))
    statistics = mean.detach(), variance.detach()
    return F.batch_norm(x, *statistics, scale, bias, False, 0, a.get("epsilon", 1e-5))


def resize(a, x, roi=None, scales=None, sizes=None):
    """As torch's exporter writes F.interpolate."""
    mode, coordinates = a.get("mode", b"nearest"), a.get("coordinate_transformation_mode", b"half_pixel")
    size = numbers(sizes)[2:] if sizes is not None and len(sizes) > 0 else None
    factors = None if size else [float(s) for s in scales][2:]
    if mode == b"nearest":
        assert coordinates == b"asymmetric" and a.get("nearest_mode") == b"floor"
        return F.interpolate(x, size, factors, "nearest")
    assert mode == b"linear" and coordinates in (b"half_pixel", b"pytorch_half_pixel", b"align_corners")
    return F.interpolate(x, size, factors, "bilinear", align_corners=coordinates == b"align_corners")


def hard_sigmoid(a, x):
    return (a.get("alpha", 0.2) * x + a.get("beta", 0.5)).clamp(0, 1)


OPERATORS = {
    "Add": lambda a, x, y: x + y,
    "Sub": lambda a, x, y: x - y,
    "Mul": lambda a, x, y: x * y,
    "Div": lambda a, x, y: x / y,
    "Pow": lambda a, x, y: x**y,
    "Neg": lambda a, x: -x,
    "Sqrt": lambda a, x: x.sqrt(),
    "Reciprocal": lambda a, x: 1 / x,
    "Erf": lambda a, x: torch.erf(x),
    "Exp": lambda a, x: x.exp(),
    "Tanh": lambda a, x: x.tanh(),
    "Sigmoid": lambda a, x: x.sigmoid(),
    "HardSigmoid": hard_sigmoid,
    "HardSwish": lambda a, x: x * (x / 6 + 0.5).clamp(0, 1),
    "Relu": lambda a, x: x.relu(),
    "Clip": clip,
    "Softmax": lambda a, x: x.softmax(a.get("axis", -1)),
    "Gelu": lambda a, x: F.gelu(x, approximate=a.get("approximate", b"none").decode()),
    "LayerNormalization": layer_norm,
    "BatchNormalization": batch_norm,
    "InstanceNormalization": instance_norm,
    "Conv": conv,
    "Gemm": gemm,
    "MatMul": lambda a, x, y: x @ y,
    "MaxPool": max_pool,
    "AveragePool": average_pool,
    "GlobalAveragePool": lambda a, x: x.mean((2, 3), keepdim=True),
    "ReduceMean": reduce_mean,
    "ReduceSum": reduce_sum,
    "ReduceL2": reduce_l2,
    "Concat": lambda a, *xs: torch.cat(xs, a["axis"]),
    "Slice": slice_,
    "Split": split,
    "Gather": gather,
    "Reshape": reshape,
    "Flatten": lambda a, x: x.flatten(a.get("axis", 1)),
    "Squeeze": squeeze,
    "Unsqueeze": unsqueeze,
    "Transpose": lambda a, x: x.permute(a.get("perm") or list(reversed(range(x.dim())))),
    "Identity": lambda a, x: x,
    "Dropout": lambda a, x, *rest: x,
    "Cast": lambda a, x: x,
    "Pad": pad,
    "Expand": expand,
    "Resize": resize,
}
# Inputs that are numbers, not values that a gradient passes.
PLAIN = {"Clip", "Slice", "Split", "Gather", "Reshape", "Squeeze", "Unsqueeze", "Pad", "Expand", "Resize"}
PLAIN |= {"ReduceMean", "ReduceSum", "ReduceL2"}


def run_by_runtime(model, node, inputs):
    names = {name: value for name, value in zip(node.input, inputs) if name != ""}
    types = {np.dtype(np.bool_): onnx.TensorProto.BOOL}
    infos = [
        helper.make_tensor_value_info(name, types.get(v.dtype) or helper.np_dtype_to_tensor_dtype(v.dtype), v.shape)
        for name, v in names.items()
    ]
    outputs = [onnx.ValueInfoProto(name=name) for name in node.output]
    single = helper.make_model(helper.make_graph([node], "one", infos, outputs), opset_imports=model.opset_import)
    single.ir_version = min(model.ir_version, 10)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(single.SerializeToString(), options).run(None, names)


def run(model, images: torch.Tensor, output: str, dtype=torch.float64):
    """The output, and the initialisers as leaves of the graph that made it."""
    leaves, values = {}, {}
    for tensor in model.graph.initializer:
        array = numpy_helper.to_array(tensor)
        values[tensor.name] = array
        if array.dtype == np.float32 and array.size > 1:
            leaves[tensor.name] = torch.from_numpy(array.copy()).to(dtype).requires_grad_()
            values[tensor.name] = leaves[tensor.name]
    [image_input] = [i for i in model.graph.input if i.name not in values]
    values[image_input.name] = images.to(dtype).clone().requires_grad_()
    for node in model.graph.node:
        inputs = [values[name] if name != "" else None for name in node.input]
        a = attributes(node)
        if node.op_type == "Shape":
            shape = list(inputs[0].shape)[a.get("start", 0) : a.get("end")]
            results = [np.array(shape, dtype=np.int64)]
        elif node.op_type in OPERATORS and any(isinstance(x, torch.Tensor) for x in inputs):
            tensors = [to_tensor(node, i, x, dtype) for i, x in enumerate(inputs)]
            extra = dict(outputs=len(node.output)) if node.op_type == "Split" else {}
            result = OPERATORS[node.op_type](a, *tensors, **extra)
            results = result if isinstance(result, tuple) else [result]
        else:
            arrays = [x.detach().float().numpy() if isinstance(x, torch.Tensor) else x for x in inputs]
            results = run_by_runtime(model, node, [None if x is None else np.asarray(x) for x in arrays])
        values.update(zip(node.output, results))
    return values[output], leaves


def to_tensor(node, i, x, dtype):
    if isinstance(x, torch.Tensor) or x is None or (node.op_type in PLAIN and i > 0):
        return x
    return torch.from_numpy(np.array(x)).to(dtype)
