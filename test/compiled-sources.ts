/** Compiles what worker threads, commands and programs of tests load, before all tests: from TypeScript they start slowly. */
import { execFileSync } from "node:child_process";
import { readdirSync, statSync, utimesSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** What Vitest calls. While it watches, sources change after it: they are loaded as they are. */
export function setup({ vitest }: TestProject): void {
  if (vitest.config.watch) return;
  const folder = at(".cache/compiled");
  const record = join(folder, "tsconfig.tsbuildinfo");
  if ((statSync(record, { throwIfNoEntry: false })?.mtimeMs ?? 0) < newest()) {
    const compiler = join(createRequire(import.meta.url).resolve("typescript-7.0/package.json"), "../bin/tsc");
    execFileSync(process.execPath, [compiler, "-p", at("test/tsconfig.compiled.json")], { stdio: "inherit" });
    // Where a file was saved without a change it stays as it was.
    utimesSync(record, new Date(), new Date());
  }
  process.env.MASKCON_COMPILED = folder;
}

/** Of the sources, and of what tests' programs import besides them. */
function newest(): number {
  const changed = (folder: string, recursive: boolean) =>
    readdirSync(at(folder), { recursive, withFileTypes: true })
      .filter(({ name }) => name.endsWith(".ts"))
      .map(({ parentPath, name }) => statSync(join(parentPath, name)).mtimeMs);
  const others = ["test/tsconfig.compiled.json", "package.json"].map((file) => statSync(at(file)).mtimeMs);
  return Math.max(...changed("src", true), ...changed("test", false), ...others);
}
