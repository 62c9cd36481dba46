import { open, stat } from "node:fs/promises";
import { fail } from "../core/index.ts";

/** What an existing file of each kind that this package writes begins with. The page's title stands in its first bytes. */
const kinds = {
  npy: { what: "an .npy file", starts: (text: string) => text.startsWith("\x93NUMPY") },
  onnx: { what: "an ONNX model", starts: isOnnx },
  report: { what: "a report of maskcon", starts: (text: string) => text.includes(": maskcon report</title>") },
  search: { what: "a search page of maskcon", starts: (text: string) => text.includes(": maskcon search</title>") },
  svg: { what: "an SVG picture", starts: (text: string) => text.startsWith("<svg") },
} as const;

const FIRST_BYTES = 2 ** 16;

/** `ir_version`, then the producer, the graph or an opset. A safetensors file has its header's brace at byte 8. */
function isOnnx(text: string): boolean {
  return text[0] === "\x08" && text[1]! <= " " && "\x12\x3a\x42".includes(text[2] ?? "-") && text[8] !== "{";
}

/**
 * Looks at the place where the user wants a file. A file of the same kind may be replaced, and so may an empty one; any
 * other is somebody's images, list or run.
 * @throws MaskconError "usage" where the place holds another file
 */
export async function checkPlace(file: string, kind: keyof typeof kinds): Promise<void> {
  const info = await stat(file).catch(() => undefined);
  // What cannot be looked at, folders and devices fail, or do not, as they are written.
  if (!info?.isFile() || info.size === 0) return;
  const { what, starts } = kinds[kind];
  if (!starts(await firstText(file))) refuse(file, `a new file, or ${what} to replace`);
}

/** @throws MaskconError "usage" where there is a file already */
export async function checkNew(file: string): Promise<void> {
  if (await stat(file).catch(() => undefined)) refuse(file, "a new file");
}

function refuse(file: string, expected: string): never {
  return fail("usage", {
    where: file,
    expected,
    found: "another file",
    fix: "choose another name; it was left as it is",
  });
}

/** The first bytes of a file, as text of one byte a character. */
async function firstText(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(FIRST_BYTES), 0, FIRST_BYTES, 0);
    return buffer.toString("latin1", 0, bytesRead);
  } finally {
    await handle.close();
  }
}
