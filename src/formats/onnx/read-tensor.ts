import { tensorBytes, typeName } from "./data-types.ts";
import type { Message } from "./message.ts";
import type { ExternalData, OnnxFileData, OnnxFileTensor } from "./onnx-model.ts";

const MAX_RANK = 32;
/** Fields of a TensorProto that hold numbers by type: float, int32, string, int64, double and uint64. */
const typedFields = [4, 5, 6, 7, 10, 11];

/** A `TensorProto`, its numbers apart. Bytes that do not fit its shape are refused, as far as they are counted here. */
export async function readTensor(tensor: Message): Promise<OnnxFileTensor> {
  const name = await tensor.text(8);
  const refuse = (expected: string, found: string): never =>
    tensor.file.refuse(tensor.extent.offset, `${expected} in the tensor ${JSON.stringify(name.slice(0, 100))}`, found);
  const shape = (await tensor.integers(1)).map(Number);
  if (shape.length > MAX_RANK) refuse(`at most ${MAX_RANK} dimensions`, `${shape.length}`);
  const count = shape.reduce((product, n) => product * n, 1);
  if (!shape.every((n) => Number.isSafeInteger(n) && n >= 0) || !Number.isSafeInteger(count)) {
    refuse("a shape of sizes below 2^53", `[${shape.join(", ")}]`);
  }
  const element = tensor.whole(2);
  const type = typeName(element) ?? refuse("a known type", `type ${element}`);
  const data = await readData(tensor, refuse);
  const size = tensorBytes(type, count);
  const length = "raw" in data ? data.raw.length : "external" in data ? data.external.length : undefined;
  if (size !== undefined && length !== undefined && length !== size) {
    refuse(`${size} bytes for ${type} [${shape.join(", ")}]`, `${length}`);
  }
  if ("none" in data && count > 0) refuse(`numbers for ${type} [${shape.join(", ")}]`, "none");
  return { name, type, shape, data };
}

async function readData(tensor: Message, refuse: (expected: string, found: string) => never): Promise<OnnxFileData> {
  if (tensor.all(3).length > 0) refuse("whole tensors", "a segment");
  if (tensor.whole(14) === 1) return { external: await readExternal(tensor, refuse) };
  const raw = tensor.all(9).at(-1);
  if (raw) return { raw: tensor.file.extent(raw) };
  const typed = typedFields.flatMap((number) =>
    tensor.all(number).map(({ extent, value, bits }) => extent ?? { value: value!, ...(bits && { bits }) }),
  );
  return typed.length > 0 ? { typed } : { none: true };
}

async function readExternal(
  tensor: Message,
  refuse: (expected: string, found: string) => never,
): Promise<ExternalData> {
  const entries = new Map<string, string>();
  for (const field of tensor.all(13)) {
    const entry = await tensor.child(field);
    entries.set(await entry.text(1), await entry.text(2));
  }
  const location = entries.get("location") ?? refuse("the name of the file with its numbers", "none");
  const number = (key: string): number | undefined => {
    const text = entries.get(key);
    if (text === undefined) return undefined;
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    return Number.isSafeInteger(value) ? value : refuse(`a whole number as ${key}`, JSON.stringify(text.slice(0, 100)));
  };
  const length = number("length");
  return { location, offset: number("offset") ?? 0, ...(length !== undefined && { length }) };
}
