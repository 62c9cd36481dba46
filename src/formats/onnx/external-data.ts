import { realpath } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, sep } from "node:path";
import { fail } from "../../core/index.ts";
import { regularFile } from "../regular-file.ts";
import { tensorBytes } from "./data-types.ts";
import type { OnnxFile, OnnxFileGraph, OnnxFileTensor } from "./onnx-model.ts";

/** Every tensor of a graph: its initialisers, and those in attributes and in graphs within. */
export function* tensorsOf(graph: OnnxFileGraph): Generator<OnnxFileTensor> {
  yield* graph.tensors;
  for (const { attributes } of graph.nodes) {
    for (const attribute of attributes.values()) {
      if ("tensor" in attribute) yield attribute.tensor;
      else if ("graph" in attribute) yield* tensorsOf(attribute.graph);
    }
  }
}

/**
 * The files beside an ONNX file that hold its numbers, by their absolute paths, after a look at each. Whoever opens the model
 * opens them: one outside its folder, by name or by link, is refused.
 * @returns for each file its size in bytes
 * @throws MaskconError "weights" where a file lies elsewhere or is too short, "data" where it is missing or no regular file
 */
export async function externalFiles(
  path: string,
  { external }: Pick<OnnxFile, "external">,
): Promise<ReadonlyMap<string, number>> {
  const folder = await realpath(dirname(path));
  const files = new Map<string, number>();
  const known = new Map<string, string>();
  for (const { name, type, shape, data } of external) {
    if (!("external" in data)) continue;
    const { location, offset, length } = data.external;
    let file = known.get(location);
    if (file === undefined) {
      file = await inFolder(path, folder, location);
      known.set(location, file);
    }
    const size = files.get(file) ?? (await regularFile(file)).size;
    files.set(file, size);
    const end =
      offset +
      (length ??
        tensorBytes(
          type,
          shape.reduce((product, n) => product * n, 1),
        ) ??
        0);
    if (end <= size) continue;
    fail("weights", {
      where: file,
      expected: `${end} bytes, for the tensor ${JSON.stringify(name.slice(0, 100))} of ${path}`,
      found: `${size} bytes`,
      fix: "fetch the file again; it lies beside the model's",
    });
  }
  return files;
}

async function inFolder(path: string, folder: string, location: string): Promise<string> {
  const refuse = (found: string): never =>
    fail("weights", {
      where: path,
      expected: "files with numbers in its own folder",
      found,
      fix: "place them beside it, and have it name them so",
    });
  const shown = JSON.stringify(location.slice(0, 100));
  const parts = location.split(/[\\/]/);
  if (location === "" || location.includes("\0") || isAbsolute(location) || /^[a-z]:/i.test(location)) refuse(shown);
  if (parts.includes("..")) refuse(shown);
  const file = join(folder, ...parts);
  const real = await realpath(file).catch(() => file);
  const way = relative(folder, real);
  if (way.split(sep)[0] === ".." || isAbsolute(way)) refuse(`${shown}, a link to ${real}`);
  return real;
}
