"""Reads .npy and .safetensors files as others do and prints what is in them.

    python3 tools/reference/read_arrays.py features.npy last.safetensors

`.npy` by NumPy, mapped into memory; `.safetensors` by the format's description alone, with everything it demands checked
(https://github.com/huggingface/safetensors#format). Prints one line of JSON for each array: file, name, dtype, shape, its
bytes in hexadecimal, and whether it is aligned in the file.
"""

import json
import struct
import sys

import numpy as np

TYPES = {"F32": "<f4", "I32": "<i4", "BOOL": "|b1"}


def npy(path):
    array = np.load(path, mmap_mode="r", allow_pickle=False)
    assert not np.isfortran(array), "column-major"
    assert array.offset % 64 == 0, f"data at byte {array.offset}"
    yield "", array, array.offset


def safetensors(path):
    with open(path, "rb") as file:
        content = file.read()
    (length,) = struct.unpack("<Q", content[:8])
    text = content[8 : 8 + length].decode("utf-8")
    assert text.startswith("{"), "a header that does not begin with {"
    header = json.loads(text, object_pairs_hook=once, parse_constant=refuse)
    metadata = header.pop("__metadata__", {})
    assert all(isinstance(value, str) for value in metadata.values()), "metadata that is no text"
    data = content[8 + length :]
    end = 0
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        begin, stop = entry["data_offsets"]
        assert begin == end, f"{name}: a hole or an overlap at byte {end}"
        end = stop
        array = np.frombuffer(data[begin:stop], TYPES[entry["dtype"]]).reshape(entry["shape"])
        yield name, array, 8 + length + begin
    assert end == len(data), f"{len(data) - end} bytes that belong to no tensor"


def once(pairs):
    assert len(pairs) == len(dict(pairs)), "a key given twice"
    return dict(pairs)


def refuse(constant):
    raise ValueError(f"{constant} in JSON")


if __name__ == "__main__":
    for path in sys.argv[1:]:
        for name, array, offset in (npy if path.endswith(".npy") else safetensors)(path):
            found = {"file": path, "name": name, "dtype": array.dtype.str, "shape": array.shape}
            print(json.dumps({**found, "hex": array.tobytes().hex(), "aligned": offset % array.itemsize == 0}))
