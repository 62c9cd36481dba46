import { expect, test } from "vitest";
import type { OnnxFileGraph, OnnxFileNode, OnnxFileValue } from "../formats/onnx/index.ts";
import { refuseDetector } from "./detector.ts";

type Dims = readonly (number | string)[];
const value = (name: string, shape: Dims, type = "float32"): OnnxFileValue => ({ name, type, shape });
const node = (op: string, within?: OnnxFileGraph): OnnxFileNode => ({
  ...{ op, domain: "", name: op, inputs: ["x"], outputs: ["y"] },
  attributes: new Map(within ? [["then_branch", { graph: within }]] : []),
});
const graph = (outputs: readonly OnnxFileValue[], nodes: readonly OnnxFileNode[] = [], batch: number | string = "N") =>
  ({ nodes, tensors: [], inputs: [value("images", [batch, 3, 640, 640])], outputs }) satisfies OnnxFileGraph;
const check = (parts: OnnxFileGraph, functions: string[] = []) => refuseDetector("m.onnx", { graph: parts, functions });

const vector = [value("output", ["N", 768])];
const suppression = node("NonMaxSuppression");

test.each<[string, OnnxFileGraph, string]>([
  [
    "by names",
    graph([value("pred_boxes", ["N", 100, 4]), value("logits", ["N", 100, 92])]),
    "a detector: the outputs ",
  ],
  ["masks", graph([value("pred_masks", ["N", 3, 256, 256])]), "a segmentation model: the outputs pred_masks"],
  [
    "boxes and scores of other names",
    graph([value("a", ["N", 100, 92]), value("b", ["N", 100, 4])]),
    "a detector: the outputs a float32 [N, 100, 92], b float32 [N, 100, 4]",
  ],
  [
    "torchvision's, in order",
    graph([value("2774", ["n", 4]), value("2720", ["n"], "int64"), value("2770", ["n"])], [], 1),
    "a detector: the outputs 2774",
  ],
  [
    "boxes with their scores beside labels",
    graph([value("dets", [1, 100, 5]), value("labels", [1, 100], "int64")], [], 1),
    "a detector: the outputs dets",
  ],
  [
    "any number of boxes",
    graph([value("x", [1, "nbox", 4]), value("y", [1, "nbox"], "int64"), value("z", [1, "nbox"])], [], 1),
    "a detector: the outputs x",
  ],
  [
    "an operator",
    graph(vector, [node("Conv"), suppression]),
    "a detector: the operator NonMaxSuppression and the outputs output",
  ],
  ["an operator in a branch", graph(vector, [node("If", graph(vector, [suppression]))]), "operator NonMaxSuppression"],
  ["an operator of somebody's own", graph(vector, [node("EfficientNMS_TRT")]), "operator EfficientNMS_TRT"],
  ["regions of a map", graph(vector, [node("RoiAlign")]), "operator RoiAlign"],
])("%s", (_, parts, found) => {
  expect(() => check(parts)).toThrow(
    /^m\.onnx: expected a model whose output describes the whole image, found what looks like /,
  );
  expect(() => check(parts)).toThrow(found);
  expect(() => check(parts)).toThrow(
    "; give the backbone before it, exported alone, or --feature-output NAME, where one of its outputs is features",
  );
});

test("an operator that the file defines itself, and an output that is features", () => {
  const outputs = [...vector, value("last_hidden_state", ["N", 100, 256])];
  expect(() => check(graph(outputs), ["torchvision_nms", "pkg.NMS"])).toThrow(
    /the operator pkg\.NMS .*, or --feature-output last_hidden_state$/,
  );
});

test.each<[string, OnnxFileGraph]>([
  ["a vector", graph(vector)],
  ["tokens and a pooled one", graph([value("last_hidden_state", ["N", 197, 768]), value("pooler_output", ["N", 768])])],
  ["four classes beside features", graph([value("logits", ["N", 4]), value("features", ["N", 768])])],
  ["four classes and the best of them", graph([value("scores", ["N", 4]), value("label", ["N"], "int64")])],
  ["four classes where the batch has another name", graph([value("scores", ["B", 4]), value("features", ["B", 768])])],
  ["four classes of one image", graph([value("scores", [1, 4]), value("label", [1], "int64")], [], 1)],
  ["registers beside patches", graph([value("registers", ["N", 4, 384]), value("patches", ["N", 256, 384])])],
  ["maps of a pyramid", graph([4, 5, 6].map((i) => value(`p${i}`, ["N", 256, 2 ** i, 2 ** i])))],
  ["outputs of unknown shape", graph([{ name: "a", type: "float32" }, value("b", ["", 4]), value("c", [""])])],
])("%s is no detector", (_, parts) => {
  expect(() => check(parts)).not.toThrow();
});
