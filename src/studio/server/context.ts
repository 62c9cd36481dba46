import { createHash } from "node:crypto";
import { totalmem } from "node:os";
import { type Collection, type CollectionEditor, openThumbnails, positionOf } from "../../collection/index.ts";
import { fail } from "../../core/index.ts";
import { type CollectionSearch, openSearch } from "../../search/index.ts";

/** What every route of the Studio works on. */
export interface StudioContext {
  readonly editor: CollectionEditor;
  /** Another collection has another one, also one that was made anew in the same folder. */
  readonly collectionKey: string;
  readonly search: CollectionSearch;
  /** As PNG, by position; undefined where there is none. */
  readonly thumbnail: (position: number) => Promise<Uint8Array | undefined>;
  readonly log: (line: string) => void;
  /** Changes the collection; its version rises. */
  change(work: () => Promise<unknown>): Promise<void>;
  version(): number;
}

export function studioContext(
  editor: CollectionEditor,
  { threads, log }: { threads?: number | undefined; log: (line: string) => void },
): StudioContext {
  const { collection } = editor;
  // A page may still be open since another run of the server: it must not take this one for that.
  let version = Date.now();
  return {
    async change(work) {
      await work();
      version++;
    },
    version: () => version,
    ...{ editor, log, thumbnail: openThumbnails(collection, sheetsKept(totalmem())) },
    collectionKey: keyOf(collection),
    search: openSearch(collection, threads === undefined ? {} : { threads }),
  };
}

/** A decoded sheet of thumbnails, in bytes. */
const SHEET_BYTES = 1536 * 1536 * 4;
/** The share of the memory that sheets may take, and bounds of their number. */
const SHEETS_SHARE = 1 / 16;
const SHEETS = { least: 24, most: 96 } as const;

/** A group's images lie in all sheets: where they are not kept, each screen decodes them anew. 96 hold 24,576 images. */
const sheetsKept = (memory: number): number =>
  Math.min(SHEETS.most, Math.max(SHEETS.least, Math.floor((SHEETS_SHARE * memory) / SHEET_BYTES)));

function keyOf({ folder, record }: Collection): string {
  const made = [folder, record.encoder.digest, record.parts[0]?.sha256.rows];
  return createHash("sha256").update(JSON.stringify(made)).digest("hex").slice(0, 16);
}

/**
 * The position of an image by its id in a path.
 * @throws MaskconError "usage" where no row has it
 */
export function positionIn({ editor }: StudioContext, id: string): number {
  const { ids } = editor.collection.rows;
  const position = /^\d{1,10}$/.test(id) ? positionOf(ids, Number(id)) : -1;
  if (position >= 0) return position;
  return fail("usage", { where: "id", expected: "the id of an image of the collection", found: id.slice(0, 20) });
}
