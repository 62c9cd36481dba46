/** What the page and its server say to each other. */

export type By = "trained" | "frozen";

/** `GET /api/state`: what is in the collection. */
export interface StudioState {
  readonly folder: string;
  /** Another collection has another key: what a page holds of images is void then. */
  readonly key: string;
  /** Rises with every action: columns of an older version are old. A server that begins anew has another one. */
  readonly version: number;
  /** Names of classes, by number. */
  readonly coarse: readonly string[];
  readonly fine: readonly string[];
  readonly split: readonly string[];
  /** By rising id. */
  readonly groups: readonly GroupEntry[];
  /** Whose vectors the newest proposal of groups went by; null without one. */
  readonly proposedBy: By | null;
  /** The actions of the journal that `undo` would take back and `redo` would take again, in words. */
  readonly undoable: string | null;
  readonly redoable: string | null;
}

/** `GET /api/version`: whether something was changed. The answer is shorter than any header that would spare it. */
export interface StudioVersion {
  readonly version: number;
}

/** `GET /api/actions`: the last ones that were taken, the newest first. */
export interface ActionsAnswer {
  readonly actions: readonly TakenAction[];
  /** Whether there are older ones. */
  readonly more: boolean;
}

/** An action of the journal. */
export interface TakenAction {
  readonly n: number;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly text: string;
  readonly isUndone: boolean;
}

/** `POST /api/undo`, `POST /api/redo`. */
export interface StepAnswer extends StudioState {
  /** What was taken back, or again, in words; null where there was nothing. */
  readonly taken: string | null;
}

/**
 * `GET /api/columns`, in this order: an Int32Array of the rows' length each. Classes are numbers, -1 for none; a group
 * is its id, 0 for none; confidence is in thousandths, -1 where a person placed the image; status is 0 for a live row.
 */
export const columnNames = ["ids", "coarse", "fine", "split", "group", "confidence", "status"] as const;
export type ColumnName = (typeof columnNames)[number];

/** `GET /api/images/{id}`. */
export interface ImageDetails {
  readonly id: number;
  readonly name: string;
  readonly coarse: string | null;
  readonly fine: string | null;
  readonly split: string | null;
  /** Its name, or its number where it has none. */
  readonly group: string | null;
  readonly status: string;
  readonly width: number;
  readonly height: number;
}

/** `POST /api/search`; a picture is the body of `/api/search/picture`, the rest its query, `where` as JSON. */
export interface SearchQuestion {
  readonly id: number;
  readonly by: By;
  readonly count: number;
  /** Names of classes; an empty one stands for none. */
  readonly where: Readonly<Partial<Record<"coarse" | "fine" | "split" | "group", readonly string[]>>>;
}

export interface Found {
  readonly id: number;
  /** Cosine similarity. */
  readonly score: number;
}

/** `POST /api/actions`: an action of the journal, without its number and time. `ids` are those of images. */
export interface StudioAction {
  readonly action: string;
  readonly [field: string]: unknown;
}

/** What a refused request is answered with: one line. */
export interface Refused {
  readonly error: { readonly code: string; readonly message: string };
}

/** @param key of the collection: with it the answer may be kept for good, without it a browser asks whether it is still the one */
export const thumbnailPath = (id: number, key?: string): string => `/thumbnails/${id}${key ? `?of=${key}` : ""}`;
/** The picture itself, its longest side at most 1600 px. */
export const originalPath = (id: number): string => `/originals/${id}`;

/** `GET /api/review?by=…`: entries on which nobody has decided; `again=yes` looks anew. */
export type ReviewAnswer =
  | { readonly state: "working"; readonly done: number; readonly total: number }
  | { readonly state: "failed"; readonly error: string }
  | {
      readonly state: "ready";
      /** Something was changed since the review: looking again may find more, or less. */
      readonly isOld: boolean;
      /** About how many coarse labels are wrong, and how many images are far outside of the rest, of those that are undecided. */
      readonly wrongLabels: number;
      readonly unusual: number;
      /** Whole groups that look like another class: one decision for all of their images. */
      readonly groups: readonly WrongGroupEntry[];
      readonly copies: readonly CopyEntry[];
      readonly labels: readonly LabelEntry[];
      readonly outliers: readonly OutlierEntry[];
      /** Entries of whole lists: those above have at most a thousand. */
      readonly totals: { readonly groups: number; readonly copies: number; readonly copiesAcrossSplits: number };
      /** Pairs of the same bytes, all of them, and the images to drop so that one of each is left. */
      readonly sameFiles: { readonly pairs: number; readonly drop: readonly number[] };
    };

export interface WrongGroupEntry {
  readonly group: number;
  readonly ids: readonly number[];
  readonly coarse: string;
  readonly suggested: string;
  /** Of the nearest images outside of the group, the share that has the suggested class, and that which has its own. */
  readonly share: number;
  readonly ownShare: number;
}

/** Two images that show the same. */
export interface CopyEntry {
  readonly ids: readonly [number, number];
  readonly sameBytes: boolean;
  /** Of their pixels, up to 1. */
  readonly agreement: number;
  readonly acrossSplits: boolean;
  /** The one to keep. */
  readonly keep: number;
}

/** An image whose neighbours have another coarse class. */
export interface LabelEntry {
  readonly id: number;
  readonly coarse: string;
  readonly suggested: string;
  readonly doubt: number;
}

export interface OutlierEntry {
  readonly id: number;
  readonly score: number;
}

/** `GET /api/runs`: the runs of the folder that the Studio was given; `folder` is null where it was given none. */
export interface RunList {
  readonly folder: string | null;
  readonly runs: readonly RunEntry[];
  /** What the list lacks, and why. */
  readonly problem: string | null;
}

