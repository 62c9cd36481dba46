"""Asks other people's tools about an exported encoder: ONNX's own checker, OpenCV, NumPy.

    python3 tools/reference/check_onnx.py encoder.onnx --tool onnx
    python3 tools/reference/check_onnx.py encoder.onnx --tool opencv --images images.npy --features features.npy

`--tool onnx` runs the full checker and strict shape inference, `--tool reference` computes features with ONNX's reference
implementation (onnx 1.13 or later), `--tool opencv` with cv2.dnn, in batches of several sizes. Images are
[n, 3 * S * S] and features [n, F], float32, as written by this package. Prints one line of JSON for each check:
{"check": name, "problem": null or a text}. Works with Debian 12's python3-onnx 1.12 and python3-opencv 4.6.
"""

import argparse
import json

import numpy as np

TOLERANCE = 1e-4
BATCHES = (1, 3, 2, 1)


def onnx_checks(args):
    import onnx

    model = onnx.load(args.file)
    report("checker", lambda: onnx.checker.check_model(model, full_check=True))
    report("shape inference", lambda: known_shapes(onnx, model))
    report("described shapes", lambda: described_shapes(onnx, model))
    report("readable text", lambda: onnx.helper.printable_graph(model.graph))


def infer(onnx, model):
    inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True).graph
    values = [*inferred.value_info, *inferred.output]
    return {v.name: [d.dim_param or d.dim_value for d in v.type.tensor_type.shape.dim] for v in values}


def known_shapes(onnx, model):
    """Every tensor's shape follows from the images': the batch is free, all else is a number."""
    shapes = infer(onnx, model)
    made = [name for node in model.graph.node for name in node.output]
    unknown = [name for name in made if not shapes.get(name) or shapes[name][0] != "batch" or 0 in shapes[name]]
    assert not unknown, f"no shape for {unknown}"


def described_shapes(onnx, model):
    """The shapes in the file are those that inference finds without them."""
    bare = onnx.ModelProto()
    bare.CopyFrom(model)
    del bare.graph.value_info[:]
    found = infer(onnx, bare)
    for value in [*model.graph.value_info, *model.graph.output]:
        dims = [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim]
        assert dims == found[value.name], f"{value.name}: the file says {dims}, inference {found[value.name]}"


def reference_checks(args):
    import onnx
    from onnx.reference import ReferenceEvaluator

    evaluator = ReferenceEvaluator(onnx.load(args.file))
    images, features = arrays(args)
    for batch in (1, 3):
        report(f"batch of {batch}", lambda: compare(evaluator.run(None, {"images": images[:batch]})[0], features[:batch]))


def opencv_checks(args):
    import cv2

    net = cv2.dnn.readNetFromONNX(args.file)
    images, features = arrays(args)
    for batch in BATCHES:

        def check():
            net.setInput(images[:batch])
            compare(net.forward(), features[:batch])

        report(f"batch of {batch}", check)


def arrays(args):
    """Images [n, 3, S, S] and features [n, F], mapped from their files as NumPy does it for large ones."""
    rows = np.load(args.images, mmap_mode="r", allow_pickle=False)
    side = round((rows.shape[1] / 3) ** 0.5)
    return np.array(rows).reshape(-1, 3, side, side), np.load(args.features, mmap_mode="r", allow_pickle=False)


def compare(found, expected):
    assert found.shape == expected.shape, f"features of shape {found.shape}, expected {expected.shape}"
    difference = float(np.abs(found - expected).max())
    largest = float(np.abs(expected).max())
    assert difference <= TOLERANCE * largest, f"features differ by {difference}, the largest is {largest}"


def report(check, run):
    try:
        run()
        problem = None
    except Exception as error:  # Whatever a tool raises is its verdict.
        problem = f"{type(error).__name__}: {error}"
    print(json.dumps({"check": check, "problem": problem}), flush=True)


TOOLS = {"onnx": onnx_checks, "reference": reference_checks, "opencv": opencv_checks}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--tool", choices=TOOLS, required=True)
    parser.add_argument("--images")
    parser.add_argument("--features")
    arguments = parser.parse_args()
    TOOLS[arguments.tool](arguments)
