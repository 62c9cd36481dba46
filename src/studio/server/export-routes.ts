import { basename, dirname, join, resolve } from "node:path";
import { z } from "zod";
import type { Collection } from "../../collection/index.ts";
import { fail, printable } from "../../core/index.ts";
import { type ExportedFolders, exportFolders, type FolderOptions, groupsCsv } from "../../curate/index.ts";
import { bodyUpTo, jsonBody, refuseRequest, type ServerApp } from "../../http/index.ts";
import type { ExportAnswer, ExportProgress } from "../protocol.ts";
import type { StudioContext } from "./context.ts";

const MOST_QUESTION_BYTES = 2 ** 16;

const question = z.strictObject({
  name: z.string().min(1).max(255),
  copy: z.boolean(),
  unsure: z.enum(["skip", "folder"]),
  splits: z.boolean(),
});

/**
 * What somebody takes home: fine folders beside the collection, and the list of images as CSV. Returns a function that stops
 * an export that runs.
 */
export function exportRoutes(app: ServerApp, { editor }: StudioContext): () => Promise<void> {
  const { collection } = editor;
  const folders = folderWriter(collection);
  app.get("/api/export/folders", (c) => c.json(folders.progress()));
  app.post("/api/export/folders", bodyUpTo(MOST_QUESTION_BYTES), async (c) => {
    const { name, ...options } = await jsonBody(c, question, "a name, copy, unsure and splits");
    const folder = besideCollection(collection.folder, name);
    const { isRunning, folder: other } = folders.progress();
    if (isRunning) {
      const found = `one that is writing ${printable(other!)}; wait until it ends`;
      return refuseRequest(c, 409, "busy", "one export at a time", found);
    }
    const { linked, copied, extracted, unsure, unlabelled } = await folders.write(folder, options, c.req.raw.signal);
    return c.json({ folder, written: linked + copied + extracted, left: unsure + unlabelled } satisfies ExportAnswer);
  });
  app.get("/api/export/groups.csv", (c) => {
    const rows = groupsCsv(collection);
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const { value, done } = rows.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
    });
    const disposition = 'attachment; filename="groups.csv"';
    return c.body(body, 200, { "Content-Type": "text/csv; charset=utf-8", "Content-Disposition": disposition });
  });
  return folders.stop;
}

/** Writes folders, one export at a time. */
function folderWriter(collection: Collection) {
  let now: ExportProgress = { isRunning: false, done: 0, total: 0, folder: null, isWritten: false };
  let stopping = new AbortController();
  let running: Promise<unknown> | undefined;
  const work = async (folder: string, options: FolderOptions): Promise<ExportedFolders> => {
    now = { isRunning: true, done: 0, total: 0, folder, isWritten: false };
    try {
      const result = await exportFolders(collection, folder, {
        ...{ ...options, signal: stopping.signal },
        progress: ({ done, total }) => {
          now = { ...now, done, total };
        },
      });
      now = { ...now, isWritten: true };
      return result;
    } catch (error) {
      if (!stopping.signal.aborted) throw error;
      const found = "that the export was stopped";
      return fail("busy", { where: folder, expected: "to write the folders", found, fix: "nothing is left of it" });
    } finally {
      now = { ...now, isRunning: false };
    }
  };
  return {
    progress: () => now,
    /** @param asked is aborted where nobody waits for the answer any more */
    write(folder: string, options: FolderOptions, asked: AbortSignal): Promise<ExportedFolders> {
      const own = new AbortController();
      stopping = own;
      if (asked.aborted) own.abort();
      asked.addEventListener("abort", () => own.abort(), { once: true });
      const result = work(folder, options);
      running = result.catch(() => undefined);
      return result;
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/** A page names a folder and no more: it writes nowhere else. */
function besideCollection(collection: string, name: string): string {
  const parent = dirname(resolve(collection));
  const target = join(parent, name);
  if (/[\\/\0]/.test(name) || dirname(target) !== parent || basename(target) !== name) {
    fail("usage", { where: "name", expected: "the name of a new folder, without a path", found: JSON.stringify(name) });
  }
  return target;
}
