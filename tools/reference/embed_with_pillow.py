"""Features of pictures by an exported encoder, with Pillow, NumPy and ONNX Runtime alone.

    python3 embed_with_pillow.py encoder.json features.npy PICTURE...

What is done to a picture stands in encoder.json, under "preprocessing". Without onnxruntime,
`--tensors` writes what would go into the network instead.
"""

import io
import json
import os
import pathlib
import sys

import numpy as np
from PIL import Image, ImageCms, ImageOps

SRGB = ImageCms.createProfile("sRGB")


def decode(path):
    """The steps of preprocessing.decode: a file becomes 8-bit RGB."""
    image = Image.open(path)  # frame: the first
    image.load()
    profile = image.info.get("icc_profile")
    if image.format != "TIFF":  # orientation; Pillow has turned a TIFF already
        image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I"):  # depth; convert() would clip 16-bit gray
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.mode != "CMYK":  # alpha
        image = image.convert("L" if image.mode in ("1", "L", "LA") else "RGB")
    if profile:  # profile
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            image = ImageCms.profileToProfile(image, source, SRGB, ImageCms.Intent.PERCEPTUAL, "RGB")
        except (OSError, ImageCms.PyCMSError):
            pass  # broken, or of another kind of colours
    return image.convert("RGB")  # cmyk, gray


def prepare(path, preprocessing):
    """A file becomes [3, height, width]."""
    resize = preprocessing["resize"]
    image = decode(path).resize((resize["width"], resize["height"]), Image.Resampling.BILINEAR)
    pixels = np.asarray(image, np.float32) * np.float32(preprocessing["scale"])
    mean, std = (np.array(preprocessing[name], np.float32) for name in ("mean", "std"))
    return ((pixels - mean) / std).transpose(2, 0, 1)


def main(arguments):
    tensors = "--tensors" in arguments
    manifest_file, out, *pictures = [word for word in arguments if word != "--tensors"]
    manifest = json.loads(pathlib.Path(manifest_file).read_text())
    images = np.stack([prepare(picture, manifest["preprocessing"]) for picture in pictures])
    if tensors:
        np.save(out, images)
        return
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # before the import, which begins to report
    import onnxruntime

    session = onnxruntime.InferenceSession(str(pathlib.Path(manifest_file).with_name(manifest["model"])))
    (features,) = session.run([manifest["output"]["name"]], {manifest["input"]["name"]: images})
    np.save(out, features / np.linalg.norm(features, axis=1, keepdims=True))  # cosine is now a dot product


if __name__ == "__main__":
    main(sys.argv[1:])
