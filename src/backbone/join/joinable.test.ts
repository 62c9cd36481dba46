import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { onnx } from "onnx-proto";
import { expect, test } from "vitest";
import { floats, headModel, joinOptions, node, putModel, SIDE, value } from "../../../test/joined-models.ts";
import { messageOfRefusal } from "../../../test/refusals.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { readForeignModel } from "../foreign-model.ts";
import { checkJoinable, joinModels } from "./index.ts";

const graph = {
  name: "trunk",
  node: [node("Conv", "pixels kernel", "features")],
  initializer: [floats("kernel", 5, 3, 3, 3)],
  input: [value("pixels", ["N", 3, SIDE, SIDE])],
  output: [value("features", ["N", 5, "h", "w"])],
};

const check = async (file: string) => checkJoinable(await readForeignModel(file, { imageSize: SIDE }));

test.each([7, 13, 21])("a model of operator set %i is taken", async (opset) => {
  await check(putModel(graph, { opset }));
});

test.each<[string, object, number, RegExp]>([
  ["an old operator set", graph, 6, /trunk\.onnx: expected operator set 7 or later, found 6; export it anew$/],
  [
    "a value that nothing makes",
    { ...graph, node: [node("Conv", "pixels other", "features")] },
    13,
    /expected values that a node makes, found "other", which none makes$/,
  ],
  [
    "features of no image",
    { ...graph, node: [node("Identity", "kernel", "features")], output: [value("features", [5, 3, 3, 3])] },
    13,
    /^features: expected features that depend on the images, found constants$/,
  ],
])("%s is refused as when it is joined", async (_, content, opset, message) => {
  expect(await messageOfRefusal(check(putModel(content, { opset })))).toMatch(message);
});

test("what the check refuses, joining refuses in the same words", async () => {
  const file = putModel(graph, { opset: 6 });
  const joining = joinModels(joinOptions(file, headModel(5).bytes));
  expect(await messageOfRefusal(joining)).toBe(await messageOfRefusal(check(file)));
});

const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
/** The start of a field that holds `length` bytes. */
const field = (number: number, length: number) => [number * 8 + 2, ...varint(length)];

/** A model whose file ends with an initialiser of `bytes` zeros, which take no room on the disk. */
function putLarge(content: object, name: string, bytes: number): string {
  const encoded = onnx.GraphProto.encode(onnx.GraphProto.create(content as onnx.IGraphProto)).finish();
  const shape = onnx.TensorProto.encode(onnx.TensorProto.create({ name, dims: [bytes / 4], dataType: 1 })).finish();
  const tensor = [...shape, ...field(9, bytes)];
  const start = [...field(5, tensor.length + bytes), ...tensor];
  const opset = [8, 8, ...field(8, 2), 16, 13];
  const head = Uint8Array.from([...opset, ...field(7, encoded.length + start.length + bytes), ...encoded, ...start]);
  const file = join(temporaryFolder(), "large.onnx");
  const open = openSync(file, "w");
  writeSync(open, head);
  ftruncateSync(open, head.length + bytes);
  closeSync(open);
  return file;
}

test("a model that leaves no room for a head is refused by its size, and no number is read", async () => {
  const bytes = 2 ** 31 - 2 ** 20;
  const reading = {
    ...graph,
    node: [node("Conv", "pixels kernel", "map"), node("Add", "map large", "features")],
  };
  const began = performance.now();
  expect(await messageOfRefusal(check(putLarge(reading, "large", bytes)))).toMatch(
    /large\.onnx: expected a joined file of at most 2147483647 bytes, found 22\d{8}; save the foreign model with its numbers/,
  );
  await check(putLarge(reading, "large", 2 ** 30));
  // What features do not need is left out.
  await check(putLarge(graph, "unused", bytes));
  expect(performance.now() - began).toBeLessThan(2000);
});
