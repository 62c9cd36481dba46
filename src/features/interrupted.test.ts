import { execFile, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { put } from "../../test/data-samples.ts";
import { channelMeans } from "../../test/foreign-models.ts";
import { programLine, source } from "../../test/source-program.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";

/** Makes the views of 600 images, and says how many it has. */
const script = `
  import { openTrunk } from ${source("src/backbone/index.ts")};
  import { openFeatureCache } from ${source("src/features/index.ts")};
  import { noiseImages } from ${source("test/noise-images.ts")};
  const [file, folder] = process.argv.slice(1);
  const trunk = await openTrunk({ file, threads: 1 });
  const cache = await openFeatureCache({
    ...{ trunk, folder, train: noiseImages(600, 32), weak: "crop-flip", strong: "crop-flip", views: 4, viewSeed: 1, workers: 1 },
    progress: (done) => process.stdout.write(done + "\\n"),
    notice: (line) => process.stdout.write(line + "\\n"),
  });
  await cache.prepareViews().catch((error) => console.log(error.code, error.message));
  await cache.close();
  await trunk.close();`;

const model = () => put(temporaryFolder(), "model.onnx", channelMeans(32));
const child = (...args: string[]) => programLine(script, ...args);

/** Runs it, and kills it once it has said that many images. Gives the first count that it said. */
function cacheUntil(args: readonly string[], most: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const maker = spawn(process.execPath, child(...args), { stdio: ["ignore", "pipe", "inherit"] });
    let first: number | undefined;
    maker.stdout.setEncoding("utf8").on("data", (text: string) => {
      const counts = text.match(/^\d+$/gm)?.map(Number) ?? [];
      first ??= counts[0];
      if (counts.some((count) => count >= most)) maker.kill("SIGKILL");
    });
    maker.on("error", reject);
    maker.on("exit", () => resolve(first ?? 0));
  });
}

const filesIn = (folder: string): string[] => {
  const place = join(folder, readdirSync(folder)[0]!);
  return ["features.f32", "digests.bin"].map((name) => readFileSync(join(place, name), "hex"));
};

test("killed at several places it goes on there, and ends with the same bits", { timeout: 60_000 }, async () => {
  const file = model();
  const [whole, killed] = [temporaryFolder(), temporaryFolder()];
  await cacheUntil([file, whole], Number.POSITIVE_INFINITY);
  const starts = [];
  for (const most of [200, 1300, Number.POSITIVE_INFINITY]) starts.push(await cacheUntil([file, killed], most));
  expect(starts[0]).toBe(16);
  expect(starts[1]).toBeGreaterThan(200);
  expect(starts[2]).toBeGreaterThan(1300);
  const [features] = filesIn(killed);
  expect(features).toHaveLength(2 * 4 * 3 * 4 * 600);
  expect(filesIn(killed)).toEqual(filesIn(whole));
});

test.skipIf(process.platform === "win32")(
  "a disk that takes no more is said in a line, and what is there stays",
  { timeout: 60_000 },
  async () => {
    const folder = temporaryFolder();
    const args = [process.execPath, ...child(model(), folder)];
    const limited = async (blocks: string) => {
      const command = `ulimit -f ${blocks} && exec "$0" "$@"`;
      return (await promisify(execFile)("bash", ["-c", command, ...args])).stdout;
    };
    const said = (await limited("16")).trim().split("\n").at(-1);
    const place = join(folder, readdirSync(folder)[0]!);
    expect(said).toBe(
      `disk ${place}: expected to write features, found a limit on the size of files; raise the limit (ulimit -f) or use another disk; those that are written stay`,
    );
    expect(await limited("unlimited")).toMatch(
      /^features of 4 views of the training images: \d{3,4} of 2400 are there/m,
    );
  },
);
