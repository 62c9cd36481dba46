/** What a file is that was given in place of a safetensors file, and what to do with it. */
export interface OtherFormat {
  readonly what: string;
  readonly fix: string;
}

/** Bytes from a file's start that tell the formats apart. */
export const SIGNATURE_BYTES = 512;

/** The line of Python that makes a safetensors file of a PyTorch checkpoint. Its tensors may lie one level deeper. */
const CONVERSION =
  "python -c \"import sys, torch, safetensors.torch as s; d = torch.load(sys.argv[1], map_location='cpu', weights_only=True); " +
  "d = d.get('state_dict', d.get('model', d)); s.save_file({k: v.clone() for k, v in d.items() if torch.is_tensor(v)}, " +
  'sys.argv[2])" IN.pth OUT.safetensors';
const CONVERT = `convert it once, with PyTorch and safetensors installed: ${CONVERSION}`;
const PYTORCH: OtherFormat = { what: "a PyTorch checkpoint", fix: CONVERT };
const LFS_POINTER: OtherFormat = {
  what: "a Git LFS pointer",
  fix: "run `git lfs pull` in its folder, which fetches the file itself",
};
const KERAS: OtherFormat = {
  what: "a file of Keras",
  fix: "give a ResNet's weights by torchvision's names as safetensors; those of Keras have others",
};

const PICTURE_FIX = "give the file of the weights; pictures are DATA, the first argument";
const DATA_FIX = "give the file of the weights; this one is DATA, the first argument";

/** Formats by how they start, as text of one byte a character. */
const texts: readonly (readonly [start: RegExp, format: OtherFormat])[] = [
  [/^version https:\/\/git-lfs/, LFS_POINTER],
  [/^GGUF/, { what: "a GGUF file", fix: "give the model's safetensors file" }],
  [/^PAR1/, { what: "a Parquet file", fix: DATA_FIX }],
  [/^\u0089PNG/, { what: "a PNG picture", fix: PICTURE_FIX }],
  [/^\u00ff\u00d8\u00ff/, { what: "a JPEG picture", fix: PICTURE_FIX }],
  [/^GIF8/, { what: "a GIF picture", fix: PICTURE_FIX }],
  [/^RIFF.{4}WEBP/s, { what: "a WebP picture", fix: PICTURE_FIX }],
  [/^(II\*|MM.\*)/s, { what: "a TIFF picture", fix: PICTURE_FIX }],
  [/^.{4}ftyp/s, { what: "an AVIF or HEIC picture", fix: PICTURE_FIX }],
  [/^\u0093NUMPY/, { what: "an .npy file of NumPy", fix: "save all arrays by name with safetensors.numpy" }],
  [/^.{257}ustar/s, { what: "a tar archive", fix: "unpack it, and give the file of the weights" }],
  [/^\s*<(!doctype|html|\?xml|svg)/i, { what: "a web page", fix: "fetch the file itself again" }],
  [/^\s*\{/, { what: "a JSON file", fix: "give the .safetensors file that lies beside it" }],
  [/^[\t\n\r -~\u0080-\u00ff]{9}/, { what: "a text file", fix: "give the file of the weights" }],
];

/** A zip's first member has its name behind 30 bytes of header, the length of the name in two of them. */
const firstMember = (zip: Uint8Array): string =>
  String.fromCharCode(...zip.subarray(30, 30 + (zip[26] ?? 0) + 256 * (zip[27] ?? 0)));

function zipFormat(zip: Uint8Array): OtherFormat {
  const member = firstMember(zip);
  if (/(data\.pkl|version|\.format_version|constants\.pkl)$/.test(member)) return PYTORCH;
  if (member.endsWith(".npy")) return { what: "an .npz file of NumPy", fix: "save its arrays with safetensors.numpy" };
  if (/^(metadata|config)\.json$|^model\.weights\.h5$/.test(member)) return KERAS;
  return { what: "a zip archive", fix: `unpack it; if it is a PyTorch checkpoint, ${CONVERT}` };
}

const startsWith = (start: Uint8Array, sign: readonly number[]) => sign.every((byte, i) => start[i] === byte);
/** Versions 2 to 5 of pickle's protocol. */
const isPickle = (start: Uint8Array) => start[0] === 0x80 && start[1]! >= 2 && start[1]! <= 5;
/** The fields that stand first in a ModelProto: `ir_version`, then the producer, an opset or the graph. */
const isOnnx = (start: Uint8Array) => start[0] === 0x08 && start[1]! <= 32 && [0x12, 0x3a, 0x42].includes(start[2]!);

/** Recognises other files by their first bytes (`SIGNATURE_BYTES` of them); undefined where they say nothing. */
export function otherFormat(file: Uint8Array): OtherFormat | undefined {
  const start = file.subarray(0, SIGNATURE_BYTES);
  if (startsWith(start, [0x50, 0x4b, 3, 4]) || startsWith(start, [0x50, 0x4b, 5, 6])) return zipFormat(start);
  if (startsWith(start, [0x1f, 0x8b])) return { what: "a gzip file", fix: "decompress it first (gunzip)" };
  if (startsWith(start, [0x89, 0x48, 0x44, 0x46])) return KERAS;
  if (isPickle(start)) return { what: "a pickle, as PyTorch wrote its checkpoints before 1.6", fix: CONVERT };
  if (isOnnx(start)) return { what: "an ONNX model", fix: "give a ResNet's weights as safetensors" };
  const text = String.fromCharCode(...start);
  return texts.find(([sign]) => sign.test(text))?.[1];
}
