import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import sharp from "sharp";
import { afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { put, putPipe } from "../../../test/data-samples.ts";
import { tarOf } from "../../../test/tar-samples.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { idOf, type SkippedFile } from "../dataset.ts";
import { readImage } from "../loader/read-image.ts";
import { openData, openImages } from "../open.ts";
import { contentDigests, DIGEST_BYTES } from "./content-digest.ts";
import { type KnownImages, knownImages } from "./known-images.ts";

const work = vi.hoisted(() => ({ decoded: 0, read: 0 }));
vi.mock("./decode.ts", async (original) => {
  const real = await original<typeof import("./decode.ts")>();
  const decodeImage: typeof real.decodeImage = (...of) => {
    work.decoded++;
    return real.decodeImage(...of);
  };
  return { ...real, decodeImage };
});
vi.mock("./content-digest.ts", async (original) => {
  const real = await original<typeof import("./content-digest.ts")>();
  const readContent: typeof real.readContent = (...of) => {
    work.read++;
    return real.readContent(...of);
  };
  return { ...real, readContent };
});

/** Later than the clock of a file system goes in one step. */
const LATER_MS = 60_000;
const NAMES = ["0.png", "1.png", "2.png", "3.png"];
/** Pictures of one size in bytes. */
let pictures: Buffer[];
let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  const raw = { width: 8, height: 6, channels: 3 } as const;
  const encode = (value: number) => sharp(Buffer.alloc(144, value), { raw }).png({ compressionLevel: 0 }).toBuffer();
  pictures = await Promise.all([...NAMES, "other", "another"].map((_, i) => encode(40 * i)));
  expect(new Set(pictures.map(({ length }) => length)).size).toBe(1);
});
beforeEach(() => {
  folder = temporaryFolder();
  for (const [i, name] of NAMES.entries()) put(folder, name, pictures[i]!);
  const now = Date.now;
  vi.spyOn(Date, "now").mockImplementation(() => now() + LATER_MS);
});
afterEach(() => vi.restoreAllMocks());

/** What is found in the folder, and how many images were decoded and read for it. */
async function open(known?: KnownImages, maxBad = 3) {
  Object.assign(work, { decoded: 0, read: 0 });
  const skipped: SkippedFile[] = [];
  const dataset = await openImages(folder, {
    maxBad,
    onSkipped: (bad) => skipped.push(...bad),
    ...(known && { known }),
  });
  const digests = Buffer.from(await contentDigests(dataset)).toString("hex");
  const images = Array.from(
    { length: dataset.length },
    (_, i) => `${idOf(dataset, i)} ${digests.slice(2 * DIGEST_BYTES * i, 2 * DIGEST_BYTES * (i + 1))}`,
  );
  return { images, skipped: skipped.map(({ file, reason }) => `${file}: ${reason}`).sort(), ...work };
}
/** What a reader that knows nothing finds. */
const plain = async () => ({ images: (await open()).images, skipped: (await open()).skipped });

it("are neither read nor decoded again", async () => {
  const known = knownImages();
  expect(await open(known)).toEqual({ ...(await plain()), decoded: 4, read: 4 });
  expect(await open(known)).toEqual({ ...(await plain()), decoded: 0, read: 0 });
  expect([...known.present].sort()).toEqual(NAMES.map(at));
});

it("are read again, and not decoded, where a file changed in nothing but its times, or moved", async () => {
  const known = knownImages();
  await open(known);
  utimesSync(at("0.png"), 1000, 1000);
  renameSync(at("1.png"), at("moved.png"));
  expect(await open(known)).toEqual({ ...(await plain()), decoded: 0, read: 2 });
  expect(await open(known)).toMatchObject({ decoded: 0, read: 0 });
});

it("are found out where other content has the size and the time of the old one", async () => {
  const known = knownImages();
  utimesSync(at("2.png"), 1000, 1000);
  await open(known);
  await sleep(20);
  writeFileSync(at("2.png"), pictures[4]!);
  utimesSync(at("2.png"), 1000, 1000);
  expect(await open(known)).toMatchObject({ ...(await plain()), decoded: 1 });
});

it("are read each time while their file is so new that a change might not show", async () => {
  vi.mocked(Date.now).mockRestore();
  const known = knownImages();
  await open(known);
  expect(await open(known)).toEqual({ ...(await plain()), decoded: 0, read: 4 });
  expect(known.files.size).toBe(0);
});

