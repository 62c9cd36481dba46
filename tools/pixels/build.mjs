/** Compiles the kernels beside this file into src/data/augment/kernel-bytes.ts, where they are newer than it. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));
const result = fileURLToPath(new URL("../../src/data/augment/kernel-bytes.ts", import.meta.url));

/** Also what Vitest runs before all tests. */
export function setup() {
  const changed = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = readdirSync(folder).map((name) => join(folder, name));
  if (changed(result) < Math.max(...sources.map(changed))) compile();
}

function compile() {
  const compiler = join(dirname(createRequire(import.meta.url).resolve("assemblyscript/package.json")), "bin/asc.js");
  const temporary = mkdtempSync(join(tmpdir(), "pixels-"));
  const binary = join(temporary, "pixels.wasm");
  const options = ["-O3", "--runtime", "stub", "--enable", "simd", "-o", binary];
  execFileSync(process.execPath, [compiler, join(folder, "index.ts"), ...options], { stdio: "inherit" });
  const lines = readFileSync(binary)
    .toString("base64")
    .match(/.{1,112}/g)
    .map((line) => `  "${line}",`)
    .join("\n");
  rmSync(temporary, { recursive: true });
  writeFileSync(
    result,
    `/** Written by tools/pixels/build.mjs: the WebAssembly of tools/pixels. */
export const kernelBytes = (): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(base64.join(""), "base64"));

const base64: readonly string[] = [
${lines}
];
`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) setup();
