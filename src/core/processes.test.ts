import { spawn } from "node:child_process";
import { expect, it } from "vitest";
import { isAlive, startOf } from "./processes.ts";

it("tells living processes from dead ones, and from later ones of the same number", async () => {
  const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"]);
  const started = startOf(child.pid!);
  expect(isAlive(child.pid!)).toBe(true);
  expect(isAlive(child.pid!, started)).toBe(true);
  if (started !== "") expect(isAlive(child.pid!, `${Number(started) + 1}`)).toBe(false);
  child.kill("SIGKILL");
  await new Promise((done) => child.on("exit", done));
  expect(isAlive(child.pid!)).toBe(false);
  expect(startOf(child.pid!)).toBe("");
});

it.runIf(process.platform === "linux")("takes one that has ended and waits for its parent as dead", async () => {
  // The shell becomes `sleep`, which never looks at the child that the shell had; the child ends after that.
  const parent = spawn("sh", ["-c", "sleep 0.5 & echo $!; exec sleep 60"]);
  const zombie = Number(await new Promise((done) => parent.stdout.once("data", (text) => done(String(text)))));
  try {
    await expect.poll(() => isAlive(zombie), { timeout: 5000 }).toBe(false);
    expect(() => process.kill(zombie, 0)).not.toThrow();
  } finally {
    parent.kill("SIGKILL");
  }
});