it("are read each time where that is asked for", async () => {
  const known = knownImages({ checkContents: true });
  await open(known);
  expect(await open(known)).toEqual({ ...(await plain()), decoded: 0, read: 4 });
});

it("in a tar are known by their content", async () => {
  const members = NAMES.map((name, i): [string, Buffer] => [name, pictures[i]!]);
  for (const name of NAMES) rmSync(at(name));
  put(folder, "shard.tar", await tarOf(members));
  const known = knownImages();
  expect(await open(known)).toMatchObject({ decoded: 4 });
  expect(await open(known)).toEqual({ ...(await plain()), decoded: 0, read: 4 });
});

it("are decoded all the same where their pixels are kept", async () => {
  for (const [i, name] of NAMES.entries()) renameSync(at(name), put(folder, `${i % 2}/${name}`, ""));
  const known = knownImages();
  for (let round = 0; round < 2; round++) {
    const { train } = await openData(folder, { testFraction: 0, known });
    expect(train.source.kind).toBe("packed");
    const { data } = await readImage(train, 0);
    expect(data[0]).toBe(40 * Number(idOf(train, 0).at(-5)));
  }
});

it("leave what takes the place of a picture to be refused", async (context) => {
  const known = knownImages();
  await open(known);
  const [pipe, folderOf, pointer] = NAMES;
  for (const name of [pipe!, folderOf!]) rmSync(at(name));
  putPipe(folder, pipe!, context);
  mkdirSync(at(folderOf!));
  writeFileSync(at(pointer!), `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 9\n`);
  const found = await open(known);
  expect(found).toMatchObject(await plain());
  expect(found.skipped.join()).toMatch(/Git LFS pointer/);
  expect(found.images).toEqual([expect.stringMatching(/^3\.png/)]);
});

it("give what a reader finds who knows nothing, whatever happens to the files", { timeout: 60_000 }, async () => {
  const name = fc.constantFrom(...NAMES, "4.png");
  const step = fc.oneof(
    fc.record({ act: fc.constant("write" as const), name, picture: fc.nat(5), keepTime: fc.boolean() }),
    fc.record({ act: fc.constantFrom("touch" as const, "remove" as const, "spoil" as const), name }),
    fc.record({ act: fc.constantFrom("move" as const, "link" as const), name, to: name }),
  );
  let [spared, spoilt] = [0, 0];
  const check = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), fc.boolean(), async (steps, fresh) => {
    for (const [i, file] of NAMES.entries()) put(folder, file, pictures[i]!);
    rmSync(at("4.png"), { force: true });
    let known = knownImages();
    await open(known);
    for (const one of steps) {
      await sleep(12);
      change(one);
      if (fresh) known = knownImages({ files: known.files.values() });
      const expected = await plain().catch(String);
      const found = await open(known, 4).catch(String);
      if (typeof found === "string" || typeof expected === "string") continue;
      expect({ images: found.images, skipped: found.skipped }).toEqual(expected);
      spared += found.images.length - found.decoded;
      spoilt += found.skipped.length;
    }
  });
  await fc.assert(check, { numRuns: 25, seed: 1 });
  expect(spared).toBeGreaterThan(200);
  expect(spoilt).toBeGreaterThan(20);
});

type Step = { readonly act: string; readonly name: string; readonly picture?: number; readonly to?: string } & {
  readonly keepTime?: boolean;
};

/** Does something to a file, where it is there. */
function change({ act, name, picture, to, keepTime }: Step): void {
  const before = statSync(at(name), { throwIfNoEntry: false });
  if (act === "write") {
    writeFileSync(at(name), pictures[picture!]!);
    if (before && keepTime) utimesSync(at(name), before.atime, before.mtime);
  }
  if (!before) return;
  if (act === "touch") utimesSync(at(name), 2000, 2000);
  if (act === "remove") rmSync(at(name));
  // The size stays, so that nothing but the content says it.
  if (act === "spoil") writeFileSync(at(name), readFileSync(at(name)).fill(7, 40, 90));
  if (act === "move") renameSync(at(name), at(to!));
  if (act === "link" && name !== to) {
    rmSync(at(to!), { force: true });
    linkSync(at(name), at(to!));
  }
}
