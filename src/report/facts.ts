import { createRequire } from "node:module";
import { type RunRecord, version } from "../config/index.ts";
import { firstFew } from "../core/index.ts";
import type { RunMetrics } from "../run/index.ts";
import { grouped, html, type Markup } from "./html.ts";

/** One line: what was trained, how far, and how it ended. */
export function factsLine({ config, dataset }: RunRecord, { starts, steps, ends }: RunMetrics): string {
  const start = starts.at(-1);
  const last = steps.at(-1);
  const end = ends.at(-1);
  const parts = [
    `${config.backbone} at ${config.imageSize} px`,
    `${grouped(dataset.trainImages)} training images, ${dataset.coarseClasses.length} coarse classes`,
    `batch ${config.batchSize}${config.crops > 1 ? ` with ${config.crops} crops of each image` : ""}`,
    `seed ${config.seed}`,
  ];
  if (last && start) {
    const done = last.step >= start.steps;
    const state = end?.reason ?? (done ? "finished" : "stopped or still running");
    parts.push(`step ${grouped(last.step)} of ${grouped(start.steps)} (${state})`);
  } else parts.push("no step recorded");
  if (starts[0]) parts.push(`begun ${String(starts[0].time).slice(0, 10)}`);
  return parts.join(" · ");
}

/** The resolved configuration and the versions, as tables. */
export function factsTables(record: RunRecord): Markup {
  const { config, dataset } = record;
  const images = [
    ["name", dataset.name],
    ["training images", dataset.trainImages],
    ["test images", dataset.testImages],
    ["coarse classes", firstFew(dataset.coarseClasses, { most: 30 })],
    ["labels (SHA-256)", dataset.labels],
    ["mean", dataset.normalization.mean.join(", ")],
    ["standard deviation", dataset.normalization.std.join(", ")],
  ] as const;
  return html`<div class="facts-tables">${table("Configuration", Object.entries(config))}<div>${table("Images", images)}${table("Versions", versions(record))}</div></div>`;
}

function versions({ version: trainedWith }: RunRecord): [string, string][] {
  const load = createRequire(import.meta.url);
  const { version: runtime } = load("onnxruntime-node/package.json") as { version: string };
  return [
    ["maskcon (trained the run)", trainedWith],
    ["maskcon (wrote this report)", version],
    ["onnxruntime-node", runtime],
    ["Node", process.version],
    ["platform", `${process.platform} ${process.arch}`],
  ];
}

function table(caption: string, rows: Iterable<readonly [string, unknown]>): Markup {
  const cell = (value: unknown) => (typeof value === "object" ? JSON.stringify(value) : String(value));
  return html`<table class="facts-table"><caption>${caption}</caption><tbody>${[...rows].map(([name, value]) => value !== undefined && html`<tr><th scope="row">${name}</th><td>${cell(value)}</td></tr>`)}</tbody></table>`;
}
