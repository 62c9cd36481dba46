import { type FormatName, fileFormat } from "../file-format.ts";

/** What a file is that was given in place of a safetensors file, and what to do with it. */
interface OtherFormat {
  readonly what: string;
  readonly fix: string;
}

/** The line of Python that makes a safetensors file of a PyTorch checkpoint. Its tensors may lie one level deeper. */
const CONVERSION =
  "python -c \"import sys, torch, safetensors.torch as s; d = torch.load(sys.argv[1], map_location='cpu', weights_only=True); " +
  "d = d.get('state_dict', d.get('model', d)); s.save_file({k: v.clone() for k, v in d.items() if torch.is_tensor(v)}, " +
  'sys.argv[2])" IN.pth OUT.safetensors';
const CONVERT = `convert it once, with PyTorch and safetensors installed: ${CONVERSION}`;
const PICTURE = "give the file of the weights; pictures are DATA, the first argument";
const DATA = "give the file of the weights; this one is DATA, the first argument";
const OTHER = "give the file of the weights";

const fixes: Readonly<Partial<Record<FormatName, string>>> = {
  pointer: "run `git lfs pull` in its folder, which fetches the file itself",
  gguf: "give the model's safetensors file",
  parquet: DATA,
  png: PICTURE,
  jpeg: PICTURE,
  gif: PICTURE,
  webp: PICTURE,
  tiff: PICTURE,
  avif: PICTURE,
  bmp: PICTURE,
  npy: "save all arrays by name with safetensors.numpy",
  npz: "save its arrays with safetensors.numpy",
  tar: "unpack it, and give the file of the weights",
  zip: `unpack it; if it is a PyTorch checkpoint, ${CONVERT}`,
  gzip: "decompress it first (gunzip)",
  archive: "unpack it, and give the file of the weights",
  keras: "give a ResNet's weights by torchvision's names as safetensors; those of Keras have others",
  pytorch: CONVERT,
  pickle: CONVERT,
  onnx: "give a ResNet's weights as safetensors",
  page: "fetch the file itself again",
  json: "give the .safetensors file that lies beside it",
};

/** Recognises other files by their first bytes; undefined where they say nothing. */
export function otherFormat(file: Uint8Array): OtherFormat | undefined {
  const format = fileFormat(file);
  return format && { what: format.what, fix: fixes[format.name] ?? OTHER };
}
