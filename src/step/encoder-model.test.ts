import { beforeAll, describe, expect, test } from "vitest";
import { float32, type Tensors } from "../core/index.ts";
import { checkStructure, inExecutionOrder, type OnnxModel, readModel } from "../engine/index.ts";
import { type BackboneName, declareBackbone, initialize, type TensorSpec } from "../nn/index.ts";
import { type EncoderNotes, encoderModel } from "./encoder-model.ts";

const specsOf = (backbone: BackboneName, imageSize: number): TensorSpec[] => {
  const { parameters, buffers } = declareBackbone(backbone, imageSize);
  return [...parameters, ...buffers];
};

function modelOf(backbone: BackboneName, imageSize: number, notes?: EncoderNotes): OnnxModel {
  const tensors: Tensors = Object.fromEntries(
    specsOf(backbone, imageSize).map((spec) => [spec.name, float32(spec.shape, initialize(spec, 0))]),
  );
  return readModel(encoderModel({ backbone, imageSize }, tensors, notes));
}

describe.each([
  ["resnet20", 33],
  ["resnet18", 32],
  ["resnet50", 65],
] as const)("the model of %s at %i px", (backbone, size) => {
  let model: OnnxModel;
  beforeAll(() => {
    model = modelOf(backbone, size);
  });

  test("has standard operators of opset 14 in topological order", () => {
    expect(model.opsets).toEqual({ "": 14 });
    checkStructure(model);
    expect(() => checkStructure(inExecutionOrder(model))).toThrow(/inputs made before it/);
  });

  test("has the weights' own names, and nodes named after their layers", () => {
    const names = specsOf(backbone, size).map(({ name }) => name);
    expect(model.initializers.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
    const layers = new Set(names.map((name) => name.slice(0, name.lastIndexOf("."))));
    const others = model.nodes.map(({ name }) => name.split("/")[0]!).filter((layer) => !layers.has(layer));
    expect(others.filter((layer) => !/\.shortcut$|^maxpool$|^avgpool$/.test(layer))).toEqual([]);
  });

  test("has a free batch and otherwise fixed shapes, from the images to the features", () => {
    const shapes = [...model.inputs, ...model.outputs, ...model.values!].map(({ shape }) => shape);
    expect(new Set(shapes.map(([batch]) => batch))).toEqual(new Set(["batch"]));
    expect(shapes.flatMap(([, ...rest]) => rest).every((n) => Number(n) > 0)).toBe(true);
    expect(model.inputs).toMatchObject([{ name: "images", shape: ["batch", 3, size, size] }]);
    expect(model.outputs).toMatchObject([{ name: "features" }]);
    // All but the features themselves, and the pooled ones before they are flattened.
    expect(model.values).toHaveLength(model.nodes.length - 2);
  });
});

test("the doc string says what the model is and wants, and the producer is named where it is known", () => {
  expect(modelOf("resnet20", 16).doc).toBe(
    'Image encoder (resnet20). Input "images": float32 [batch, 3, 16, 16], RGB. Output "features": float32 [batch, 64], ' +
      "not normalised; compare them by cosine. Images are scaled and normalised as they were for training.",
  );
  const noted = modelOf("resnet20", 16, { preprocessing: "Divide by 255.", producerVersion: "1.2.3" });
  expect(noted.doc).toMatch(/by cosine\. Divide by 255\.$/);
  expect(noted.producerVersion).toBe("1.2.3");
});
