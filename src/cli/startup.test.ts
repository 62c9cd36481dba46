import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { commandLine } from "../../test/command-line.ts";
import { commands } from "./commands.ts";

/** Runs before the command line: tells the packages whose scripts were compiled in its process. */
const tell = `
import { Session } from "node:inspector";
import { writeSync } from "node:fs";
const session = new Session();
const packages = new Set();
session.connect();
session.on("Debugger.scriptParsed", ({ params }) => {
  const name = /.*\\/node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(params.url);
  if (name) packages.add(name[1]);
});
session.post("Debugger.enable");
process.on("exit", () => writeSync(2, "\\n" + JSON.stringify([...packages])));`;

/** What runs the sources where they are not compiled. */
const loaders = ["tsx", "esbuild", "get-tsconfig", "resolve-pkg-maps"];

/** The packages that `maskcon LINE` loads. */
function packagesOf(line: readonly string[]): string[] {
  const preload = `data:text/javascript,${encodeURIComponent(tell)}`;
  // What a command says goes to standard output, this to standard error.
  const { stderr } = spawnSync(process.execPath, ["--import", preload, ...commandLine, ...line], {
    encoding: "utf8",
  });
  return JSON.parse(stderr.trim().split("\n").at(-1)!).filter((name: string) => !loaders.includes(name));
}

it.each(["--help", "--version", "doctor --help", "doctor"])(
  "`maskcon %s` loads the parser of the command line alone",
  (line) => {
    expect(packagesOf(line.split(" "))).toEqual(["commander"]);
  },
);

it.each(Object.keys(commands))("`maskcon %s --help` loads nothing that computes, decodes or draws", (name) => {
  const packages = packagesOf([name, "--help"]);
  expect(packages).toContain("commander");
  // The flags come from a schema of zod's. The names that `data` lists come with what reads and fetches the sets.
  const ofSets = ["lossless-json", "env-paths", "is-safe-filename"];
  const known = ["commander", "zod", ...(name === "data" ? ofSets : [])];
  expect(packages.filter((found) => !known.includes(found))).toEqual([]);
});

it("sees what a command loads that runs", () => {
  expect(packagesOf(["eval", "no-such-run"])).toEqual(expect.arrayContaining(["commander", "zod", "onnxruntime-node"]));
});
