/** How the API reference is divided: pages by what a user wants to do, each with the folders whose exports it holds. */

export interface Area {
  /** Name of the page, and of its file. */
  readonly name: string;
  /** Its first lines, as Markdown; links are relative to `docs/api`. */
  readonly summary: string;
  /** Folders of `src`. */
  readonly folders: readonly string[];
}

/** In the order of a first project: images, training, measures, then the collection. */
export const areas: readonly Area[] = [
  {
    name: "data",
    summary: "Images with labels, and batches of them. Guide: [data](../data.md).",
    folders: ["data"],
  },
  {
    name: "settings",
    summary: "Settings of a run, presets, and the schema of both. Guide: [settings](../configuration.md).",
    folders: ["config"],
  },
  {
    name: "training",
    summary: "A run from start to end, and the single step for loops of your own. Guide: [the method](../method.md).",
    folders: ["train", "step", "methods", "nn", "engine"],
  },
  {
    name: "pretrained",
    summary:
      "ONNX models as frozen trunks, and caches of their features. Guide: [pretrained models](../pretrained.md).",
    folders: ["backbone", "features"],
  },
  {
    name: "encoders",
    summary: "Runs on disk, their encoders, vectors of images, and ONNX export. Guide: [export](../export.md).",
    folders: ["run", "export"],
  },
  {
    name: "evaluation",
    summary: "Measures of retrieval and of clusterings, and the report. Guide: [evaluation](../evaluation.md).",
    folders: ["eval", "report"],
  },
  {
    name: "comparison",
    summary:
      "Which method and setting suits these images. Guides: [comparisons](../compare.md), [diagnosis](../diagnose.md).",
    folders: ["compare", "diagnose"],
  },
  {
    name: "collections",
    summary: "A folder of images with their vectors, and its journal. Guide: [collections](../collections.md).",
    folders: ["collection"],
  },
  {
    name: "search",
    summary: "Exact search in a collection, and its map. Guide: [collections](../collections.md).",
    folders: ["search", "map"],
  },
  {
    name: "groups",
    summary: "Fine groups inside coarse classes, and folders of them. Guide: [groups](../groups.md).",
    folders: ["groups", "curate"],
  },
  {
    name: "review",
    summary: "Copies, suspect labels and outliers of a collection. Guide: [review](../review.md).",
    folders: ["review"],
  },
  {
    name: "servers",
    summary: "Search over HTTP, and Studio. Guides: [serve](../serve.md), [Studio](../studio.md).",
    folders: ["serve", "studio", "http"],
  },
  {
    name: "files",
    summary: "Files of tensors that other tools write and read.",
    folders: ["formats"],
  },
  {
    name: "core",
    summary: "Errors and tensors, which every page uses. Guide: [errors](../errors.md).",
    folders: ["core"],
  },
];

/** The page of `maskcon/browser`. */
export const browserArea: Omit<Area, "folders"> = {
  name: "browser",
  summary: "`maskcon/browser`: the training step and encoders in a page, on WebGPU or Wasm.",
};
