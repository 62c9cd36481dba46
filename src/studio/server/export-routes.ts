import { basename, dirname, join, resolve } from "node:path";
import { z } from "zod";
import { fail } from "../../core/index.ts";
import { exportFolders, groupsCsv } from "../../curate/index.ts";
import { bodyUpTo, jsonBody, type ServerApp } from "../../http/index.ts";
import type { ExportAnswer } from "../protocol.ts";
import type { StudioContext } from "./context.ts";

const MOST_QUESTION_BYTES = 2 ** 16;

const question = z.strictObject({
  name: z.string().min(1).max(255),
  copy: z.boolean(),
  unsure: z.enum(["skip", "folder"]),
  splits: z.boolean(),
});

/** What somebody takes home: fine folders beside the collection, and the list of images as CSV. */
export function exportRoutes(
  app: ServerApp,
  { editor }: StudioContext,
  limited: Parameters<ServerApp["use"]>[1],
): void {
  const { collection } = editor;
  app.post("/api/export/folders", bodyUpTo(MOST_QUESTION_BYTES), limited, async (c) => {
    const { name, ...options } = await jsonBody(c, question, "a name, copy, unsure and splits");
    const result = await exportFolders(collection, besideCollection(collection.folder, name), options);
    const { folder, linked, copied, extracted, unsure, unlabelled } = result;
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
