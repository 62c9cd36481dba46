import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const compiled = process.env.MASKCON_COMPILED;
const tsx = () => pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

/** Parameters with which Node runs `maskcon`: its compiled sources where Vitest made them (compiled-sources.ts). */
export const commandLine: readonly string[] = compiled
  ? [join(compiled, "src/cli/main.js")]
  : ["--import", tsx(), fileURLToPath(new URL("../src/cli/main.ts", import.meta.url))];
