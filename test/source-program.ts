import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const compiled = process.env.MASKCON_COMPILED;
const root = new URL("../", import.meta.url);

/** Node's parameters before a program that imports sources. */
export const loader: readonly string[] = compiled
  ? []
  : ["--import", pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href];

/** A file of the repository that Node can run after `loader`: the compiled one where Vitest made it (compiled-sources.ts). */
export const sourceFile = (path: string): string =>
  compiled ? join(compiled, path.replace(/\.ts$/, ".js")) : fileURLToPath(new URL(path, root));

/** The same as a program's code imports it. */
export const source = (path: string): string => JSON.stringify(pathToFileURL(sourceFile(path)).href);

/** Node's parameters for the code of a module, and for what it finds from `process.argv[1]` on. */
export const programLine = (code: string, ...parameters: readonly string[]): string[] => [
  ...loader,
  "--input-type=module",
  "--eval",
  code,
  "--",
  ...parameters,
];
