import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { inExecutionOrder, type OnnxModel, readModel, writeModel } from "../../src/engine/index.ts";
import { writeNpy } from "../../src/formats/numpy/index.ts";
import { type Exported, exportedCases, exportForTest } from "./exported.ts";
import { checkOnnx, pythonWith } from "./python.ts";

const onnx = pythonWith("onnx", "numpy");
const reference = pythonWith("onnx.reference", "numpy");
const opencv = pythonWith("cv2", "numpy");

const onnxChecks = ["checker", "shape inference", "described shapes", "readable text"];
const batches = ["batch of 1", "batch of 3", "batch of 2", "batch of 1"];
const allOk = (checks: readonly string[]) => checks.map((check) => `${check}: ok`);

const askOnnx = (file: string) => checkOnnx(onnx.path!, [file, "--tool", "onnx"]);
const askFeatures = (python: string, tool: string, { file, imageFile, featureFile }: Exported) =>
  checkOnnx(python, [file, "--tool", tool, "--images", imageFile, "--features", featureFile]);

describe.each(exportedCases)("an exported %s of %i px", (backbone, imageSize) => {
  let exported: Exported;
  beforeAll(async () => {
    exported = await exportForTest(backbone, imageSize);
  });
  afterAll(() => exported?.remove());

  test.skipIf(!onnx.path)(`passes ONNX's checker and strict shape inference${onnx.missing}`, () => {
    expect(askOnnx(exported.file)).toEqual(allOk(onnxChecks));
  });

  test.skipIf(!opencv.path)(`gives the same features in OpenCV, in batches of 1, 2 and 3${opencv.missing}`, () => {
    expect(askFeatures(opencv.path!, "opencv", exported)).toEqual(allOk(batches));
  });
});

// ONNX 1.13 and later have it; Debian 12 has 1.12.
test.skipIf(!reference.path)(
  `ONNX's reference implementation gives the same features${reference.missing}`,
  async () => {
    const exported = await exportForTest("resnet20", 33);
    onTestFinished(() => exported.remove());
    expect(askFeatures(reference.path!, "reference", exported)).toEqual(["batch of 1: ok", "batch of 3: ok"]);
  },
);

describe("the checks refuse", () => {
  let exported: Exported;
  let model: OnnxModel;
  beforeAll(async () => {
    exported = await exportForTest("resnet20", 16);
    model = readModel(await readFile(exported.file));
  });
  afterAll(() => exported?.remove());

  const rewritten = async (name: string, change: Partial<OnnxModel>): Promise<Exported> => {
    const file = join(exported.folder, name);
    await writeFile(file, writeModel({ ...model, ...change }));
    return { ...exported, file };
  };

  test.skipIf(!onnx.path)(`a model whose nodes stand last first: ONNX's checker${onnx.missing}`, async () => {
    const { file } = await rewritten("backwards.onnx", inExecutionOrder(model));
    expect(askOnnx(file)).toEqual([
      expect.stringMatching(/^checker: .*must be topologically sorted/),
      expect.stringMatching(/^shape inference: (?!ok)/),
      expect.stringMatching(/^described shapes: (?!ok)/),
      "readable text: ok",
    ]);
  });

  test.skipIf(!onnx.path)(`a model whose shapes are wrong: ONNX's shape inference${onnx.missing}`, async () => {
    const values = model.values!.map((value, i) => (i > 0 ? value : { ...value, shape: ["batch", 16, 7, 7] }));
    const { file } = await rewritten("shapes.onnx", { values });
    expect(askOnnx(file)).toContainEqual(expect.stringMatching(/^described shapes: .*\[.batch., 16, 7, 7\]/));
  });

  test.skipIf(!opencv.path)(`a model whose nodes stand last first: OpenCV${opencv.missing}`, async () => {
    const backwards = await rewritten("unsorted.onnx", inExecutionOrder(model));
    const findings = askFeatures(opencv.path!, "opencv", backwards);
    expect(findings).toEqual([expect.stringMatching(/^ended with /)]);
  });

  test.skipIf(!opencv.path)(`features that are slightly off: OpenCV${opencv.missing}`, async () => {
    const featureFile = join(exported.folder, "off.npy");
    const largest = exported.features.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    const off = exported.features.map((x, i) => (i === 64 ? x + 2e-4 * largest : x));
    await writeNpy(featureFile, { rows: 3, columns: 64 }, [off]);
    const findings = askFeatures(opencv.path!, "opencv", { ...exported, featureFile });
    expect(findings).toEqual([
      "batch of 1: ok",
      expect.stringMatching(/features differ by/),
      expect.stringMatching(/features differ by/),
      "batch of 1: ok",
    ]);
  });
});
