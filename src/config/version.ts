import { readFileSync } from "node:fs";

/** The package's version, from its `package.json` (two folders up, in the sources and in a build alike). */
export const version: string = (
  JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string }
).version;
