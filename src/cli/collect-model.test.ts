import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { png, put } from "../../test/data-samples.ts";
import { smallConvolutions } from "../../test/foreign-models.ts";
import { runCommand } from "../../test/run-command.ts";
import { openCollection } from "../collection/index.ts";
import { openImages } from "../data/index.ts";
import { normalizeRows } from "../eval/index.ts";
import { embedWithRun, loadRun } from "../run/index.ts";

let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "maskcon-collect-model-"));
  for (let i = 0; i < 16; i++) put(folder, `data/${i % 2 ? "b/z" : "a/y"}/${i}.png`, await png(16 * i, 16, 16));
  writeFileSync(at("small.onnx"), smallConvolutions());
});
afterAll(() => rmSync(folder, { recursive: true }));

it.each(["head", "tail:1"])(
  "collects behind a model from a file, %s trained",
  { timeout: 120_000 },
  async (trainable) => {
    const [run, col] = [at(`run-${trainable}`), at(`col-${trainable}`)];
    const model = ["--backbone", at("small.onnx"), "--normalization", "half", "--trainable", trainable];
    const sizes = [
      "--image-size",
      "16",
      "--batch-size",
      "4",
      "--queue-size",
      "8",
      "--embedding-dim",
      "4",
      "--views",
      "2",
    ];
    const more = ["--workers", "1", "--steps", "2", "--cache-dir", at("cache"), "--test-fraction", "0"];
    const trained = await runCommand(["train", at("data"), "--out", run, ...model, ...sizes, ...more]);
    expect(trained.err).not.toContain("maskcon:");
    expect(await runCommand(["collect", run, "--out", col])).toMatchObject({ code: 0 });

    const [loaded, collection] = [await loadRun(run), await openCollection(col)];
    const images = await openImages(at("data"));
    const { rows } = collection;
    for (const kind of ["trained", "frozen"] as const) {
      const weights = kind === "trained" ? (await loaded.trained()).weights : {};
      const { features, dim } = await embedWithRun(loaded, images, { weights });
      const expected = normalizeRows(features, dim);
      const vectors = await collection.vectors(kind);
      const ids = images.ids as readonly string[];
      for (const [row, name] of rows.names.entries()) {
        const own = vectors.subarray(row * dim, (row + 1) * dim);
        const other = expected.subarray(ids.indexOf(name) * dim);
        for (const [i, value] of own.entries()) expect(value).toBeCloseTo(other[i]!, 4);
      }
      const search = ["search", col, "--image", at("data/b/z/3.png"), "--by", kind, "--top", "1", "--json"];
      const { results } = JSON.parse((await runCommand(search)).out);
      expect(results[0].name).toBe("b/z/3.png");
      expect(results[0].score).toBeCloseTo(1, 4);
    }
    // Only the frozen features need the model's own file.
    renameSync(at("small.onnx"), at("moved.onnx"));
    const query = ["search", col, "--image", at("data/b/z/3.png"), "--top", "1"];
    expect(await runCommand(query)).toMatchObject({ code: 0 });
    const frozen = await runCommand([...query, "--by", "frozen"]);
    expect([frozen.code, frozen.err]).toEqual([1, expect.stringMatching(/^maskcon: .*small\.onnx/)]);
    renameSync(at("moved.onnx"), at("small.onnx"));
  },
);
