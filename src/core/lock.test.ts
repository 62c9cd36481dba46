import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { lockFolder } from "./lock.ts";

const lockRun = (path: string) => lockFolder(path, { name: "run.lock", what: "a run nobody trains" });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "maskcon-lock-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("keeps a second owner out until released, and leaves nothing behind", () => {
  const release = lockRun(folder);
  expect(() => lockRun(folder)).toThrow(/run\.lock: expected a run nobody trains .* found process \d+/);
  release();
  release();
  expect(readdirSync(folder)).toEqual([]);
  lockRun(folder)();
});

it("takes over from a dead process, a torn file and its own number's earlier life", async () => {
  const child = spawn(process.execPath, ["-e", ""]);
  await new Promise((done) => child.on("exit", done));
  const lock = join(folder, "run.lock");
  for (const stale of [
    JSON.stringify({ pid: child.pid, host: hostname(), started: "" }),
    "{",
    JSON.stringify({ pid: process.pid, host: hostname(), started: "1" }),
  ]) {
    writeFileSync(lock, stale);
    const release = lockRun(folder);
    expect(JSON.parse(readFileSync(lock, "utf8")).pid).toBe(process.pid);
    release();
    expect(existsSync(lock)).toBe(false);
  }
});

it("respects a living process and one of another machine", async () => {
  const lock = join(folder, "run.lock");
  const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"]);
  writeFileSync(lock, JSON.stringify({ pid: child.pid, host: hostname(), started: "" }));
  expect(() => lockRun(folder)).toThrow(`process ${child.pid}`);
  child.kill("SIGKILL");
  await new Promise((done) => child.on("exit", done));
  lockRun(folder)();
  writeFileSync(lock, JSON.stringify({ pid: 1, host: "another-machine", started: "" }));
  expect(() => lockRun(folder)).toThrow("another-machine");
  expect(existsSync(lock)).toBe(true);
});

it("knows one folder by all its names", () => {
  const link = `${folder}-link`;
  symlinkSync(folder, link);
  const release = lockRun(folder);
  expect(() => lockRun(link)).toThrow(/expected a run nobody trains/);
  expect(() => lockRun(relative(process.cwd(), folder))).toThrow(/expected a run nobody trains/);
  release();
  rmSync(link);
});
