import fc from "fast-check";
import { expect, it } from "vitest";
import { utf8Text } from "./utf8.ts";

it("is text of UTF-8, its byte order mark kept", () => {
  expect(utf8Text(Buffer.from("\ufeffé\ufffd"), "x")).toBe("\ufeffé\ufffd");
});

it("is refused with the first byte that is none, counted from the file's beginning", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.constantFrom([0xff], [0xc3], [0xe2, 0x82]), (text, wrong) => {
      const bytes = Buffer.concat([Buffer.from(text), Buffer.from(wrong), Buffer.from("a")]);
      const at = 7 + Buffer.byteLength(text);
      expect(() => utf8Text(bytes, "x", 7)).toThrow(`x, byte ${at}: expected text in UTF-8, found other bytes`);
    }),
  );
});
