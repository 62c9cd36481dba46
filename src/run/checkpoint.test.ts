import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { programLine, source } from "../../test/source-program.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { float32, int32, type Tensors } from "../core/index.ts";
import { writeSafetensors } from "../formats/safetensors/safetensors-file.ts";
import { listCheckpoints, loadCheckpoint, loadLastCheckpoint, saveCheckpoint } from "./checkpoint.ts";
import { loadInitial } from "./initial-state.ts";

const at = (
  step: number,
  value = step,
): { tensors: Tensors; position: { epoch: number; step: number; note: string } } => ({
  tensors: { "query_encoder.net.conv1.weight": float32([2], [value, -value]), queue_pointer: int32([1], [step]) },
  position: { epoch: Math.floor(step / 10), step, note: "é\n" },
});
const last = (dir: string) => join(dir, "last.safetensors");

async function damage(file: string, how: "cut" | "bit"): Promise<void> {
  const bytes = await readFile(file);
  if (how === "bit") bytes[bytes.length - 1]! ^= 1;
  await writeFile(file, how === "cut" ? bytes.subarray(0, bytes.length - 3) : bytes);
}

test("any float32 bits survive, NaN payloads and -0 included", async () => {
  const dir = temporaryFolder();
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 32, maxLength: 32 }), async (bytes) => {
      const words = new Uint32Array(new Uint8Array(bytes).buffer);
      words.set([0x7fc00001, 0x80000000, 0x7f800001]);
      const file = await saveCheckpoint(dir, {
        tensors: { x: float32([8], new Float32Array(words.buffer)) },
        position: { epoch: 0, step: 1 },
      });
      const { tensors } = await loadCheckpoint(file);
      expect(new Uint32Array(tensors.x!.data.buffer)).toEqual(words);
    }),
    { numRuns: 10 },
  );
});

test("the last two generations stay, and the newest loads with its position", async () => {
  const dir = temporaryFolder();
  for (const step of [1, 2, 3]) await saveCheckpoint(dir, at(step));
  expect((await readdir(dir)).sort()).toEqual(["last.safetensors", "previous.safetensors"]);
  const loaded = (await loadLastCheckpoint(dir))!;
  expect(loaded).toMatchObject({ ...at(3), file: last(dir), skipped: [] });
  expect((await loadCheckpoint(join(dir, "previous.safetensors"))).position.step).toBe(2);
});

test.each(["cut", "bit"] as const)("where the last is damaged (%s) the one before loads, and says why", async (how) => {
  const dir = temporaryFolder();
  await saveCheckpoint(dir, at(1));
  await saveCheckpoint(dir, at(2));
  await damage(last(dir), how);
  const loaded = (await loadLastCheckpoint(dir))!;
  expect(loaded.position.step).toBe(1);
  expect(loaded.skipped).toHaveLength(1);
  expect(loaded.skipped[0]).toContain(how === "cut" ? "bytes as the header says" : "the file is damaged");
});

test("a torn last does not push the good one before it out", async () => {
  const dir = temporaryFolder();
  await saveCheckpoint(dir, at(1));
  await saveCheckpoint(dir, at(2));
  await damage(last(dir), "cut");
  await saveCheckpoint(dir, at(3));
  await damage(last(dir), "cut");
  expect((await loadLastCheckpoint(dir))!.position.step).toBe(1);
});

test("a changed position or name is noticed", async () => {
  const dir = temporaryFolder();
  const file = await saveCheckpoint(dir, at(12));
  for (const [from, to] of [
    ['step\\":12', 'step\\":13'],
    ["queue_pointer", "queue_painter"],
  ] as const) {
    const bytes = (await readFile(file)).toString("latin1");
    expect(bytes).toContain(from);
    const changed = join(dir, "changed.safetensors");
    await writeFile(changed, Buffer.from(bytes.replace(from, to), "latin1"));
    await expect(loadCheckpoint(changed)).rejects.toMatchObject({
      code: "checkpoint",
      message: expect.stringContaining("damaged"),
    });
  }
});

test("with all of them damaged the error names each", async () => {
  const dir = temporaryFolder();
  await saveCheckpoint(dir, at(1));
  await saveCheckpoint(dir, at(2));
  for (const name of await readdir(dir)) await damage(join(dir, name), "bit");
  await expect(loadLastCheckpoint(dir)).rejects.toThrow(/expected a checkpoint that is whole, found .*last.*previous/);
});