export interface RunEntry {
  /** Of its folder; that of the folder itself is ".". */
  readonly name: string;
  readonly title: string;
  /** Whether a process trains it now. */
  readonly isTraining: boolean;
  /** null where its settings cannot be read: `problem` says why. */
  readonly method: string | null;
  readonly backbone: string | null;
  readonly problem: string | null;
}

/** Runs whose curves can be seen at once: so many colours are distinct. */
export const MOST_CHOSEN_RUNS = 8;

/** `POST /api/runs/curves`. */
export interface CurvesQuestion {
  readonly runs: readonly {
    readonly name: string;
    /** `life` and `tick` of the last answer; left out the first time. */
    readonly life?: number | undefined;
    readonly tick?: number | undefined;
  }[];
}

/** What is new in a run since the tick that was asked with. */
export interface RunNews {
  readonly name: string;
  /** Where it is another one than before, everything before is void. */
  readonly life: number;
  readonly tick: number;
  /** Settings as text, by name; null where they are those of the last answer. */
  readonly settings: Readonly<Record<string, string>> | null;
  readonly step: number;
  /** Those of the whole run, and of an epoch; null where no start is recorded. */
  readonly steps: number | null;
  readonly stepsPerEpoch: number | null;
  readonly state: "training" | "finished" | "interrupted" | "no end recorded";
  /** Bytes of its metrics that were not read yet: ask again. */
  readonly left: number;
  readonly problems: readonly string[];
  readonly curves: readonly CurveNews[];
}

/** Points from the step `from` on are replaced by these. */
export interface CurveNews {
  /** "loss", "fine@1": a measure, perhaps with its K. */
  readonly curve: string;
  readonly from: number;
  readonly steps: readonly number[];
  readonly values: readonly number[];
}

/** A group of images inside a coarse class. */
export interface GroupEntry {
  readonly id: number;
  /** Number of its class; -1 for images without one. */
  readonly coarse: number;
  readonly name: string | null;
  /** Images that are shown. */
  readonly size: number;
  /** Share of it that was found again in half of the images, 0 to 1; null where that is not known. */
  readonly foundAgain: number | null;
}

/** `GET /api/groups/pairs?coarse=N`: groups of a class, the most similar pair first. */
export interface GroupPair {
  readonly groups: readonly [number, number];
  /** Cosine of their mean vectors. */
  readonly similarity: number;
}

/** `GET /api/groups/{id}/parts?count=N`: ids of images of each part of a group, cut along its tree; the largest first. */
export type GroupParts = readonly (readonly number[])[];

/** `POST /api/groups/propose` begins; `GET /api/groups/propose` says how far it is. */
export interface ProposeQuestion {
  readonly by: By;
  /** Names of classes, null for images without one; empty: all. */
  readonly coarse: readonly (string | null)[];
}

export interface ProposeProgress {
  readonly isRunning: boolean;
  /** Classes. */
  readonly done: number;
  readonly total: number;
  /** What went wrong last time. */
  readonly error: string | null;
  /** Version of the collection, which rises when groups were taken into force. */
  readonly version: number;
}

/** `GET /api/targets`: methods whose targets are compared, and the run whose encoder made the collection. */
export interface TargetSettings {
  readonly methods: readonly TargetMethod[];
  /** null where that run is not among those that the Studio was given. */
  readonly run: string | null;
  readonly settings: Readonly<Record<string, string>> | null;
}

/** A method of the table of methods. */
export interface TargetMethod {
  readonly name: string;
  /** Whether w and T are both its settings: it follows the sliders, which begin at these values. */
  readonly isOpen: boolean;
  /** Whether w is its setting. */
  readonly hasWeight: boolean;
  readonly softWeight: number;
  /** null: infinite, the whole class alike. */
  readonly softTemperature: number | null;
}

/**
 * `GET /api/targets/{id}?by=trained`: the keys of the image's coarse class that are in the queue. An Int32Array: the number of
 * entries in the whole queue, those of the image's fine class among them that are of another coarse class, and the ids of the
 * keys, nearest first. Then a Float32Array with their similarities.
 */
export const TARGETS_HEADER_WORDS = 2;

/**
 * `GET /api/map?by=…`: how far a map is; asking begins it, and begins it anew where images came back that have no place.
 * `again=yes` also tries what failed anew. `GET /api/map/places?by=…` then has the places: a Float32Array
 * [rows, 2], NaN for a row without one.
 */
export type MapState =
  | { readonly state: "working"; readonly phase: string; readonly done: number; readonly total: number }
  /** Another number: other places. */
  | { readonly state: "ready"; readonly made: number }
  | { readonly state: "failed"; readonly error: string };

/** `POST /api/export/folders`: fine folders, in a new folder beside the collection. A request that is broken off stops it. */
export interface ExportQuestion {
  readonly name: string;
  /** Or hard links. */
  readonly copy: boolean;
  /** Images in no group without a fine label. */
  readonly unsure: "skip" | "folder";
  /** Whether `train` and `test` lie above the classes where every image has a split. */
  readonly splits: boolean;
}

/** `GET /api/export/folders`: how far the export that runs is, or how the last one ended. */
export interface ExportProgress {
  readonly isRunning: boolean;
  /** Images. */
  readonly done: number;
  readonly total: number;
  /** Where the folders will be, or would have been; null where there was none. */
  readonly folder: string | null;
  /** Whether they are there. */
  readonly isWritten: boolean;
}

export interface ExportAnswer {
  readonly folder: string;
  /** Images. */
  readonly written: number;
  readonly left: number;
}
