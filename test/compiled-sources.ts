/** Compiles what worker threads and commands load, before all tests, which start slowly from TypeScript sources. */
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
    const compiler = join(createRequire(import.meta.url).resolve("typescript/package.json"), "../bin/tsc");
    execFileSync(process.execPath, [compiler, "-p", at("test/tsconfig.compiled.json")], { stdio: "inherit" });
    // Where a file was saved without a change it stays as it was.
    utimesSync(record, new Date(), new Date());
  }
  process.env.MASKCON_COMPILED = folder;
}

function newest(): number {
  const sources = readdirSync(at("src"), { recursive: true, withFileTypes: true }).filter(({ name }) =>
    name.endsWith(".ts"),
  );
  const files = sources.map(({ parentPath, name }) => join(parentPath, name));
  return Math.max(
    ...[...files, at("test/tsconfig.compiled.json"), at("package.json")].map((file) => statSync(file).mtimeMs),
  );
}
