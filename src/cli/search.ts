import { existsSync } from "node:fs";
import { type Collection, labelsAt, openCollection, positionOf, type VectorKind } from "../collection/index.ts";
import { writeTextAtomically } from "../core/atomic-file.ts";
import { fail, printable } from "../core/index.ts";
import { checkPlace } from "../export/index.ts";
import { npyArray, npyValues } from "../formats/numpy/index.ts";
import { thumbnail } from "../report/index.ts";
import { imageFile, openSearch, type SearchQuery, type SearchResult, searchPage, type Where } from "../search/index.ts";
import { toCount } from "./config-options.ts";
import type { Terminal } from "./terminal.ts";
import { kindOf } from "./vector-kind.ts";

export interface SearchFlags {
  readonly id?: string;
  readonly image?: string;
  readonly vector?: string;
  readonly top: string;
  readonly by: string;
  readonly where?: readonly string[];
  readonly html?: string;
  readonly json?: boolean;
}

export async function searchCommand(folder: string, flags: SearchFlags, terminal: Terminal): Promise<void> {
  const [count, by] = [toCount("--top", flags.top), kindOf(flags.by)];
  const where = whereOf(flags.where ?? []);
  if (flags.html !== undefined) await checkPlace(flags.html, "search");
  const query = await queryOf(flags);
  const collection = await openCollection(folder);
  const search = openSearch(collection);
  try {
    const results = await search.find(query, { by, count, where });
    if (flags.html !== undefined) {
      const other: VectorKind = by === "trained" ? "frozen" : "trained";
      // A vector belongs to one encoder.
      const second =
        "vector" in query ? [] : [{ by: other, results: await search.find(query, { by: other, count, where }) }];
      const found = [{ by, results }, ...second].sort((a) => (a.by === "trained" ? -1 : 1));
      await writeTextAtomically(
        flags.html,
        await searchPage({ collection, found, ...(await shownQuery(collection, query, flags)) }),
      );
      terminal.err(`wrote ${flags.html}\n`);
    }
    if (flags.json)
      terminal.out(`${JSON.stringify({ by, results: results.map((result) => asJson(collection, result)) })}\n`);
    else terminal.out(table(collection, results));
  } finally {
    await search.close();
  }
}

/** `coarse=shoe`: the name of a class may have an equals sign in it, a column has none. */
function whereOf(texts: readonly string[]): Where {
  // A column may have any name, `__proto__` too, until it is looked for.
  const where: Record<string, string[]> = Object.create(null);
  for (const text of texts) {
    const at = text.indexOf("=");
    if (at < 1) fail("usage", { where: "--where", expected: "COLUMN=VALUE", found: JSON.stringify(text) });
    const column = text.slice(0, at);
    where[column] = [...(where[column] ?? []), text.slice(at + 1)];
  }
  return where;
}

/** What the command line can ask for. */
type AskedQuery = Exclude<SearchQuery, { readonly picture: Uint8Array }>;

async function queryOf({ id, image, vector }: SearchFlags): Promise<AskedQuery> {
  const given = [id, image, vector].filter((value) => value !== undefined);
  if (given.length !== 1) {
    const found = given.length === 0 ? "none" : "several";
    fail("usage", { where: "--id, --image, --vector", expected: "one of them: what to look for", found });
  }
  if (id !== undefined) return { id: toCount("--id", id) };
  if (vector !== undefined) return { vector: await readVector(vector) };
  if (!existsSync(image!)) fail("image", { where: image!, expected: "a picture", found: "nothing of that name" });
  return { image: image! };
}

/** No encoder has more features. */
const MOST_VALUES = 65_536;

async function readVector(file: string): Promise<Float32Array> {
  const array = await npyArray(file);
  const { shape } = array;
  const [first = 0, second] = shape;
  const isVector =
    (shape.length === 1 && first <= MOST_VALUES) || (shape.length === 2 && first === 1 && second! <= MOST_VALUES);
  if (!isVector)
    fail("usage", { where: file, expected: "one vector, [D] or [1, D]", found: `the shape (${shape.join(", ")})` });
  for await (const values of npyValues(file, array)) return values;
  return new Float32Array(0);
}

async function shownQuery(collection: Collection, query: AskedQuery, { where, vector }: SearchFlags) {
  const filters = where === undefined ? undefined : where.join(", ");
  if ("vector" in query) return { title: `Vector ${vector}`, where: filters };
  if ("image" in query) {
    const shown = await thumbnail(imageFile(query.image, collection.record.encoder.normalization), 0);
    return { title: query.image, picture: shown?.uri, where: filters };
  }
  const position = positionOf(collection.rows.ids, query.id);
  return { title: `${query.id}: ${collection.rows.names[position]!}`, position, where: filters };
}

function asJson({ rows }: Collection, { id, position, score }: SearchResult) {
  return { id, score, ...labelsAt(rows, position), name: rows.names[position]! };
}

/** Columns with a space between; texts at the left, numbers at the right. */
function table(collection: Collection, results: readonly SearchResult[]): string {
  const lines = results.map((result) => {
    const { id, score, coarse, fine, split, name } = asJson(collection, result);
    return [
      String(id),
      score.toFixed(4),
      ...[coarse, fine, split].map((text) => printable(text ?? "-")),
      printable(name),
    ];
  });
  const all = [["id", "score", "coarse", "fine", "split", "name"], ...lines];
  const widths = all[0]!.map((_, column) => all.reduce((most, line) => Math.max(most, line[column]!.length), 0));
  const cell = (text: string, column: number) =>
    column < 2 ? text.padStart(widths[column]!) : text.padEnd(widths[column]!);
  return all.map((line) => `${line.map(cell).join("  ").trimEnd()}\n`).join("");
}