test("where all belong to another run, that is the cause", async () => {
  const dir = temporaryFolder();
  await saveCheckpoint(dir, at(1));
  await saveCheckpoint(dir, at(2));
  await expect(loadLastCheckpoint(dir, "mine")).rejects.toThrow(
    /expected checkpoints of the run that config\.json describes, found only those of another run \(last\.s.*, previous\.s/,
  );
});

test("an empty or missing folder has no checkpoint", async () => {
  const dir = temporaryFolder();
  expect(await loadLastCheckpoint(dir)).toBeUndefined();
  expect(await listCheckpoints(join(dir, "none"))).toEqual([]);
});

test("best and every n epochs are kept and listed in the order of resuming", async () => {
  const dir = temporaryFolder();
  for (const step of [10, 20, 30, 40, 50]) await saveCheckpoint(dir, at(step), { best: step === 30, keepEvery: 2 });
  const list = await listCheckpoints(dir);
  expect(list.map(({ kind, position }) => [kind, position!.step])).toEqual([
    ["last", 50],
    ["previous", 40],
    ["epoch", 40],
    ["best", 30],
    ["epoch", 20],
  ]);
  expect((await loadCheckpoint(join(dir, "best.safetensors"))).tensors).toEqual(at(30).tensors);
  expect((await stat(join(dir, "epoch-00004.safetensors"))).size).toBeGreaterThan(0);
});

test("without last and previous the furthest of the others loads", async () => {
  const dir = temporaryFolder();
  await saveCheckpoint(dir, at(10), { keepEvery: 1, best: true });
  await saveCheckpoint(dir, at(20), { keepEvery: 1 });
  await saveCheckpoint(dir, at(21));
  for (const name of ["last", "previous"]) await damage(join(dir, `${name}.safetensors`), "cut");
  // `previous` and `epoch-00002` are one file on disk: the same damage reaches both.
  const loaded = (await loadLastCheckpoint(dir))!;
  expect(loaded.position.step).toBe(10);
  expect(loaded.skipped).toHaveLength(2);
});

test("plain weights are no checkpoint, and the error speaks of the run alone", async () => {
  const dir = temporaryFolder();
  await writeSafetensors(last(dir), { x: float32([1], [1]) });
  await expect(loadCheckpoint(last(dir))).rejects.toThrow(/without a run's position$/);
  await expect(loadLastCheckpoint(dir)).rejects.toThrow(/without a run's position; put an undamaged copy/);
  expect((await listCheckpoints(dir))[0]!.problem).toContain("without a run's position");
});

test("a failed write leaves both generations, and unfinished files are swept by the next save", async () => {
  const dir = temporaryFolder();
  await saveCheckpoint(dir, at(1));
  await saveCheckpoint(dir, at(2));
  await copyFile(last(dir), join(dir, ".last.safetensors.0123456789ab.tmp"));
  const { tensors, position } = at(3);
  const broken = { ...tensors, __metadata__: float32([1], [1]) } as unknown as Tensors;
  await expect(saveCheckpoint(dir, { tensors: broken, position })).rejects.toThrow();
  expect((await readdir(dir)).sort()).toEqual(["last.safetensors", "previous.safetensors"]);
  expect((await loadLastCheckpoint(dir))!.position.step).toBe(2);
});

test.skipIf(process.platform === "win32")(
  "a folder that cannot be written gives one line and keeps what is there",
  async () => {
    const dir = temporaryFolder();
    await writeFile(join(dir, "file"), "");
    await expect(saveCheckpoint(join(dir, "file"), at(1))).rejects.toMatchObject({ code: "disk" });
  },
);

test("a kill at any moment leaves a checkpoint that loads", async () => {
  const dir = temporaryFolder();
  const script = `
    import { saveCheckpoint } from ${source("src/run/checkpoint.ts")};
    const data = new Float32Array(1 << 20);
    for (let step = 1; ; step++) {
      const tensors = { x: { dtype: "float32", shape: [data.length], data: data.fill(step) } };
      await saveCheckpoint(process.argv[1], { tensors, position: { epoch: step, step } }, { best: true, keepEvery: 100 });
      if (step === 2) console.log("ready");
    }`;
  for (let round = 0; round < 3; round++) {
    const child = spawn(process.execPath, programLine(script, dir));
    await once(child.stdout, "data");
    await new Promise((resolve) => setTimeout(resolve, 10 + round * 17));
    child.kill("SIGKILL");
    await once(child, "exit");
    const { tensors, position, skipped } = (await loadLastCheckpoint(dir))!;
    expect(skipped).toEqual([]);
    expect(tensors.x!.data[12345]).toBe(position.step);
  }
});

test("a damaged last of an earlier process does not push the good one before it out", async () => {
  const [dir, earlier] = [temporaryFolder(), temporaryFolder()];
  for (const step of [1, 2]) await saveCheckpoint(earlier, at(step));
  for (const name of await readdir(earlier)) await copyFile(join(earlier, name), join(dir, name));
  await damage(last(dir), "bit");
  await saveCheckpoint(dir, at(3));
  expect((await loadCheckpoint(join(dir, "previous.safetensors"))).position.step).toBe(1);
});

test.each([
  ["an ONNX model", Buffer.from("\x08\x07\x12\x04onnx\n")],
  ["a zip archive", Buffer.concat([Buffer.from("PK\x03\x04"), Buffer.alloc(30)])],
  ["a text file", Buffer.from("no checkpoint at all")],
])("%s in its place is no matter of --init", async (what, bytes) => {
  const dir = temporaryFolder();
  await saveCheckpoint(dir, at(1));
  await writeFile(last(dir), bytes);
  const refused = expect(loadLastCheckpoint(dir)).rejects;
  await refused.toThrow(`last.safetensors: expected a checkpoint of this run, found ${what}; put an undamaged copy`);
  const initial = { paths: { initial: last(dir) }, record: { id: "a" } };
  await expect(loadInitial(initial)).rejects.toThrow(
    `expected a checkpoint of this run, found ${what}; put its own file back`,
  );
  await expect(loadInitial(initial)).rejects.not.toThrow(/--init|convert|safetensors,/);
});
