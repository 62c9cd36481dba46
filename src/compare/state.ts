import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readConfigFile, version } from "../config/index.ts";
import { writeTextAtomically } from "../core/atomic-file.ts";
import { fail, oneAtATime } from "../core/index.ts";

const timing = z.object({ step: z.number(), seconds: z.number(), images: z.number(), imageSeconds: z.number() });

const cellState = z.object({
  /** begun: not finished, or interrupted; skipped: the data has not what the method needs. */
  status: z.enum(["begun", "finished", "failed", "skipped"]),
  message: z.string().optional(),
  timing: timing.optional(),
});
export type CellState = z.output<typeof cellState>;

const stateSchema = z.object({
  version: z.string(),
  data: z.string(),
  cells: z.record(z.string(), cellState),
});

/** What `compare.json` remembers of the cells, beside what their own folders hold. */
export interface CompareState {
  readonly data: string;
  /** Where DATA lay before, if elsewhere. */
  readonly movedFrom: string | undefined;
  get(id: string): CellState | undefined;
  /** On disk when it returns. */
  set(id: string, state: CellState): Promise<void>;
  /** Writes it as it is. */
  save(): Promise<void>;
}

/**
 * Opens `compare.json` of a folder, or begins it.
 * @throws MaskconError "config" where it is not one.
 */
export async function openState(folder: string, data: string): Promise<CompareState> {
  const path = join(folder, "compare.json");
  const before = existsSync(path) ? await read(path) : undefined;
  const cells = new Map(Object.entries(before?.cells ?? {}));
  // One after the other: an older write must not end after a newer one.
  const write = oneAtATime(() => {
    const text = `${JSON.stringify({ version, data, cells: Object.fromEntries(cells) }, null, 2)}\n`;
    return writeTextAtomically(path, text);
  });
  return {
    data,
    movedFrom: before && before.data !== data ? before.data : undefined,
    save: write,
    get: (id) => cells.get(id),
    set(id, state) {
      cells.set(id, state);
      return write();
    },
  };
}

async function read(path: string): Promise<z.output<typeof stateSchema>> {
  const parsed = stateSchema.safeParse(await readConfigFile(path));
  if (parsed.success) return parsed.data;
  const { path: key, message } = parsed.error.issues[0]!;
  const fix = "delete it: finished runs are found again, their times are not";
  return fail("config", {
    where: path,
    expected: "the notes of a comparison",
    found: `${key.join(".")}: ${message}`,
    fix,
  });
}
