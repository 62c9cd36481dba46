import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { messageOfRefusal } from "../../../test/refusals.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { withRanges } from "../byte-ranges.ts";
import { MessagePieces, readNumbers, readOnnx } from "./index.ts";

/** The numbers of the only tensor of a model whose `TensorProto` has these fields. */
async function numbersOf(fields: MessagePieces, most?: number): Promise<number[]> {
  const tensor = new MessagePieces().text(8, "w");
  for (const piece of fields.pieces) tensor.add(piece);
  const graph = new MessagePieces().message(5, tensor);
  const file = join(temporaryFolder(), "model.onnx");
  writeFileSync(file, Buffer.concat(new MessagePieces().message(7, graph).pieces as Uint8Array[]));
  return withRanges(file, async (ranges) => {
    const { graph } = await readOnnx(ranges);
    return [...(await readNumbers(ranges, graph.tensors[0]!, most))];
  });
}

const typed = (type: number, ...dims: number[]) =>
  dims.reduce((tensor, size) => tensor.varint(1, size), new MessagePieces()).varint(2, type);
const bytesOf = (array: ArrayBufferView) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
const halves = Float32Array.of(0.5, -1.5, 2.5);
/** A `float` that is not packed: its key, then four bytes. */
const single = (value: number) => Uint8Array.of((4 << 3) | 5, ...bytesOf(Float32Array.of(value)));

test("numbers as bytes, and only the first", async () => {
  expect(await numbersOf(typed(1, 3).bytes(9, bytesOf(halves)))).toEqual([...halves]);
  expect(await numbersOf(typed(1, 3).bytes(9, bytesOf(halves)), 2)).toEqual([0.5, -1.5]);
  expect(await numbersOf(typed(7, 2).bytes(9, bytesOf(BigInt64Array.of(-3n, 5n))))).toEqual([-3, 5]);
  expect(await numbersOf(typed(6, 2).bytes(9, bytesOf(Int32Array.of(-3, 5))))).toEqual([-3, 5]);
  expect(await numbersOf(typed(9, 2).bytes(9, Uint8Array.of(1, 0)))).toEqual([1, 0]);
});

test("numbers in lists, packed or one by one", async () => {
  expect(await numbersOf(typed(1, 3).bytes(4, bytesOf(halves)))).toEqual([...halves]);
  const one = halves.reduce((tensor, value) => tensor.add(single(value)), typed(1, 3));
  expect(await numbersOf(one)).toEqual([...halves]);
  expect(await numbersOf(typed(7, 2).varint(7, -3).varint(7, 300))).toEqual([-3, 300]);
  expect(await numbersOf(typed(7, 2).bytes(7, Uint8Array.of(3, 0xac, 2)))).toEqual([3, 300]);
});

test("lists that do not fit the shape, and other types, are refused", async () => {
  expect(await messageOfRefusal(numbersOf(typed(1, 4).bytes(4, bytesOf(halves))))).toMatch(
    /expected 4 numbers, found 3/,
  );
  expect(await messageOfRefusal(numbersOf(typed(1, 1).bytes(4, bytesOf(halves))))).toMatch(/expected 1 numbers, found/);
  expect(await messageOfRefusal(numbersOf(typed(1, 1).bytes(4, Uint8Array.of(1, 2, 3))))).toMatch(/numbers of 4 bytes/);
  expect(await messageOfRefusal(numbersOf(typed(7, 1).bytes(7, Uint8Array.of(0x80))))).toMatch(/found part of one/);
  expect(await messageOfRefusal(numbersOf(typed(10, 1).bytes(9, new Uint8Array(2))))).toMatch(/found float16/);
});
