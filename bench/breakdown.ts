import { floorSeconds, flopsOf, type Peaks, trafficOf } from "./floors.ts";
import type { KernelCall, ProfiledRuns } from "./profile-events.ts";
import { table } from "./table.ts";

export type Grouping = (call: KernelCall) => string;

/** Scopes by the part of the step they belong to; node names are `scope/.../graph op/ONNX op`, with `.number` where one repeats. */
const parts: Readonly<Record<string, string>> = {
  query: "forward, query encoder",
  key: "forward, key encoder",
  loss: "loss",
  coarse: "loss",
  gradient: "backward",
  sgd: "update",
  ema: "update",
  enqueue: "update",
};

export const byPart: Grouping = ({ node }) => parts[node.split("/")[0]!] ?? "other";

/** The part and the graph op that a kernel was made for: `backward conv2dWeightGradient`. */
export const byGraphOp: Grouping = (call) => `${byPart(call)}: ${call.node.split("/").at(-2) ?? ""}`;

export const byOp: Grouping = ({ op }) => op;

/** The first `depth` scopes of the node's name. */
export const byScope =
  (depth: number): Grouping =>
  ({ node }) =>
    node.split("/").slice(0, -1).slice(0, depth).join("/") || "(none)";

interface Row {
  calls: number;
  seconds: number;
  flops: number;
  bytes: number;
  floor: number;
}

/** Time per run of every group, largest first, beside the time it would take at the machine's peaks. */
export function breakdown({ calls, runs }: ProfiledRuns, grouping: Grouping, peaks: Peaks, limit = 40): string {
  const groups = new Map<string, Row>();
  for (const call of calls) {
    const key = grouping(call);
    const row = groups.get(key) ?? { calls: 0, seconds: 0, flops: 0, bytes: 0, floor: 0 };
    groups.set(key, row);
    row.calls += 1 / runs;
    row.seconds += call.microseconds / 1e6 / runs;
    row.flops += flopsOf(call) / runs;
    row.bytes += trafficOf(call) / runs;
    row.floor += floorSeconds(call, peaks) / runs;
  }
  const total = sum([...groups.values()]);
  const sorted = [...groups].sort((a, b) => b[1].seconds - a[1].seconds);
  const shown = sorted.slice(0, limit);
  const rest = sorted.slice(limit).map(([, row]) => row);
  if (rest.length > 0) shown.push([`(${rest.length} more)`, sum(rest)]);
  const heading = ["", "ms", "share", "calls", "GFLOP", "MB", "floor ms", "times floor"];
  return table([heading, ...[...shown, ["all", total] as const].map(([name, row]) => cells(name, row, total.seconds))]);
}

function sum(rows: readonly Row[]): Row {
  const total = { calls: 0, seconds: 0, flops: 0, bytes: 0, floor: 0 };
  for (const row of rows) {
    for (const key of Object.keys(total) as (keyof Row)[]) total[key] += row[key];
  }
  return total;
}

function cells(name: string, row: Row, total: number): string[] {
  return [
    name,
    (row.seconds * 1000).toFixed(1),
    `${((100 * row.seconds) / total).toFixed(1)}%`,
    row.calls.toFixed(0),
    (row.flops / 1e9).toFixed(2),
    (row.bytes / 1e6).toFixed(0),
    (row.floor * 1000).toFixed(1),
    row.floor > 0 ? (row.seconds / row.floor).toFixed(1) : "-",
  ];
}
