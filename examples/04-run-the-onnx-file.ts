/**
 * Uses an exported encoder without this package: its ONNX file in a plain ONNX Runtime session, its manifest for the rest.
 *
 *   npx tsx examples/04-run-the-onnx-file.ts runs/first/encoder.onnx pictures/cats/tom.png
 *
 * `maskcon train` writes `encoder.onnx` into its run; `maskcon export RUN --out FILE.onnx` writes it elsewhere.
 */
import { readFile } from "node:fs/promises";
import { InferenceSession, Tensor } from "onnxruntime-node";
import sharp from "sharp";

// ONNX Runtime reports to its maker on Linux and macOS unless told not to before the first session.
process.env.ORT_DISABLE_TELEMETRY ??= "1";

const [, , model = "runs/first/encoder.onnx", ...files] = process.argv;

const manifest = JSON.parse(await readFile(model.replace(/\.onnx$/, ".json"), "utf8"));
const { resize, scale, mean, std } = manifest.preprocessing;

/**
 * Prepares an image as the manifest says: [3, H, W]. Transparency goes before the resize, which would multiply colours by it.
 * (Not done here: transparent GIF colours, CMYK and 16-bit images; docs/export.md does all of it.)
 */
async function prepare(file: string): Promise<Float32Array> {
  const rgb = sharp(file).autoOrient().toColourspace("srgb").removeAlpha().raw();
  const { data: pixels, info } = await rgb.toBuffer({ resolveWithObject: true });
  const data = await sharp(pixels, { raw: { width: info.width, height: info.height, channels: 3 } })
    .resize(resize.width, resize.height, { fit: "fill", kernel: "linear" })
    .raw()
    .toBuffer();
  const plane = resize.width * resize.height;
  return Float32Array.from({ length: 3 * plane }, (_, i) => {
    const channel = Math.floor(i / plane);
    return ((data[3 * (i % plane) + channel] ?? 0) * scale - mean[channel]) / std[channel];
  });
}

const session = await InferenceSession.create(model);
const images = new Float32Array(files.length * 3 * resize.width * resize.height);
for (const [i, file] of files.entries()) images.set(await prepare(file), (i * images.length) / files.length);
const input = new Tensor("float32", images, [files.length, 3, resize.height, resize.width]);
const { features } = await session.run({ images: input });
const dim: number = manifest.featureDim;
for (const [i, file] of files.entries()) {
  const row = Array.from(features?.data.slice(i * dim, (i + 1) * dim) as Float32Array);
  const length = Math.hypot(...row);
  console.log(
    `${file}: ${row
      .slice(0, 4)
      .map((x) => (x / length).toFixed(4))
      .join(" ")} … (${dim} values, unit length)`,
  );
}
await session.release();
