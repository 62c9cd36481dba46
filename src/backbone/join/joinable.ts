import { fail } from "../../core/index.ts";
import { type ByteRanges, withRanges } from "../../formats/index.ts";
import { type ModelParts, type NodePart, ProtobufFile, readParts } from "../../formats/onnx/index.ts";
import type { ForeignModel } from "../foreign-model.ts";
import { type Needed, neededNodes } from "./needed-nodes.ts";

/** Pooling and head are written for this one or later: before it, Add and Sub had another form. */
const FIRST_OPSET = 7;
/** Of a file that protobuf reads. */
const MAX_BYTES = 2 ** 31 - 1;
/** Bytes that are left for a head: the whitening of 4,000 features takes as many. */
const HEAD_BYTES = 2 ** 26;

/**
 * Whether a head can be joined to a model later. Nodes and names are read, its numbers are not.
 * @throws MaskconError "weights" where none can
 */
export function checkJoinable(model: ForeignModel): Promise<void> {
  return withRanges(model.file, async (ranges) => {
    const { parts, needed } = await joinableParts(model, ranges);
    const { tensors, annotations } = parts.graph;
    const kept = [...needed.nodes, ...[...tensors, ...annotations].filter(({ name }) => needed.names.has(name))];
    checkSize(model.file, kept.reduce(plusBytes, HEAD_BYTES));
  });
}

const plusBytes = (sum: number, { field }: Pick<NodePart, "field">): number => sum + field.end - field.offset;

/**
 * The fields of a foreign model, and those that its features need.
 * @throws MaskconError "weights" where no head can be joined to them
 */
export async function joinableParts(
  { file, input, output }: ForeignModel,
  ranges: ByteRanges,
): Promise<{ readonly parts: ModelParts; readonly needed: Needed }> {
  const parts = await readParts(new ProtobufFile(ranges));
  const needed = neededNodes(file, parts.graph, [input.name], output.name);
  if (!needed.names.has(input.name)) {
    fail("weights", { where: output.name, expected: "features that depend on the images", found: "constants" });
  }
  const { opset } = parts;
  if (opset !== undefined && opset < FIRST_OPSET) {
    const expected = `operator set ${FIRST_OPSET} or later`;
    fail("weights", { where: file, expected, found: `${opset}`, fix: "export it anew" });
  }
  return { parts, needed };
}

/** @throws MaskconError "weights" where a joined file would be larger than one can be */
export function checkSize(where: string, bytes: number): void {
  if (bytes <= MAX_BYTES) return;
  const fix = "save the foreign model with its numbers in a file beside it";
  fail("weights", { where, expected: `a joined file of at most ${MAX_BYTES} bytes`, found: `${bytes}`, fix });
}
