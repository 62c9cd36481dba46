/** Arrays of the same bytes are equal at once: Vitest compares them value by value, which takes seconds for a model's weights. */
import { expect } from "vitest";

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) => Buffer.from(buffer, byteOffset, byteLength);

expect.addEqualityTesters([
  (a: unknown, b: unknown) => {
    if (!ArrayBuffer.isView(a) || !ArrayBuffer.isView(b) || a.constructor !== b.constructor) return undefined;
    // Where they differ, the usual way says where.
    return a.byteLength === b.byteLength && bytesOf(a).equals(bytesOf(b)) ? true : undefined;
  },
]);
