import { type CollectionEditor, openThumbnails, positionOf } from "../../collection/index.ts";
import { fail } from "../../core/index.ts";
import { type CollectionSearch, openSearch } from "../../search/index.ts";

/** What every route of the Studio works on. */
export interface StudioContext {
  readonly editor: CollectionEditor;
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
  let version = 0;
  return {
    async change(work) {
      await work();
      version++;
    },
    version: () => version,
    ...{ editor, log, thumbnail: openThumbnails(collection) },
    search: openSearch(collection, threads === undefined ? {} : { threads }),
  };
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
