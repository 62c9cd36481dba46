import { execFile } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));
const windows = process.platform === "win32";

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** npm's own variables of the run around this one would reach the npm inside. */
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));

export function run(command: string, parameters: readonly string[], cwd: string): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { cwd, env: environment, maxBuffer: 2 ** 26, shell: windows };
    execFile(command, parameters, options, (error, out, err) => {
      resolve({ code: error ? (typeof error.code === "number" ? error.code : 1) : 0, out, err });
    });
  });
}

const newest = (folder: string): number =>
  Math.max(
    ...readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs),
  );

/** `npm test` has built already; a test run by itself builds where the sources are newer. */
async function build(): Promise<void> {
  if (existsSync(join(root, "dist/index.d.ts")) && newest("src") < newest("dist")) return;
  const { code, out, err } = await run("npm", ["run", "build"], root);
  if (code !== 0) throw new Error(`the build failed: ${out}${err}`);
}

export interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

/** The package as npm would publish it, in `folder`: `prepack` builds, and that is done by then. */
export async function pack(folder: string): Promise<Packed> {
  await build();
  const { code, out, err } = await run(
    "npm",
    ["pack", "--ignore-scripts", "--json", "--pack-destination", folder],
    root,
  );
  if (code !== 0) throw new Error(`npm pack failed: ${err}`);
  return JSON.parse(out)[0];
}
