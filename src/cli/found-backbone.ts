import { lstatSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { isModelFile, type ModelFile } from "../config/index.ts";
import { fail, fsReason, printable } from "../core/index.ts";

const VARIABLE = "MASKCON_BACKBONE";
const FILE = "backbone.onnx";

/** The places of a model for runs that name none, as messages have them. */
export const BACKBONE_PLACES = `${VARIABLE} or ./${FILE}`;

/** Options that say what a run starts from, or where that is said. */
const starts = ["backbone", "init", "config", "resume"] as const;

/** Whether nothing on the command line says what a run starts from: the preset `start` leaves it open, too. */
export const isOpenStart = ({ preset = "start", ...flags }: Readonly<Record<string, unknown>>): boolean =>
  preset === "start" && starts.every((name) => flags[name] === undefined);

export interface FoundBackbone {
  readonly file: ModelFile;
  /** For people: which file, why this one, and how to do without. */
  readonly line: string;
}

/**
 * The model that somebody named once for all runs: by the environment, else by its name in the current folder. Its content is
 * not looked at.
 * @throws MaskconError "usage" where the environment names no ONNX file
 */
export function findBackbone(): FoundBackbone | undefined {
  const named = process.env[VARIABLE];
  if (named) return found(namedFile(named), `which ${VARIABLE} names`);
  // Also a link to nothing: that somebody meant it is clear.
  const isThere = lstatSync(FILE, { throwIfNoEntry: false }) !== undefined;
  return isThere ? found(resolve(FILE) as ModelFile, "found in the current folder") : undefined;
}

function found(file: ModelFile, why: string): FoundBackbone {
  const line = `backbone: ${file}, ${why}; to train from random weights in its place: --backbone resnet18`;
  return { file, line: printable(line) };
}

function namedFile(named: string): ModelFile {
  const file = resolve(named);
  const problem = whyNoFile(file);
  if (isModelFile(file) && problem === undefined) return file;
  return fail("usage", {
    where: VARIABLE,
    expected: "the path of an .onnx file",
    found: `${file}${problem === undefined ? "" : `: ${problem}`}`,
    fix: "correct or unset it, or give --backbone",
  });
}

function whyNoFile(path: string): string | undefined {
  try {
    const info = statSync(path);
    return info.isFile() ? undefined : info.isDirectory() ? "a folder" : "no file";
  } catch (error) {
    return fsReason(error);
  }
}
