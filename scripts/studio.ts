/** Bundles the page of `maskcon studio` into a folder: `dist/studio/ui`, or the one that a test gives. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const from = (path: string) => fileURLToPath(new URL(`../src/studio/ui/${path}`, import.meta.url));
/** Packages that become a part of the script; their licences lie beside it. */
const bundled = ["preact", "uplot"];

export async function buildStudio(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: { studio: from("main.tsx"), style: from("style.css") },
    outdir: folder,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    logLevel: "error",
  });
  writeFileSync(join(folder, "index.html"), readFileSync(from("index.html")));
  writeFileSync(join(folder, "icon.svg"), readFileSync(from("icon.svg")));
  writeFileSync(join(folder, "licences.txt"), bundled.map(licenceOf).join("\n"));
}

function licenceOf(name: string): string {
  const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  return `${name}\n\n${readFileSync(join(folder, "LICENSE"), "utf8")}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await buildStudio(fileURLToPath(new URL("../dist/studio/ui", import.meta.url)));
}
