"""Trains the reference on batches that another program sends: same weights, same order, same augmentation (`bench/fidelity.ts`).

Standard input carries messages: one line of JSON, then the bytes of the arrays it lists ({"name", "dtype", "shape"}),
little-endian, in that order. Every message is answered by one line of JSON.

    open   settings of the step             -> {}
    load   encoder tensors by name          -> {}   both encoders, as the step's state names them
    fill   key, labels                      -> {}
    step   query, key, labels, learningRate -> {"loss"}
    embed  images                           -> {"features"}   float32 [N, F] in base64
"""

import base64
import json
import sys

import numpy
import torch

from maskcon_reference import Method, Step
from maskcon_reference.step import evaluation_features


def read_message(stream) -> "tuple[dict, dict[str, torch.Tensor]] | None":
    line = stream.readline()
    if not line:
        return None
    message = json.loads(line)
    arrays = {}
    for array in message.pop("arrays", []):
        dtype = numpy.dtype(array["dtype"]).newbyteorder("<")
        size = int(numpy.prod(array["shape"], dtype=numpy.int64)) * dtype.itemsize
        data = bytearray(stream.read(size))
        tensor = torch.from_numpy(numpy.frombuffer(data, dtype).reshape(array["shape"]))
        # Labels are int64 in PyTorch.
        arrays[array["name"]] = tensor if tensor.is_floating_point() else tensor.long()
    return message, arrays


def open_step(options: dict) -> Step:
    torch.set_num_threads(options["threads"])
    method = Method(
        options["method"], options["softWeight"], options["softTemperature"], options["temperature"], options["coarseWeight"]
    )
    return Step(
        options["backbone"], options["imageSize"], options["embeddingDim"], options["coarseClasses"], options["queueSize"],
        method, options["keyMomentum"], options["learningRate"], options["sgdMomentum"], options["weightDecay"],
    )  # fmt: skip


def load(step: Step, tensors: "dict[str, torch.Tensor]") -> None:
    for name in ("query_encoder", "key_encoder"):
        encoder, prefix = getattr(step, name), f"{name}."
        own = {key[len(prefix) :]: value for key, value in tensors.items() if key.startswith(prefix)}
        missing, unexpected = encoder.load_state_dict(own, strict=False)
        # The key encoder has no use for a classifier, and PyTorch counts batches where nobody reads the count.
        left = [key for key in missing if not key.endswith("num_batches_tracked") and not key.startswith("classifier.")]
        if left or unexpected:
            raise ValueError(f"{name}: missing {left}, unexpected {unexpected}")


def answer(step: Step, message: dict, arrays: "dict[str, torch.Tensor]") -> dict:
    if message["do"] == "load":
        load(step, arrays)
    elif message["do"] == "fill":
        step.fill_queue(arrays["key"], arrays["labels"])
    elif message["do"] == "step":
        step.optimizer.param_groups[0]["lr"] = message["learningRate"]
        return {"loss": step.run(arrays["query"], arrays["key"], arrays["labels"])}
    elif message["do"] == "embed":
        features = evaluation_features(step.query_encoder, arrays["images"])
        return {"features": base64.b64encode(features.numpy().tobytes()).decode()}
    else:
        raise ValueError(f"unknown message {message['do']!r}")
    return {}


def main() -> None:
    step = None
    while (received := read_message(sys.stdin.buffer)) is not None:
        message, arrays = received
        if message["do"] == "open":
            step, reply = open_step(message), {}
        else:
            reply = answer(step, message, arrays)
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
