import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onnx } from "onnx-proto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { png, put } from "../../test/data-samples.ts";
import {
  channelMeans,
  type ForeignModelParts,
  foreignModel,
  noiseConstant,
  smallConvolutions,
} from "../../test/foreign-models.ts";
import { runCommand } from "../../test/run-command.ts";

let folder: string;
const at = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "maskcon-depths-"));
  for (let i = 0; i < 32; i++) {
    put(folder, `images/${i % 2 ? "odd" : "even"}/${i % 4}/${i}.png`, await png(8 * i, 16, 16));
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

/** `train` up to its refusal; undefined where it trains. */
async function refusalOfTrain(file: string, trainable: string): Promise<string | undefined> {
  const small = ["--views", "2", "--batch-size", "8", "--queue-size", "16", "--embedding-dim", "4", "--steps", "1"];
  const places = [
    "--out",
    mkdtempSync(at("run-")),
    "--cache-dir",
    at("cache"),
    "--test-fraction",
    "0",
    "--workers",
    "1",
  ];
  const flags = [...places, ...small, "--normalization", "half", "--trainable", trainable];
  const { code, err } = await runCommand(["train", at("images"), "--backbone", file, ...flags]);
  const [last] = err.trimEnd().split("\n").slice(-1);
  return code === 0 ? undefined : last?.replace(/^maskcon: /, "");
}

const model = (nodes: ForeignModelParts["nodes"], more: Partial<ForeignModelParts> = {}) =>
  foreignModel({
    inputs: { images: ["N", 3, 16, 16] },
    outputs: { features: ["N", 12] },
    nodes,
    constants: {
      ...{ wa: noiseConstant(8, 3, 3, 3), wc: noiseConstant(16, 8, 3, 3), we: noiseConstant(12, 16, 1, 1) },
      ...{ three: noiseConstant(3) },
    },
    ...more,
  });
/** Three convolutions with a window between the first two; the mean of each channel. */
const withWindow = () =>
  model([
    ["a", "Conv", ["images", "wa"], { pads: [1, 1, 1, 1] }],
    ["b", "MaxPool", ["a"], { kernel_shape: [2, 2], dilations: [2, 2] }],
    ["c", "Conv", ["b", "wc"], {}],
    ["d", "Relu", ["c"]],
    ["e", "Conv", ["d", "we"], {}],
    ["features", "ReduceMean", ["e"], { axes: [2, 3], keepdims: 0 }],
  ]);
const influencing = () =>
  model([
    ["a", "Conv", ["images", "wa"], {}],
    ["mean", "ReduceMean", ["a"], { axes: [0], keepdims: 1 }],
    ["b", "Sub", ["a", "mean"]],
    ["c", "Conv", ["b", "wc"], {}],
    ["e", "Conv", ["c", "we"], {}],
    ["features", "ReduceMean", ["e"], { axes: [2, 3], keepdims: 0 }],
  ]);
/** The same file as of another operator set. */
function ofOpset(bytes: Uint8Array, version: number): Uint8Array {
  const decoded = onnx.ModelProto.decode(bytes);
  decoded.opsetImport[0]!.version = version;
  return onnx.ModelProto.encode(decoded).finish();
}

interface Case {
  readonly bytes: () => Uint8Array;
  /** `tail:1` to `tail:N` that are trained. */
  readonly blocks: number;
  readonly refused: readonly ("head" | "tail" | "all")[];
  readonly text: RegExp;
}
const cases: Readonly<Record<string, Case>> = {
  whole: { bytes: smallConvolutions, blocks: 2, refused: [], text: /to its last 2 \(.*\), or all$/ },
  dilated: {
    bytes: withWindow,
    blocks: 2,
    refused: ["all"],
    text: /to its last 2 \(.*, not all: MaxPool "b": expected a window without gaps, found dilations \[2, 2\]; use --trai/,
  },
  influencing: {
    bytes: influencing,
    blocks: 2,
    refused: ["all"],
    text: /not all: expected features of each image alone, found images that influence one another; use/,
  },
  weightless: {
    bytes: () => channelMeans(16),
    blocks: 0,
    refused: ["all"],
    text: /no, its features alone serve: expected weights to train, found none; use --trainable head/,
  },
  old: {
    bytes: () => ofOpset(smallConvolutions(), 6),
    blocks: 0,
    refused: ["head", "tail", "all"],
    text: /no, and nothing behind it: expected operator set 7 or later, found 6; export it anew$/,
  },
  tiny: {
    bytes: () => channelMeans(4),
    blocks: 0,
    refused: ["head", "tail", "all"],
    text: /no, and nothing behind it: --image-size of the model: expected a number of at least 8, found 4$/,
  },
};

it.each(Object.entries(cases))("what is said of a model (%s) is what train does", async (name, o) => {
  const file = at(`${name}.onnx`);
  writeFileSync(file, o.bytes());
  const { code, out, err } = await runCommand(["backbone", file]);
  expect(code, err).toBe(0);
  expect(out.match(/^trainable {2}(.*)$/m)?.[1]).toMatch(o.text);
  const facts = JSON.parse((await runCommand(["backbone", file, "--json"])).out);
  expect(facts.cuts).toHaveLength(o.blocks);
  expect(Object.keys(facts.refusals).sort()).toEqual([...o.refused].sort());

  const { head, tail, all } = facts.refusals;
  expect(await refusalOfTrain(file, "head")).toBe(head);
  expect(await refusalOfTrain(file, "all")).toBe(all);
  if (o.blocks > 0) expect(await refusalOfTrain(file, `tail:${o.blocks}`)).toBeUndefined();
  const further = await refusalOfTrain(file, `tail:${o.blocks + 1}`);
  if (tail) expect(further).toBe(tail);
  else expect(further).toMatch(/^--trainable tail:\d: expected (tail:1 to tail:2|all: the model has no cuts), found/);
});

it("a file of another ending is refused as train does", async () => {
  writeFileSync(at("model.bin"), smallConvolutions());
  const facts = JSON.parse((await runCommand(["backbone", at("model.bin"), "--json"])).out);
  expect(facts.refusals.head).toBe(await refusalOfTrain(at("model.bin"), "head"));
  expect(facts.refusals.head).toMatch(/^--backbone: expected one of .*, or a file that ends in \.onnx, found /);
});
