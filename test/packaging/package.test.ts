import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const windows = process.platform === "win32";

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** npm's own variables of the run around this one would reach the npm inside. */
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));

function run(command: string, parameters: readonly string[], cwd: string): Promise<Ended> {
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
  if (existsSync(join(root, "dist/index.js")) && newest("src") < newest("dist")) return;
  const { code, out, err } = await run("npm", ["run", "build"], root);
  if (code !== 0) throw new Error(`the build failed: ${out}${err}`);
}

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

let folder: string;
let packed: Packed;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "maskcon-package-"));
  await build();
  const { code, out, err } = await run("npm", ["pack", "--json", "--pack-destination", folder], root);
  if (code !== 0) throw new Error(`npm pack failed: ${err}`);
  packed = JSON.parse(out)[0];
  const kilobytes = (bytes: number) => `${(bytes / 1024).toFixed(0)} KB`;
  console.info(
    `${packed.filename}: ${kilobytes(packed.size)}, ${kilobytes(packed.unpackedSize)} unpacked, ${packed.files.length} files`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the package", () => {
  test("holds the build and what its reader needs, and nothing else", () => {
    const paths = packed.files.map(({ path }) => path);
    const expected =
      /^(dist\/.+\.(js|d\.ts)|docs\/[\w-]+\.md|docs\/grids\/[\w-]+\.json|docs\/results\/[\w-]+\.csv|README\.md|CHANGELOG\.md|LICENSE|package\.json)$/;
    expect(paths.filter((path) => !expected.test(path))).toEqual([]);
    expect(paths.filter((path) => /(\.test\.|^test\/|^bench\/|^tools\/)/.test(path))).toEqual([]);
    expect(paths).toEqual(
      expect.arrayContaining(["dist/index.js", "dist/browser.js", "dist/cli/main.js", "README.md"]),
    );
  });

  test("stays small: its images and models come from elsewhere", () => {
    expect(packed.size).toBeLessThan(2 ** 20);
  });

  test("is clean to publint", async () => {
    const { code, out, err } = await run("npx", ["publint", "--strict", "--pack", "false"], root);
    expect(code, `${out}${err}`).toBe(0);
  });
});

/** Asks for a small package that a fresh install needs anyway. */
const online =
  (await run("npm", ["view", "commander", "version", "--fetch-retries=0", "--fetch-timeout=10000"], root)).code === 0;
if (!online) console.warn("SKIPPED: the npm registry cannot be reached; the package is not installed anywhere");

describe.skipIf(!online)("installed as the README says, in an empty folder", () => {
  const inFolder = (command: string, ...parameters: string[]) => run(command, parameters, folder);

  beforeAll(async () => {
    writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }');
    const readme = readFileSync(join(root, "README.md"), "utf8");
    expect(readme).toContain("    npm install --ignore-scripts maskcon\n");
    const { code, err } = await inFolder(
      "npm",
      "install",
      "--ignore-scripts",
      "--no-audit",
      "--no-fund",
      `./${packed.filename}`,
    );
    expect(code, err).toBe(0);
  }, 300_000);

  test("`npx maskcon --help` lists the commands", async () => {
    const { code, out } = await inFolder("npx", "maskcon", "--help");
    expect(code).toBe(0);
    for (const command of ["demo", "train", "eval", "embed", "export", "doctor"])
      expect(out).toContain(`  ${command} `);
  });

  test("`npx maskcon doctor` finds the CPU", async () => {
    const { code, out, err } = await inFolder("npx", "maskcon", "doctor", "--json");
    expect(code, err).toBe(0);
    const cpu = JSON.parse(out).devices.find(({ device }: { device: string }) => device === "cpu");
    expect(cpu).toMatchObject({ available: true });
  });

  test("a training step runs twice", async () => {
    writeFileSync(join(folder, "step.js"), twoSteps);
    const { code, out, err } = await inFolder("node", "step.js");
    expect(code, err).toBe(0);
    const losses = JSON.parse(out);
    expect(losses).toHaveLength(2);
    expect(losses.every((loss: number) => Number.isFinite(loss) && loss > 0)).toBe(true);
  });
});

const twoSteps = `
import { compileStep } from "maskcon";
const step = await compileStep({
  backbone: "resnet20", imageSize: 8, batchSize: 4, embeddingDim: 8, coarseClasses: 2, queueSize: 8,
  method: { name: "maskcon" }, temperature: 0.1, keyMomentum: 0.99,
  sgd: { momentum: 0.9, weightDecay: 5e-4 }, device: "cpu", seed: 0,
});
const images = Float32Array.from({ length: 4 * 3 * 8 * 8 }, (_, i) => Math.sin(i));
const batch = { query: images, key: images, coarseLabels: Int32Array.of(0, 1, 0, 1), learningRate: 0.02 };
await step.fillQueue(batch);
const losses = [(await step.run(batch)).loss, (await step.run(batch)).loss];
await step.close();
console.log(JSON.stringify(losses));
`;
