import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { png, put } from "../../test/data-samples.ts";
import { channelMeans } from "../../test/foreign-models.ts";
import { runCommand } from "../../test/run-command.ts";
import type { KeptCache } from "../features/index.ts";

let folder: string;
let keys: { train: string; test: string; views: string };
const at = (...names: string[]) => join(folder, ...names);
const cache = (...line: string[]) => runCommand(["cache", ...line, "--cache-dir", at("cache")]);
const cachesNow = async () => JSON.parse((await cache("list", "--json")).out);
const train = (out: string) =>
  runCommand([
    ...["train", at("images"), "--out", at(out), "--backbone", at("means.onnx"), "--cache-dir", at("cache")],
    ...["--views", "2", "--batch-size", "8", "--queue-size", "16", "--embedding-dim", "4", "--steps", "1"],
    ...["--test-fraction", "0.5", "--workers", "1", "--normalization", "half"],
  ]);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "maskcon-caches-"));
  for (let i = 0; i < 32; i++) {
    put(folder, `images/${i % 2 ? "odd" : "even"}/${i % 4}/${i}.png`, await png(8 * i, 16, 16));
  }
  writeFileSync(at("means.onnx"), channelMeans(16));
  expect((await train("run")).code).toBe(0);
  const { caches } = await cachesNow();
  const keyOf = (features: RegExp) => caches.find((kept: KeptCache) => features.test(kept.features)).key;
  keys = { train: keyOf(/^the training/), test: keyOf(/^the test/), views: keyOf(/^2 views/) };
  cpSync(at("cache"), at("kept"), { recursive: true });
});
beforeEach(() => {
  rmSync(at("cache"), { recursive: true });
  cpSync(at("kept"), at("cache"), { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("list", () => {
  it("says what each cache holds, and its size", async () => {
    const { out, err, code } = await cache("list");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const [head, columns, ...lines] = out.trimEnd().split("\n");
    expect(head).toMatch(/cache: 3 caches, \d\.\d MB$/);
    expect(columns).toMatch(/^key +last used +features$/);
    expect(lines).toHaveLength(3);
    expect(out).toMatch(
      /^[0-9a-f]{32} {2}\d{4}-\d\d-\d\d {2}2 views of the training images \(.*, 16 images\), means\.onnx at 16 px, /m,
    );
    const { bytes, caches, others } = await cachesNow();
    const size = (key: string) =>
      readdirSync(at("cache", key)).reduce((sum, name) => sum + lstatSync(at("cache", key, name)).size, 0);
    expect(bytes).toBe(size(keys.train) + size(keys.test) + size(keys.views));
    expect(others).toEqual([]);
    const views = caches.find(({ key }: KeptCache) => key === keys.views);
    expect(views).toMatchObject({ views: 2, imageSize: 16, model: at("means.onnx"), isComplete: true });
  });

  it("is empty where nothing was ever cached, and refuses a file", async () => {
    const none = await runCommand(["cache", "list", "--cache-dir", at("nowhere")]);
    expect(none).toMatchObject({ code: 0, out: `${at("nowhere")}: 0 caches, 0.0 MB\n` });
    const file = await runCommand(["cache", "list", "--cache-dir", at("means.onnx")]);
    expect(file.err).toMatch(/means\.onnx: expected a folder of cached features, found a file in place of a folder\n$/);
  });

  it("knows an unfinished cache, and notes when one is used", async () => {
    truncateSync(at("cache", keys.views, "features.f32"), 10);
    const long = new Date(2020, 1, 1);
    utimesSync(at("cache", keys.train, "about.json"), long, long);
    expect((await cache("list")).out).toMatch(new RegExp(`^${keys.views}.* MB, not complete$`, "m"));
    expect((await cachesNow()).caches.at(-1)).toMatchObject({ key: keys.train, lastUsed: long.toISOString() });
    expect((await train("again")).code).toBe(0);
    const used = (await cachesNow()).caches.find(({ key }: KeptCache) => key === keys.train).lastUsed;
    expect(Date.now() - Date.parse(used)).toBeLessThan(600_000);
  });
});

describe("delete", () => {
  it("takes keys, says the space before and after, and a run makes the features again", async () => {
    const { code, out } = await cache("delete", keys.views, keys.test);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^before: 3 caches, .* MB in .*\ndeleted .*: 2 views of .* MB\ndeleted .*: the test images .* MB\nafter: 1 cache, .* MB\n$/,
    );
    expect(readdirSync(at("cache"))).toEqual([keys.train]);
    expect((await train("anew")).code).toBe(0);
    expect(readdirSync(at("cache")).sort()).toEqual(Object.values(keys).sort());
    const of = (root: string) => readFileSync(at(root, keys.views, "features.f32"));
    expect(of("cache").equals(of("kept"))).toBe(true);
  });

  it("takes those that nobody used for long, or all", async () => {
    const old = new Date(Date.now() - 31 * 24 * 60 * 60 * 1000);
    utimesSync(at("cache", keys.views, "about.json"), old, old);
    const { out } = await cache("delete", "--unused-for", "30", "--json");
    const { before, deleted, busy, after } = JSON.parse(out);
    expect(deleted.map(({ key }: KeptCache) => key)).toEqual([keys.views]);
    expect(busy).toEqual([]);
    expect(after.bytes).toBe(before.bytes - deleted[0].bytes);
    expect((await cache("delete", "--all")).out).toMatch(/after: 0 caches, 0\.0 MB\n$/);
    expect(readdirSync(at("cache"))).toEqual([]);
  });

  it("leaves what a process makes at present", async () => {
    const other = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"]);
    try {
      writeFileSync(at("cache", keys.views, "lock"), JSON.stringify({ pid: other.pid, host: hostname(), started: "" }));
      expect((await cache("list")).out).toContain(`, process ${other.pid} on ${hostname()} makes it\n`);
      const named = await cache("delete", keys.views);
      expect(named.err).toBe(
        `warning: kept ${keys.views}: process ${other.pid} on ${hostname()} makes it at present\n`,
      );
      expect(named.code).toBe(1);
      expect((await cache("delete", "--all")).code).toBe(0);
      expect(readdirSync(at("cache"))).toEqual([keys.views]);
      expect(readdirSync(at("cache", keys.views)).sort()).toEqual([
        "about.json",
        "digests.bin",
        "features.f32",
        "lock",
      ]);
    } finally {
      other.kill();
    }
  });

  it("takes over the lock of a process that is gone", async () => {
    writeFileSync(at("cache", keys.views, "lock"), JSON.stringify({ pid: 2 ** 22 + 1, host: hostname(), started: "" }));
    expect((await cache("delete", keys.views)).code).toBe(0);
    expect(existsSync(at("cache", keys.views))).toBe(false);
  });

  it("leaves alone whatever is not surely a cache", async () => {
    const copy = (as: string) => cpSync(at("kept", keys.views), at("cache", as), { recursive: true });
    const like = (digit: string) => digit.repeat(32);
    // Another name than the description gives, and another description than the name.
    copy(like("1"));
    copy(like("2"));
    writeFileSync(at("cache", like("2"), "about.json"), "{}");
    mkdirSync(at("cache", like("3")));
    writeFileSync(at("cache", like("4")), "a file");
    writeFileSync(at("cache", "notes.txt"), "mine");
    // With a file of somebody's, or a link in the place of its own.
    writeFileSync(at("cache", keys.train, "notes.txt"), "mine");
    rmSync(at("cache", keys.test, "features.f32"));
    symlinkSync(at("kept", keys.test, "features.f32"), at("cache", keys.test, "features.f32"));

    const names = readdirSync(at("cache")).sort();
    const { caches, others } = await cachesNow();
    expect(caches.map(({ key }: KeptCache) => key)).toEqual([keys.views]);
    expect(others.sort()).toEqual(names.filter((name) => name !== keys.views));
    expect((await cache("list")).out).toContain("\nno caches of this package, and left alone: ");
    for (const name of [...others, join("..", "kept", keys.views)]) {
      const { code, err } = await cache("delete", name);
      expect(code).toBe(2);
      expect(err).toMatch(/^maskcon: KEY: expected a cache in .*; `maskcon cache list` shows the keys\n$/);
    }
    expect((await cache("delete", "--all")).code).toBe(0);
    expect(readdirSync(at("cache")).sort()).toEqual(others.sort());
    expect(readdirSync(at("cache", keys.train))).toHaveLength(4);
    expect(existsSync(at("kept", keys.test, "features.f32"))).toBe(true);
  });

  it("follows no link to a cache that lies elsewhere", async () => {
    rmSync(at("cache", keys.views), { recursive: true });
    symlinkSync(at("kept", keys.views), at("cache", keys.views));
    expect((await cachesNow()).others).toEqual([keys.views]);
    expect((await cache("delete", "--all")).out).toMatch(/^before: 2 caches/);
    expect(readdirSync(at("cache"))).toEqual([keys.views]);
    expect(readdirSync(at("kept", keys.views))).toHaveLength(3);
  });

  it.each<[readonly string[], RegExp]>([
    [[], /expected keys, --unused-for DAYS or --all, found none of them/],
    [["--all", "--unused-for", "3"], /found more than one of them/],
    [["--unused-for", "long"], /--unused-for: expected a number, found "long"/],
    [["--unused-for", "-1"], /--unused-for: expected a number of at least 0, found -1/],
  ])("refuses %j, and deletes nothing", async (line, message) => {
    const { code, err } = await cache("delete", ...line);
    expect([code, err]).toEqual([2, expect.stringMatching(message)]);
    expect(readdirSync(at("cache"))).toHaveLength(3);
  });
});
