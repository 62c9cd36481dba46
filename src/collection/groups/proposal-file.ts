import { join } from "node:path";
import { z } from "zod";
import { writeTextAtomically } from "../../core/atomic-file.ts";
import { fail, parseJson } from "../../core/index.ts";
import { digestOf, readText, withRanges } from "../../formats/index.ts";
import { type NumberColumn, numbersOfColumn, readFooter, writeParquet } from "../../formats/parquet/index.ts";
import type { GroupTree } from "../../groups/index.ts";
import { checkContents } from "../check-contents.ts";
import { checkProposal, type GroupProposal } from "./proposal.ts";

const FORMAT = "maskcon-groups-1";
const MOST_BYTES = 2 ** 27;

const numberColumns = [
  { name: "id", type: "INT32", nullable: false },
  { name: "group", type: "INT32", nullable: true },
  { name: "likely", type: "INT32", nullable: false },
  { name: "leaf", type: "INT32", nullable: false },
  { name: "confidence", type: "FLOAT", nullable: false },
] as const satisfies readonly NumberColumn[];

/** A proposal's files as a line of the journal has them. */
export interface ProposalFiles {
  /** Six digits or more. */
  readonly proposal: string;
  /** SHA-256 of each file. */
  readonly rows: string;
  readonly trees: string;
}

export const proposalName = z.string().regex(/^\d{6,9}$/, { error: "a number of six digits" });
const node = z.int().min(0);

const schema = z.strictObject({
  format: z.literal(FORMAT),
  by: z.enum(["trained", "frozen"]),
  seed: z.int(),
  rows: z.int().min(0),
  classes: z.array(
    z.strictObject({
      coarse: z.string().nullable(),
      reason: z.enum(["groups", "one-gaussian", "too-few", "small-groups"]),
      foundAgain: z.array(z.number().min(0).max(1).nullable()),
      leaves: z.array(z.int()),
      left: z.array(node),
      right: z.array(node),
      height: z.array(z.number()),
      nodes: z.array(node),
    }),
  ),
});

const rowsFile = (collection: string, name: string): string => join(collection, "groups", `${name}.parquet`);
const treesFile = (collection: string, name: string): string => join(collection, "groups", `${name}.json`);

/**
 * Writes the files of a proposal.
 * @throws MaskconError "disk" where they cannot be written
 */
export async function writeProposal(
  collection: string,
  name: string,
  { by, seed, classes, ids, groups, likely, leaves, confidence }: GroupProposal,
): Promise<ProposalFiles> {
  const files = { rows: rowsFile(collection, name), trees: treesFile(collection, name) };
  const group = Array.from(groups, (place) => (place < 0 ? undefined : place));
  await writeParquet(files.rows, numberColumns, [{ id: ids, group, likely, leaf: leaves, confidence }]);
  const flat = classes.map(({ coarse, reason, foundAgain, tree: { leaves, merges, nodes } }) => ({
    ...{ coarse, reason, foundAgain, leaves: [...leaves], left: merges.map(({ left }) => left) },
    ...{ right: merges.map(({ right }) => right), height: merges.map(({ height }) => height), nodes },
  }));
  const values = { format: FORMAT, by, seed, rows: ids.length, classes: flat };
  await writeTextAtomically(files.trees, `${JSON.stringify(values)}\n`);
  const [rows, trees] = [await digestOf(files.rows, "sha256"), await digestOf(files.trees, "sha256")];
  return { proposal: name, rows, trees };
}

/**
 * Reads the files of a proposal.
 * @param below every id is smaller
 * @throws MaskconError "data" where they are missing, damaged, or others than the journal names
 */
export async function readProposal(
  collection: string,
  { proposal: name, rows, trees }: ProposalFiles,
  below: number,
): Promise<GroupProposal> {
  const files = { rows: rowsFile(collection, name), trees: treesFile(collection, name) };
  for (const [file, sum] of [[files.rows, rows] as const, [files.trees, trees] as const]) {
    await checkContents(file, sum, "the journal");
  }
  const parsed = schema.safeParse(parseJson(await readText(files.trees, MOST_BYTES), files.trees));
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    return fail("data", { where: files.trees, expected: "a proposal", found: `${path.join(".")}: ${message}` });
  }
  const { by, seed, classes } = parsed.data;
  const columns = await readColumns(files.rows, Math.min(parsed.data.rows, below));
  const own = classes.map(({ coarse, reason, foundAgain, ...tree }) => {
    return { coarse, reason, foundAgain, tree: treeOf(tree, files.trees) };
  });
  const proposal = { by, seed, ...columns, classes: own };
  checkProposal(proposal, below, files.rows);
  return proposal;
}

function readColumns(file: string, rows: number) {
  return withRanges(file, async (ranges) => {
    const footer = await readFooter(ranges);
    if (footer.rows !== rows) fail("data", { where: file, expected: `${rows} rows`, found: String(footer.rows) });
    const read = async <T>(column: NumberColumn) => (await numbersOfColumn(ranges, footer, column)) as T;
    const [id, group, likely, leaf, confidence] = numberColumns;
    return {
      ...{ ids: await read<Int32Array>(id), groups: await read<Int32Array>(group) },
      ...{ likely: await read<Int32Array>(likely), leaves: await read<Int32Array>(leaf) },
      confidence: await read<Float32Array>(confidence),
    };
  });
}

type FlatTree = Pick<z.infer<typeof schema>["classes"][number], "leaves" | "left" | "right" | "height" | "nodes">;

function treeOf({ leaves, left, right, height, nodes }: FlatTree, where: string): GroupTree {
  if (left.length !== right.length || left.length !== height.length) {
    fail("data", { where, expected: "two children and a height for each merge", found: "lists of several lengths" });
  }
  const n = leaves.length;
  const sizes = new Float64Array(n + left.length).fill(1, 0, n);
  const merges = left.map((child, place) => {
    const size = (sizes[child] ?? 0) + (sizes[right[place]!] ?? 0);
    sizes[n + place] = size;
    return { left: child, right: right[place]!, height: height[place]!, size };
  });
  return { leaves: Int32Array.from(leaves), merges, nodes };
}
