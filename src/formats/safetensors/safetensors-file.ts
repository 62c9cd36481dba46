import { type FileHandle, open, stat } from "node:fs/promises";
import { writeFileAtomically } from "../../core/atomic-file.ts";
import { fail, messageOf, sizeOf, type TensorData, type Tensors } from "../../core/index.ts";
import { SIGNATURE_BYTES } from "../file-format.ts";
import { readFully } from "../read-fully.ts";
import { refuseUrlAs } from "../url.ts";
import {
  encodeSafetensors,
  headerLength,
  parseHeader,
  type SafetensorsHeader,
  type StoredTensor,
} from "./safetensors.ts";
import { convertInto, emptyTensor, isVerbatim, storedBytes } from "./safetensors-types.ts";

/** All tensors of a file may take this much memory together; more is refused before anything is read. */
const MAX_TOTAL_BYTES = 8 * 2 ** 30;
const PIECE_BYTES = 2 ** 20;

/**
 * Reads a safetensors file: F64, F32, F16, BF16 as float32, I64 and I32 as int32, BOOL as bool. F32 and I32 are
 * bit-exact. Memory is that of the tensors plus 1 MiB.
 * @throws MaskconError "weights" where the file is missing, torn or hostile
 */
export async function readSafetensors(file: string): Promise<{ tensors: Tensors; metadata: Record<string, string> }> {
  return withHeader(file, async (handle, header) => {
    const tensors: Tensors = {};
    for (const stored of header.tensors) tensors[stored.name] = await readTensor(handle, stored, file);
    return { tensors, metadata: header.metadata };
  });
}

/**
 * Reads and checks only the header of a safetensors file.
 * @throws MaskconError "weights" where it is missing or no such header
 */
export async function readSafetensorsHeader(file: string): Promise<SafetensorsHeader> {
  return withHeader(file, async (_, header) => header);
}

/**
 * Writes a safetensors file, all of it or nothing.
 * @throws MaskconError "disk" where it cannot be written
 */
export async function writeSafetensors(
  file: string,
  tensors: Tensors,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  await writeFileAtomically(file, encodeSafetensors(tensors, metadata));
}

async function withHeader<T>(
  file: string,
  work: (handle: FileHandle, header: SafetensorsHeader) => Promise<T>,
): Promise<T> {
  const absent = (error: unknown): never => {
    refuseUrlAs("file", file, "weights");
    const expected = "a safetensors file";
    return fail("weights", { where: file, expected, found: reason(error), fix: "check the path" }, error);
  };
  // Opening a pipe or a device may never end.
  const info = await stat(file).catch(absent);
  if (!info.isFile()) absent(new Error(info.isDirectory() ? "a folder" : "a pipe or a device"));
  const handle = await open(file, "r").catch(absent);
  try {
    const start = await read(handle, 0, Math.min(SIGNATURE_BYTES, info.size), file);
    const length = headerLength(start, info.size, file);
    const header = parseHeader(await read(handle, 8, length, file), info.size, file);
    const total = header.tensors.reduce((sum, { type, shape }) => sum + sizeOf(shape) * (type === "BOOL" ? 1 : 4), 0);
    if (total > MAX_TOTAL_BYTES) {
      fail("weights", { where: file, expected: `tensors of up to ${MAX_TOTAL_BYTES} bytes`, found: `${total}` });
    }
    return await work(handle, header);
  } finally {
    await handle.close();
  }
}

async function readTensor(handle: FileHandle, stored: StoredTensor, file: string): Promise<TensorData> {
  const { name, type, shape, begin, end } = stored;
  const tensor = emptyTensor(type, shape, sizeOf(shape));
  if (isVerbatim(type)) {
    await fill(handle, new Uint8Array(tensor.data.buffer), begin, file);
    return tensor;
  }
  for (let at = begin; at < end; at += PIECE_BYTES) {
    const bytes = await read(handle, at, Math.min(PIECE_BYTES, end - at), file);
    convertInto(type, bytes, tensor.data, (at - begin) / storedBytes(type), `${file}: ${JSON.stringify(name)}`);
  }
  return tensor;
}

async function read(handle: FileHandle, position: number, length: number, file: string): Promise<Uint8Array> {
  return fill(handle, new Uint8Array(length), position, file);
}

async function fill(handle: FileHandle, bytes: Uint8Array, position: number, file: string): Promise<Uint8Array> {
  if ((await readFully(handle, bytes, position)) < bytes.byteLength) {
    fail("weights", { where: file, expected: "a whole file", found: "a file that shrank while it was read" });
  }
  return bytes;
}

const reason = (error: unknown): string =>
  (error as NodeJS.ErrnoException).code === "ENOENT" ? "no such file" : messageOf(error);
