import { openCollection } from "../collection/index.ts";
import { counted } from "../core/index.ts";
import { type CollectionMap, mapCollection } from "../map/index.ts";
import { toCount } from "./config-options.ts";
import { showEvalProgress } from "./eval-progress.ts";
import { interruptibly } from "./signals.ts";
import type { Terminal } from "./terminal.ts";
import { kindOf } from "./vector-kind.ts";

export interface MapFlags {
  readonly by: string;
  readonly seed?: string;
  readonly anew?: boolean;
  readonly json?: boolean;
}

export async function mapCommand(folder: string, flags: MapFlags, terminal: Terminal): Promise<void> {
  const by = kindOf(flags.by);
  const seed = flags.seed === undefined ? undefined : toCount("--seed", flags.seed, 0);
  const collection = await openCollection(folder);
  const onFirst = (signal: string) => terminal.err(`\n${signal}: stopping; the map stays as it was\n`);
  await interruptibly(onFirst, async (signal) => {
    const shown = showEvalProgress(terminal);
    const options = { by, seed, anew: flags.anew, signal };
    const map = await mapCollection(collection, { ...options, progress: (now) => shown.show("map", now) });
    shown.clear();
    terminal.out(flags.json ? json(collection.rows.ids, map) : text(map));
  });
}

function json(ids: Int32Array, { by, seed, laid, placed, source, places }: CollectionMap): string {
  const images = [...ids]
    .map((id, row) => ({ id, x: places[2 * row]!, y: places[2 * row + 1]! }))
    .filter(({ x }) => !Number.isNaN(x));
  return `${JSON.stringify({ by, seed, laid, placed, source, images })}\n`;
}

function text({ by, laid, placed, source }: CollectionMap): string {
  const how = { read: "as it was", extended: "new images added", made: "made" }[source];
  const lines = [`map by the ${by} encoder: ${counted(laid, "image")} laid out, ${placed} placed among them (${how})`];
  if (placed > laid) lines.push("more images are new than were laid out; `--anew` lays all of them out");
  return `${lines.join("\n")}\n`;
}
