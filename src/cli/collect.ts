import { resolve } from "node:path";
import { type CollectResult, collectImages, type ImageSet, readKnownImages } from "../collection/index.ts";
import { flagFields, type RunConfig } from "../config/index.ts";
import { counted, fail, firstFew, printable } from "../core/index.ts";
import { type KnownImages, openImages } from "../data/index.ts";
import { loadRun, type Run } from "../run/index.ts";
import { overRun } from "./config-options.ts";
import { readingIn, readingOf } from "./data-options.ts";
import { openRunData } from "./open-run-data.ts";
import { PACKAGE_SOURCE, warnOfSkipped } from "./open-source.ts";
import { refuseInside } from "./outside-data.ts";
import { showCount } from "./progress.ts";
import { interruptibly } from "./signals.ts";
import type { Terminal } from "./terminal.ts";
import { warn, warnOfPassedOver } from "./warn.ts";

export interface CollectFlags extends Readonly<Record<string, unknown>> {
  readonly out: string;
  readonly split?: string;
  readonly unlabelled?: boolean;
  readonly checkContents?: boolean;
  readonly json?: boolean;
}

/** Embeds images into a collection until it is interrupted; what is written by then stays. */
export async function collectCommand(
  folder: string,
  data: string | undefined,
  flags: CollectFlags,
  terminal: Terminal,
): Promise<void> {
  const { out } = flags;
  const split = splitOf(flags.split);
  const run = await loadRun(folder);
  const config = overRun(run.record.config, flags);
  const source = data ?? run.record.data ?? "";
  if (source !== "" && source !== PACKAGE_SOURCE) refuseInside(source, out);
  const onFirst = (signal: string) =>
    terminal.err(`\n${signal}: stopping; the same command goes on where this one stopped\n`);
  await interruptibly(onFirst, async (signal) => {
    const known = await readKnownImages(out, flags);
    const { sets, reading } = flags.unlabelled
      ? await openUnlabelled(data, flags, terminal, { signal, known })
      : await openLabelled(run, data, flags, terminal, known);
    const chosen = split === undefined ? sets : sets.filter((set) => set.split === split);
    if (chosen.length === 0) {
      const found = sets.some((set) => set.split !== undefined) ? "none of it" : "images without splits";
      fail("data", { where: source, expected: `images of the split ${split}`, found, fix: "leave out --split" });
    }
    const progress = showCount(terminal, "images");
    const result = await collectImages({
      run,
      sets: chosen,
      some: split !== undefined,
      source,
      reading,
      out,
      knownImages: known,
      config,
      signal,
      progress,
    });
    warnOfPassedOver(terminal, result.warnings);
    say(result, flags, terminal);
  });
}

function splitOf(split: string | undefined): "train" | "test" | undefined {
  if (split === undefined || split === "train" || split === "test") return split;
  return fail("usage", { where: "--split", expected: "train or test", found: JSON.stringify(split) });
}

interface OpenedImages {
  readonly sets: readonly ImageSet[];
  /** How they were read. */
  readonly reading: Partial<RunConfig>;
}

async function openLabelled(
  run: Run,
  data: string | undefined,
  flags: CollectFlags,
  terminal: Terminal,
  known: KnownImages,
): Promise<OpenedImages> {
  // The run's own may have others among them since: these are to be added.
  const asked = { ...(data === undefined && readingIn(run.record.config)), ...flags, data: data ?? ownData(run) };
  const opened = await openRunData(run, asked, terminal, { whole: true, known });
  for (const warning of opened.warnings) if (opened.own) warn(terminal, warning);
  const { train, test, own, readBy: reading } = opened;
  if (!test) return { sets: [{ dataset: train, split: own ? "train" : undefined }], reading };
  const sets = [{ dataset: train, split: "train" } as const, { dataset: test, split: "test" } as const];
  return { sets, reading };
}

/** Where the run's own images lie. */
function ownData({ record }: Run): string {
  if (record.data !== undefined) return record.data;
  return fail("usage", {
    where: "DATA",
    expected: "images to collect",
    found: "none, and the run does not say where its own lie",
  });
}

async function openUnlabelled(
  data: string | undefined,
  flags: CollectFlags,
  terminal: Terminal,
  { signal, known }: { readonly signal: AbortSignal; readonly known: KnownImages },
): Promise<OpenedImages> {
  if (data === undefined) {
    return fail("usage", { where: "--unlabelled", expected: "DATA to take images from", found: "none" });
  }
  const { maxBad, imageColumn, ...labels } = readingOf(flags);
  refuseLabels(labels);
  const options = { maxBad, imageColumn, signal, known, onSkipped: warnOfSkipped(terminal) };
  return {
    sets: [{ dataset: await openImages(resolve(data), options), split: undefined }],
    reading: { imageColumn },
  };
}

/** Nothing that was asked for is passed over in silence. */
function refuseLabels(labels: Partial<RunConfig>): void {
  const given = flagFields().find(({ key }) => labels[key as keyof RunConfig] !== undefined);
  if (given) {
    fail("usage", {
      where: given.flag,
      expected: "labels to read",
      found: "--unlabelled",
      fix: "leave one of them out",
    });
  }
}

function say(result: CollectResult, { json }: CollectFlags, terminal: Terminal): void {
  const { folder, rows, added, replaced, unchanged, missing, relabelled } = result;
  if (missing.length > 0) warn(terminal, printable(`no longer there: ${firstFew(missing)}`));
  if (relabelled.length > 0) {
    warn(terminal, `DATA has other labels now for ${relabelled.length} of the images; the collection keeps its own`);
  }
  if (json) {
    terminal.out(`${JSON.stringify({ folder, rows, added, replaced, unchanged, missing, relabelled })}\n`);
    return;
  }
  const parts = [`${added} added`, replaced > 0 && `${replaced} of them changed`, `${unchanged} as before`];
  terminal.out(`${printable(folder)}: ${counted(rows, "image")} (${parts.filter(Boolean).join(", ")})\n`);
}
