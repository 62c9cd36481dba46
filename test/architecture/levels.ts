/** Which part may import which: docs/architecture.md tells why. */

/** A folder of `src`, or a file of its own, and its level: it may import from strictly lower levels and from itself. */
export const levels: Readonly<Record<string, number>> = {
  "src/core": 0,
  "src/formats": 1,
  "src/engine": 1,
  "src/charts": 1,
  "src/http": 1,
  "src/data": 2,
  "src/backbone": 2,
  "src/nn": 2,
  "src/methods": 3,
  "src/features": 3,
  "src/step": 4,
  "src/config": 5,
  "src/eval": 5,
  "src/diagnose": 5,
  "src/run": 6,
  "src/layout": 6,
  "src/groups": 7,
  "src/export": 7,
  "src/train": 7,
  "src/report": 8,
  "src/compare": 8,
  "src/collection": 8,
  "src/search": 9,
  "src/review": 9,
  "src/map": 9,
  "src/curate": 9,
  "src/serve": 10,
  "src/studio": 11,
  "src/index.ts": 12,
  "src/browser.ts": 12,
  "src/cli": 13,
};

/** What the named sets share. */
const shared = [
  ...["check-files.ts", "checked.ts", "dataset-check.ts", "facts.ts", "named-set.ts", "official-code.ts"],
  ...["official-file.ts", "origin.ts", "planar.ts", "published-files.ts", "published.ts"],
];
const listed = [...shared, "sets.ts", "find-set.ts"];

/**
 * Inside a folder: each of its folders and files with those it may import besides its own. The folder's `index.ts` may import
 * all of them, and none may import it.
 */
export const innerOrders: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  "src/engine": {
    graph: [],
    onnx: ["graph"],
    ops: ["graph", "onnx"],
    autodiff: ["graph", "onnx", "ops"],
    lowering: ["graph", "onnx", "ops", "autodiff"],
    runtime: ["onnx"],
  },
  "src/data": {
    "dataset.ts": [],
    images: ["dataset.ts"],
    "subset.ts": ["dataset.ts", "images"],
    "test-transform.ts": ["dataset.ts", "images"],
    augment: ["dataset.ts"],
    collections: ["dataset.ts", "images"],
    named: ["dataset.ts", "subset.ts", "images", "collections"],
    loader: ["dataset.ts", "images", "augment"],
    "open.ts": ["dataset.ts", "subset.ts", "images", "collections", "named"],
  },
  // The page knows the server by what they say to each other.
  "src/studio": {
    "protocol.ts": [],
    server: ["protocol.ts"],
    ui: ["protocol.ts"],
  },
  // No set knows of another; whatever concerns all of them goes by the list.
  "src/data/named": {
    ...Object.fromEntries(shared.map((file) => [file, shared])),
    cifar: shared,
    cifar10: [...shared, "cifar"],
    cifar100: [...shared, "cifar"],
    // Its pickles are CIFAR's.
    imagenet32: [...shared, "cifar"],
    sop: shared,
    cars196: shared,
    "fashion-mnist": shared,
    "sets.ts": ["named-set.ts", "cifar10", "cifar100", "imagenet32", "sop", "cars196", "fashion-mnist"],
    "find-set.ts": ["named-set.ts"],
    "recognise.ts": listed,
    "check-data.ts": listed,
    download: [...listed, "check-data.ts"],
  },
};

/**
 * Files that may be imported from outside their folder although they are not its `index.ts`, each with the reason. The index
 * of a neutral folder must load in a page, so what needs Node stands beside it.
 */
export const doors: Readonly<Record<string, string>> = {
  "src/core/worker.ts": "needs Node",
  "src/core/breath.ts": "needs Node",
  "src/core/atomic-file.ts": "needs Node",
  "src/core/lock.ts": "needs Node",
  "src/core/processes.ts": "needs Node",
  "src/formats/safetensors/safetensors-file.ts": "needs Node",
  "src/engine/runtime/node.ts": "the runtime for Node",
  "src/engine/runtime/doctor.ts": "needs Node",
  "src/engine/runtime/web.ts": "the runtime for pages",
  "src/compare/grid.ts": "`maskcon compare --help` does not wait for what runs",
  "src/compare/paper-grids.ts": "`maskcon compare --help` does not wait for what runs",
  "src/data/augment/names.ts": "the schema of a run does not wait for the readers of images",
  "src/config/version.ts": "`maskcon --help` does not wait for the schema",
};

/** Further files that one importer alone may take, because a folder's index is Node's. */
export const browserDoors: readonly string[] = [
  "src/step/compile.ts",
  "src/step/encoder.ts",
  "src/step/encoder-model.ts",
  "src/step/options.ts",
  "src/step/step.ts",
];
