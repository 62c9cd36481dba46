import { readdirSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "./markdown.ts";
import { openWorkplace, type Workplace } from "./workplace.ts";

let workplace: Workplace;
beforeAll(async () => {
  workplace = await openWorkplace();
});
afterAll(() => workplace.remove());

/** Parameters of each example, and what it must print; in order, because later ones use the first one's run. */
const examples: Readonly<Record<string, readonly [parameters: readonly string[], says: RegExp]>> = {
  "01-train-a-folder.ts": [["pictures", "runs/first", "2"], /finished after 2 steps; the run is in runs\/first/],
  "02-compile-a-step.ts": [[], /in a copy [\d.]+: the same/],
  "03-embed-and-search.ts": [["runs/first", "pictures"], /Recall@K over \d+ images, fine labels: {"1":/],
  "04-run-the-onnx-file.ts": [
    ["runs/first.onnx", "pictures/cats/tabby/0.png", "pictures/dogs/beagle/1.png"],
    /beagle\/1\.png: .* \(64 values, unit length\)/,
  ],
  "05-compare-and-report.ts": [
    ["pictures", "runs/comparison", "2"],
    /maskcon: fine Recall@1 [01]\.[\s\S]*targets of maskcon: total variation [01]\.[\s\S]*report\.html/,
  ],
  "06-train-a-model-file.ts": [
    ["pictures", "model.onnx", "2"],
    /blocks that can be trained: 2[\s\S]*(loss after 2 steps: [\d.]+\n){2}frozen: Recall@1 [01]\.[\s\S]*trained: Recall@1 [01]\./,
  ],
};

test("every example is run here", () => {
  const files = readdirSync(new URL("examples", root)).filter((name) => name.endsWith(".ts"));
  expect(files.sort()).toEqual(Object.keys(examples));
});

test.each(Object.entries(examples))("%s", async (name, [parameters, says]) => {
  if (name.startsWith("04")) {
    const exported = await workplace.shell("maskcon export runs/first --out runs/first.onnx");
    expect(exported.code, exported.output).toBe(0);
  }
  const { code, output } = await workplace.example(`examples/${name}`, parameters);
  expect(code, output).toBe(0);
  expect(output).toMatch(says);
});
