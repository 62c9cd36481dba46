import { execFileSync } from "node:child_process";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { programLine, source } from "../../test/source-program.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { duplicateFile, isUnfinished, removeUnfinished, writeFileAtomically } from "./atomic-file.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

test("writes chunks in order, creates folders and leaves no temporary file", async () => {
  const dir = temporaryFolder();
  const file = join(dir, "a", "b.txt");
  await writeFileAtomically(file, [bytes("one "), bytes(""), bytes("two")]);
  expect(await readFile(file, "utf8")).toBe("one two");
  expect(await readdir(join(dir, "a"))).toEqual(["b.txt"]);
});

test("a failure half-way leaves the old file and no temporary file", async () => {
  const dir = temporaryFolder();
  const file = join(dir, "state");
  await writeFile(file, "old");
  async function* full() {
    yield bytes("new");
    throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
  }
  await expect(writeFileAtomically(file, full())).rejects.toMatchObject({ code: "disk" });
  await expect(writeFileAtomically(file, full())).rejects.toThrow(
    /state: expected .*found a full disk; free some space/,
  );
  expect(await readFile(file, "utf8")).toBe("old");
  expect(await readdir(dir)).toEqual(["state"]);
});

test("a bug in the writer is not reported as a disk failure", async () => {
  function* broken(): Generator<Uint8Array> {
    yield bytes("x");
    throw new TypeError("a bug");
  }
  await expect(writeFileAtomically(join(temporaryFolder(), "f"), broken())).rejects.toThrow(TypeError);
});

test.skipIf(process.platform === "win32")("a write that the system refuses half-way", async () => {
  const dir = temporaryFolder();
  await writeFile(join(dir, "state"), "old");
  const script = `
    import { writeFileAtomically } from ${source("src/core/atomic-file.ts")};
    await writeFileAtomically(process.argv[1], [new Uint8Array(1 << 20)]).catch((e) => console.log(e.code, e.message));`;
  const line = ["-c", `ulimit -f 64 && exec "$0" "$@"`, process.execPath, ...programLine(script, join(dir, "state"))];
  const out = execFileSync("bash", line, { encoding: "utf8" });
  expect(out).toMatch(/^disk .*limit on the size of files/);
  expect(await readFile(join(dir, "state"), "utf8")).toBe("old");
  expect(await readdir(dir)).toEqual(["state"]);
});

test("a folder that is a file is one clear line", async () => {
  const dir = temporaryFolder();
  await writeFile(join(dir, "file"), "");
  await expect(writeFileAtomically(join(dir, "file", "x"), [])).rejects.toMatchObject({ code: "disk" });
});

test("a duplicate follows no later write of the original, and repeats safely", async () => {
  const dir = temporaryFolder();
  const [a, b] = [join(dir, "a"), join(dir, "b")];
  await writeFileAtomically(a, [bytes("first")]);
  await duplicateFile(a, b);
  await duplicateFile(a, b);
  await writeFileAtomically(a, [bytes("second")]);
  expect(await readFile(b, "utf8")).toBe("first");
  expect((await readdir(dir)).sort()).toEqual(["a", "b"]);
  expect((await stat(b)).nlink).toBe(1);
});

test("the old file is still there when beforeReplace runs", async () => {
  const file = join(temporaryFolder(), "f");
  await writeFile(file, "old");
  let seen = "";
  await writeFileAtomically(file, [bytes("new")], {
    beforeReplace: async () => {
      seen = await readFile(file, "utf8");
    },
  });
  expect([seen, await readFile(file, "utf8")]).toEqual(["old", "new"]);
});

test("only its own unfinished names are recognised", () => {
  expect(isUnfinished(".last.safetensors.0123456789ab.tmp")).toBe(true);
  expect(isUnfinished("last.safetensors")).toBe(false);
  expect(isUnfinished(".hidden.tmp")).toBe(false);
});

test("what killed writers left is removed, and nothing else", async () => {
  const dir = temporaryFolder();
  for (const name of [".a.json.0123456789ab.tmp", "a.json", ".hidden.tmp"]) await writeFile(join(dir, name), "");
  const another = ".map-trained.npy.0123456789ab.tmp";
  await writeFile(join(dir, another), "");
  await removeUnfinished(dir, (file) => file.startsWith("map-"));
  expect((await readdir(dir)).sort()).toEqual([".hidden.tmp", another, "a.json"]);
  await removeUnfinished(dir);
  await removeUnfinished(join(dir, "absent"));
  expect((await readdir(dir)).sort()).toEqual([".hidden.tmp", "a.json"]);
});
