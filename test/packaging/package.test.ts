import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { checkPackage, createPackageFromTarballData, type Problem } from "@arethetypeswrong/core";
import { publint } from "publint";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compilers, complaints, consumer, settings } from "./consume.ts";
import { cpuSeconds } from "./cpu-seconds.ts";
import { type Packed, pack, root, run } from "./packed.ts";

let folder: string;
let packed: Packed;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "maskcon-package-"));
  packed = await pack(folder);
  const kilobytes = (bytes: number) => `${(bytes / 1024).toFixed(0)} KB`;
  console.info(
    `${packed.filename}: ${kilobytes(packed.size)}, ${kilobytes(packed.unpackedSize)} unpacked, ${packed.files.length} files`,
  );
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the package", () => {
  test("holds the build and what its reader needs, and nothing else", () => {
    const paths = packed.files.map(({ path }) => path);
    const expected =
      /^(dist\/.+\.(js|d\.ts)|dist\/studio\/ui\/(index\.html|style\.css|icon\.svg|licences\.txt)|docs\/[\w-]+\.md|docs\/grids\/[\w-]+\.json|docs\/results\/[\w-]+\.csv|docs\/images\/[\w-]+\.png|README\.md|CHANGELOG\.md|LICENSE|package\.json)$/;
    expect(paths.filter((path) => !expected.test(path))).toEqual([]);
    expect(paths.filter((path) => /(\.test\.|^test\/|^bench\/|^tools\/)/.test(path))).toEqual([]);
    expect(paths).toEqual(
      expect.arrayContaining(["dist/index.js", "dist/browser.js", "dist/cli/main.js", "README.md"]),
    );
  });

  test("stays small: its images and models come from elsewhere", () => {
    expect(packed.size).toBeLessThan(1.25 * 2 ** 20);
  });

  test("has the Studio's script, of at most 120 KB gzip", () => {
    const script = readFileSync(join(root, "dist/studio/ui/studio.js"));
    expect(gzipSync(script).length).toBeLessThan(120 * 1024);
    expect(packed.files.map(({ path }) => path)).toContain("dist/studio/ui/studio.js");
  });

  const tarball = () => new Uint8Array(readFileSync(join(folder, packed.filename)));

  test("has nothing that publint would change", async () => {
    const { messages } = await publint({ pack: { tarball: tarball().buffer }, strict: true });
    expect(messages).toEqual([]);
  });

  test("is found with its types in every way of resolving modules", async () => {
    const result = await checkPackage(createPackageFromTarballData(tarball()));
    // Nothing but ES modules is in it: a CommonJS program under node16 imports it dynamically.
    const accepted = (entrypoint: string): Problem => ({
      kind: "CJSResolvesToESM",
      entrypoint,
      resolutionKind: "node16-cjs",
    });
    expect(result).toMatchObject({ problems: [accepted("."), accepted("./browser")] });
  });
});

describe("before it begins, a command takes little of the CPU", () => {
  let limit: number;

  beforeAll(async () => {
    // On a machine where Node alone takes more than 0.04 s, so may the command.
    limit = Math.max(0.3, 7 * (await cpuSeconds("-e", "0")));
  });

  test.each(["--help", "doctor", "train --help", "compare --help", "data --help"])("maskcon %s", async (line) => {
    expect(await cpuSeconds("dist/cli/main.js", ...line.split(" "))).toBeLessThan(limit);
  });
});

describe("its declarations, to programs of somebody else's", () => {
  const project = () => join(folder, "consumer");

  beforeAll(() => {
    mkdirSync(project());
    consumer(project(), join(folder, packed.filename));
  });

  test("a wrong call and a declaration without its types are found", async () => {
    writeFileSync(
      join(project(), "wrong.ts"),
      'import { openData } from "maskcon";\nexport const data = openData(3);\n',
    );
    writeFileSync(join(project(), "lacking.d.ts"), "export declare const lacking: Missing;\n");
    const include = ["wrong.ts", "lacking.d.ts"];
    expect(await complaints(project(), "typescript", { ...settings.node16!, include })).toMatch(
      /lacking\.d\.ts\(1,\d+\): error TS2304[\s\S]*wrong\.ts\(2,\d+\): error TS2345/,
    );
  });

  describe.each(compilers)("%s", (compiler) => {
    test.each(Object.entries(settings))("%s", async (_, of) => {
      expect(await complaints(project(), compiler, of)).toBe("");
    });
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

  test("the Studio shows its page", async () => {
    writeFileSync(join(folder, "studio.js"), studioPage);
    const { code, out, err } = await inFolder("node", "studio.js");
    expect(code, err).toBe(0);
    expect(out).toBe("200 200 200 maskcon studio\n");
  });

  test.each(["a file", "the command line"])("a training step of %s runs twice", async (where) => {
    writeFileSync(join(folder, "step.js"), twoSteps);
    const program = where === "a file" ? ["step.js"] : ["--input-type=module", "--eval", twoSteps];
    const { code, out, err } = await inFolder("node", ...program);
    expect(code, err).toBe(0);
    const losses = JSON.parse(out);
    expect(losses).toHaveLength(2);
    expect(losses.every((loss: number) => Number.isFinite(loss) && loss > 0)).toBe(true);
  });
});

/** A collection of three noise pictures behind an untrained encoder; then the page is asked for. */
const studioPage = `
import { mkdirSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import sharp from "sharp";
import { startStudio } from "maskcon";
for (const name of ["a/1", "a/2", "a/3", "b/4", "b/5", "b/6", "b/7", "b/8"]) {
  mkdirSync("pictures/" + name[0], { recursive: true });
  const data = Buffer.from(Array.from({ length: 16 * 16 * 3 }, (_, i) => (i * Number(name[2]) * 37) % 256));
  writeFileSync("pictures/" + name + ".png", await sharp(data, { raw: { width: 16, height: 16, channels: 3 } }).png().toBuffer());
}
const sizes = ["--image-size", "16", "--batch-size", "4", "--queue-size", "8", "--embedding-dim", "4"];
const small = ["--backbone", "resnet20", "--workers", "1", "--steps", "1"];
for (const line of [["train", "pictures", "--out", "run", ...sizes, ...small], ["collect", "run", "--out", "found"]]) {
  const { status, stderr } = spawnSync("npx", ["maskcon", ...line], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}
const server = await startStudio("found", { host: "127.0.0.1", port: 0, log: console.error });
const page = await fetch(server.url);
const others = await Promise.all(["/studio.js", "/api/state"].map((path) => fetch(server.url + path)));
const title = /<title>(.*)<\\/title>/.exec(await page.text())[1];
console.log(page.status, ...others.map(({ status }) => status), title);
await server.close(0);
`;

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
