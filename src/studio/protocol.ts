/** What the page and its server say to each other. */

export type By = "trained" | "frozen";

/** `GET /api/state`: what is in the collection. */
export interface StudioState {
  readonly folder: string;
  /** Rises with every action: columns of an older version are old. */
  readonly version: number;
  readonly rows: number;
  /** Names of classes, by number. */
  readonly coarse: readonly string[];
  readonly fine: readonly string[];
  readonly split: readonly string[];
  readonly encoder: { readonly method: string; readonly backbone: string; readonly imageSize: number };
  /** The numbers of the actions in the journal that `undo` would take back and `redo` would take again. */
  readonly undoable: number | null;
  readonly redoable: number | null;
}

/**
 * `GET /api/columns`, in this order: an Int32Array of the rows' length each. Classes are numbers, -1 for none; status is 0
 * for a live row.
 */
export const columnNames = ["ids", "coarse", "fine", "split", "status"] as const;
export type ColumnName = (typeof columnNames)[number];

/** `GET /api/images/{id}`. */
export interface ImageDetails {
  readonly id: number;
  readonly name: string;
  readonly coarse: string | null;
  readonly fine: string | null;
  readonly split: string | null;
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
  readonly where: Readonly<Partial<Record<"coarse" | "fine" | "split", readonly string[]>>>;
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

export const thumbnailPath = (id: number): string => `/thumbnails/${id}`;

/** `GET /api/review?by=…`: entries on which nobody has decided; `again=yes` looks anew. */
export type ReviewAnswer =
  | { readonly state: "working"; readonly done: number; readonly total: number }
  | {
      readonly state: "ready";
      /** Something was changed since the review: looking again may find more, or less. */
      readonly isOld: boolean;
      /** About how many coarse labels are wrong, and how many images are far outside of the rest. */
      readonly wrongLabels: number;
      readonly unusual: number;
      readonly copies: readonly CopyEntry[];
      readonly labels: readonly LabelEntry[];
      readonly outliers: readonly OutlierEntry[];
    };

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
