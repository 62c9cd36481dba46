import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import * as tar from "tar-stream";
import { describe, expect, it } from "vitest";
import { put } from "../../../../test/data-samples.ts";
import { refusalOf } from "../../../../test/refusals.ts";
import { temporaryFolder } from "../../../../test/temporary-folder.ts";
import { unpackTarGz } from "./unpack.ts";

type Entry = readonly [header: Partial<tar.Header> & { name: string }, content?: string | Buffer];

async function tarGz(...entries: readonly Entry[]): Promise<Buffer> {
  const pack = tar.pack();
  for (const [header, content] of entries) pack.entry(header, content ?? "");
  pack.finalize();
  const parts: Buffer[] = [];
  for await (const part of pack) parts.push(part as Buffer);
  return gzipSync(Buffer.concat(parts));
}

const good = () =>
  tarGz(
    [{ name: "top/", type: "directory" }],
    [{ name: "top/train" }, "images"],
    [{ name: "./top/deep/er/labels" }, Buffer.alloc(100_000, 7)],
  );

describe("unpackTarGz", () => {
  it("puts the content of the one top folder into the folder", async () => {
    const folder = temporaryFolder();
    const archive = put(folder, "a.tar.gz", await good());
    expect(await unpackTarGz(archive, folder, 1 << 20)).toEqual(["train", "deep/er/labels"]);
    expect(readFileSync(join(folder, "train"), "utf8")).toBe("images");
    expect(readFileSync(join(folder, "deep/er/labels")).length).toBe(100_000);
    expect(readdirSync(folder).sort()).toEqual(["a.tar.gz", "deep", "train"]);
  });

  it.each<[string, Entry[], RegExp]>([
    ["a path upwards", [[{ name: "top/../../escaped" }, "x"]], /found the path "top\/\.\.\/\.\.\/escaped"/],
    ["an absolute path", [[{ name: "/tmp/escaped" }, "x"]], /found the path/],
    ["a path of Windows", [[{ name: "top\\..\\escaped" }, "x"]], /found the path/],
    ["a drive", [[{ name: "C:/escaped" }, "x"]], /found the path/],
    ["a link", [[{ name: "top/link", type: "symlink", linkname: "/etc/passwd" }]], /"top\/link", a symlink/],
    ["a hard link", [[{ name: "top/link", type: "link", linkname: "top/a" }]], /"top\/link", a link/],
    ["a device", [[{ name: "top/null", type: "character-device" }]], /a character-device/],
    ["more than allowed", [[{ name: "top/big" }, Buffer.alloc(2 << 20)]], /at most 1048576 bytes .* found more/],
  ])("refuses %s and leaves nothing", async (_, entries, message) => {
    const folder = temporaryFolder();
    const archive = put(folder, "a.tar.gz", await tarGz([{ name: "top/first" }, "first"], ...entries));
    await expect(unpackTarGz(archive, folder, 1 << 20)).rejects.toThrow(message);
    expect(readdirSync(folder)).toEqual(["a.tar.gz"]);
  });

  it("stops a gzip that swells with padding", async () => {
    const folder = temporaryFolder();
    const archive = put(folder, "a.tar.gz", gzipSync(Buffer.alloc(64 << 20)));
    await expect(unpackTarGz(archive, folder, 1 << 20)).rejects.toThrow(/found more/);
  });

  it("leaves what is there already, and goes on from a call that was cut", async () => {
    const folder = temporaryFolder();
    const { ino } = statSync(put(folder, "train", "images"));
    const archive = put(folder, "a.tar.gz", await good());
    await unpackTarGz(archive, folder, 1 << 20);
    expect(statSync(join(folder, "train")).ino).toBe(ino);
    expect(existsSync(join(folder, "deep/er/labels"))).toBe(true);
  });

  it.each([
    ["deep/er/labels", "another file"],
    ["deep", "a file in place of a folder"],
  ])("does not put a file over somebody's own %s, nor any other file anywhere", async (path, found) => {
    const folder = temporaryFolder();
    put(folder, path, "my own");
    const archive = put(folder, "a.tar.gz", await good());
    await expect(unpackTarGz(archive, folder, 1 << 20)).rejects.toThrow(
      `deep/er/labels: expected room for a file of the dataset, found ${found}; move it away, and run again`,
    );
    expect(readFileSync(join(folder, path), "utf8")).toBe("my own");
    expect(readdirSync(folder).sort()).toEqual(["a.tar.gz", "deep"]);
  });

  it("does not put a file over a folder", async () => {
    const folder = temporaryFolder();
    put(folder, "train/cats/1.png", "");
    const archive = put(folder, "a.tar.gz", await good());
    await expect(unpackTarGz(archive, folder, 1 << 20)).rejects.toThrow(
      "train: expected room for a file of the dataset",
    );
    expect(existsSync(join(folder, "train/cats/1.png"))).toBe(true);
  });

  it("meets damage with its own error only, and leaves nothing behind", async () => {
    const bytes = await good();
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(7), fc.boolean(), async (at, bit, cut) => {
        const folder = temporaryFolder();
        const damaged = Buffer.from(cut ? bytes.subarray(0, at) : bytes);
        if (!cut) damaged[at]! ^= 1 << bit;
        const archive = put(folder, "a.tar.gz", damaged);
        const refusal = await refusalOf(() => unpackTarGz(archive, folder, 1 << 20), archive);
        if (refusal !== undefined) expect(readdirSync(folder)).toEqual(["a.tar.gz"]);
      }),
      { numRuns: 40 },
    );
  });
});
