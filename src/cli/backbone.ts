import type { Pooling } from "../backbone/index.ts";
import { firstFew, printable } from "../core/index.ts";
import { type BackboneDescription, inspectBackbone } from "../train/index.ts";
import { toNumber } from "./config-options.ts";
import type { Terminal } from "./terminal.ts";

export interface BackboneFlags {
  readonly featureOutput?: string;
  readonly features?: string;
  readonly imageSize?: string;
  readonly json?: boolean;
}

export async function backboneCommand(file: string, flags: BackboneFlags, terminal: Terminal): Promise<void> {
  const description = await inspectBackbone(file, {
    output: flags.featureOutput,
    pooling: flags.features as Pooling | undefined,
    imageSize: flags.imageSize === undefined ? undefined : toNumber("--image-size", flags.imageSize),
  });
  terminal.out(flags.json ? `${JSON.stringify(description)}\n` : backboneText(description));
}

function backboneText(facts: BackboneDescription): string {
  const rows: [string, string][] = [
    ["model", modelText(facts)],
    ["input", inputText(facts)],
    ["normalise", normaliseText(facts)],
    ["features", featuresText(facts)],
    ["operators", operatorsText(facts)],
    ["speed", `${facts.millisecondsPerImage.toFixed(1)} ms an image at ${facts.imageSize} px, here and now`],
    ["trainable", trainableText(facts)],
  ];
  return rows.map(([name, text]) => `${name.padEnd(11)}${printable(text)}\n`).join("");
}

function modelText({ producer, opset, bytes, parameters }: BackboneDescription): string {
  const by = producer === "" ? "" : `, written by ${producer}`;
  return `opset ${opset}${by}, ${(bytes / 2 ** 20).toFixed(1)} MB, ${millions(parameters)} numbers`;
}

function inputText({ input: { name, type, layout, size, batch }, isBatchFreed }: BackboneDescription): string {
  const side = size === undefined ? "any size" : `${size} px`;
  const fixed = `${batch} at once${isBatchFreed ? ", any number once it is trained or exported" : ""}`;
  return `${name}: ${layout}, ${type}, ${side}, ${batch === undefined ? "any number of images" : fixed}`;
}

function normaliseText({ preprocessing }: BackboneDescription): string {
  if (!preprocessing) return "not known: no preprocessor_config.json or config.json of timm lies beside it";
  const list = (values: readonly number[]) => values.map((value) => Number(value.toFixed(4))).join(", ");
  const { mean, std, from, size } = preprocessing;
  return `mean ${list(mean)}; std ${list(std)}${size === undefined ? "" : `; ${size} px`} (${from})`;
}

function featuresText({ output, otherOutputs }: BackboneDescription): string {
  const others = otherOutputs.length > 0 ? `; other outputs: ${firstFew(otherOutputs)}` : "";
  return `${output.name} [${output.shape.join(", ")}], ${output.pooling}${others}`;
}

const operatorsText = ({ operators }: BackboneDescription): string =>
  firstFew(
    Object.entries(operators).map(([name, count]) => `${count} ${name}`),
    { most: 8 },
  );

function trainableText({ file, refusals, cuts, parameters }: BackboneDescription): string {
  const { head, all, tail } = refusals;
  const why = (refusal: string) =>
    refusal.startsWith(file) ? refusal.slice(file.length).replace(/^[:,] /, "") : refusal;
  if (head) return `no, and nothing behind it: ${why(head)}`;
  const [last] = cuts;
  const most = cuts.at(-1);
  if (!last || !most) {
    return all ? `no, its features alone serve: ${why(all)}` : `all of it (${millions(parameters)}), no part`;
  }
  const blocks = `its last block (${millions(last.parameters)}) to its last ${cuts.length} (${millions(most.parameters)})`;
  if (all) return `${blocks}, not all: ${why(all)}`;
  return tail ? `${blocks}, or all; not its last ${cuts.length + 1}: ${why(tail)}` : `${blocks}, or all`;
}

const millions = (count: number): string => `${(count / 1e6).toFixed(count < 1e6 ? 2 : 1)} million`;
