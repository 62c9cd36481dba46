import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  comparisonFolder,
  evaluationOf,
  compareInside as inside,
  settings,
  writeImages,
} from "../../test/comparison.ts";

const { root, remove } = comparisonFolder();
afterAll(remove);

describe("maskcon compare, when something else changed", () => {
  let out: string;
  let other: string;
  const again = (more: object, ...args: string[]) => {
    writeFileSync(other, JSON.stringify({ data: "others", settings: { ...settings, steps: 1 }, ...more }));
    return inside(other, "--out", out, ...args);
  };
  beforeAll(async () => {
    [out, other] = [join(root, "out"), join(root, "others.json")];
    await writeImages(join(root, "others"));
    expect(await again({ methods: ["frozen"] })).toMatchObject({ code: 0 });
  });

  it("refuses images that are not those of the runs before, for this seed and others", async () => {
    const [from, to] = [join(root, "others/warm/a/0.png"), join(root, "others/warm/a/8.png")];
    copyFileSync(from, to);
    for (const more of [{ methods: ["frozen", "supce"] }, { methods: ["frozen"], seeds: [0, 1] }]) {
      const { code, err } = await again(more);
      expect(err).toMatch(
        /others: expected the images of the runs before \(32 images of cold, warm\), found 33 images of cold, warm; give the same images, or another --out[^\n]*\n$/,
      );
      expect(code).toBe(1);
    }
    rmSync(to);
    expect(await again({ methods: ["frozen", "supce"] })).toMatchObject({ code: 0 });
  });

  it("knows the same images at another place, also where all is finished, and refuses others there", async () => {
    const moved = join(root, "moved");
    const finished = (...args: string[]) => again({ methods: ["frozen"] }, ...args);
    const dataIn = (file: string) => JSON.parse(readFileSync(join(out, file), "utf8")).data;
    await writeImages(moved);
    const { code, err } = await finished("--data", moved);
    expect({ code, err }).toEqual({ code: 0, err: expect.stringMatching(/^1 of 1 run finished: /) });
    expect(dataIn("compare.json")).toBe(moved);
    copyFileSync(join(moved, "cold/c/0.png"), join(moved, "warm/a/0.png"));
    const later = await finished("--data", join(root, "others"));
    expect(later.code).toBe(0);
    const changed = await finished("--data", moved);
    expect(changed.err).toMatch(
      /moved: expected the images of the runs before \(32 images of cold, warm\), found \d+ of them and 1 other; /,
    );
    expect(changed.code).toBe(1);
    expect(dataIn("compare.json")).toBe(join(root, "others"));
  });

  it("refuses images that changed after all runs were finished, at their own place", async () => {
    const finished = () => again({ methods: ["frozen"] });
    const [warm, cold] = [join(root, "others/warm/a/0.png"), join(root, "others/cold/c/0z.png")];
    const found =
      /others: expected the images of the runs before \(32 images of cold, warm\), found 31 of them and 1 with /;
    renameSync(warm, cold);
    expect(await finished()).toMatchObject({ code: 1, err: expect.stringMatching(found) });
    renameSync(cold, warm);
    expect(await finished()).toMatchObject({ code: 0 });
  });

  it("refuses other initial weights under the same name", async () => {
    const [init, folder] = [join(root, "init.safetensors"), join(root, "with-init")];
    const weights = (id: string) => join(out, "runs", id, "checkpoints", "initial.safetensors");
    copyFileSync(weights("frozen-seed0"), init);
    const begin = (...methods: string[]) => again({ methods }, "--init", init, "--out", folder);
    expect(await begin("frozen")).toMatchObject({ code: 0 });
    copyFileSync(join(folder, "runs/frozen-seed0/checkpoints/initial.safetensors"), init);
    expect(await begin("frozen")).toMatchObject({
      code: 2,
      err: expect.stringMatching(
        /frozen, seed 0: --init: expected the weights it began from, found others in .*init\.safetensors; /,
      ),
    });
  });

  it("says what to do about a damaged run, and makes a deleted one anew", async () => {
    const folder = join(out, "runs", "supce-seed0");
    const { frozen } = evaluationOf(out, "supce-seed0");
    writeFileSync(join(folder, "config.json"), "no JSON");
    const damaged = await again({ methods: ["frozen", "supce"] });
    expect(damaged.err).toMatch(
      /config\.json[^\n]*: expected [^\n]*; mend it, or delete .*supce-seed0 to have that run made anew\n$/,
    );
    expect(damaged.code).toBe(2);
    rmSync(join(folder, "config.json"));
    const without = await again({ methods: ["frozen", "supce"] });
    expect(without.err).toMatch(
      /config\.json: expected the configuration of a run [^\n]*found none; mend it, or delete/,
    );
    rmSync(folder, { recursive: true });
    const anew = await again({ methods: ["frozen", "supce", "selfcon"] });
    expect(anew).toMatchObject({ code: 0, err: expect.stringContaining("3 of 3 runs finished") });
    expect(anew.err).toContain("supce, seed 0: training 1 step ");
    const trained = { coarse: { 1: expect.any(Number) }, fine: { 1: expect.any(Number) } };
    expect(evaluationOf(out, "supce-seed0")).toMatchObject({ step: 1, frozen, trained });
  });

  it("takes back the folder it made where the images cannot be opened", async () => {
    const nothing = join(root, "nothing");
    const { code } = await inside(other, "--data", join(root, "missing"), "--out", nothing);
    expect(code).not.toBe(0);
    expect(existsSync(nothing)).toBe(false);
  });
});
